//! The laws of masking, on tables and on thousands of random files.

use std::time::{Duration, Instant};

use super::mask::{HIDDEN, MASK};
use super::*;

fn masked(text: &[u8]) -> String {
    parse("f", text).source.shown().unwrap().to_owned()
}

#[test]
fn the_masked_text_shows_keys_and_nothing_else() {
    let table = [
        ("", ""),
        ("\n\n", "\n\n"),
        ("  \t\n", "\n"),
        ("K=v", "K=********"),
        ("K=", "K=********"),
        ("K = \"v\" # note\r\n", "K =********\n"),
        ("\u{feff}  export\tK=v", "  export\tK=********"),
        ("# yesterday: hunter2\nK=v", "# (hidden)\nK=********"),
        ("  # x", "# (hidden)"),
        ("half of a secret\nK=v", "# (hidden)\nK=********"),
        ("K-L=v", "# (hidden)"),
        ("K=\"a\nb=c\n\n\" # d\nL=v", "K=********\n********\n********\n********\nL=********"),
        ("K=\"a\r\nb\"\r\nL=v\r\n", "K=********\n********\nL=********\n"),
        // a quote that is never closed takes the rest of the file
        ("K=\"a\nSECRET=b\n", "K=********\n********\n"),
        // a quote closed too late: what follows may be the inside of another
        ("K=\"a\nL=\"b\nSECRET=c\n\"", "K=********\n********\n# (hidden)\n# (hidden)"),
        // the inside of a quote that another reader would see
        ("K: \"a\nSECRET=b\nc\"\nL=v", "# (hidden)\n# (hidden)\n# (hidden)\nL=********"),
        ("K-L='a\nSECRET=b'\nL=v", "# (hidden)\n# (hidden)\nL=********"),
        ("K=`a\nSECRET=b`\nL=v", "K=********\n********\nL=********"),
        ("don't\nL=v", "# (hidden)\nL=********"),
        // base64 and PEM without quotes
        ("K=-----BEGIN X-----\nMIIE\nabcd=\nL=v", "K=********\n# (hidden)\n# (hidden)\nL=********"),
        ("K=a b\nabcd=\n\nL=\n", "K=********\n# (hidden)\n\nL=********\n"),
        ("K=abcd\nefgh==\nL=v", "K=********\n# (hidden)\nL=********"),
        ("K=abcd\neF9h=\nL=v", "K=********\n# (hidden)\nL=********"),
    ];
    for (text, shown) in table {
        assert_eq!(masked(text.as_bytes()), shown, "{text:?}");
    }
    assert_eq!(masked(b"\xff\xfeK\0=\0\n\0\xfe"), "# (hidden)\n# (hidden)");
    assert_eq!(masked(b"\xff=v\nK=\xff"), "# (hidden)\nK=********");
}

#[test]
fn random_files_obey_every_law() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..20_000 {
        let file = random.file();
        let parsed = parse("f", &file);
        let context = || format!("round {round}: {:?}", String::from_utf8_lossy(&file));
        check_shape(&parsed, &file, context);
        check_places(&parsed, context);
        check_no_leak(&parsed, &file, context);
    }
}

/// Every masked line has one of five forms, and there are as many lines as before.
fn check_shape(parsed: &Parsed, file: &[u8], context: impl Fn() -> String) {
    let shown = parsed.source.shown().unwrap();
    let breaks = file.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(shown.matches('\n').count(), breaks, "{}", context());
    let mut seen = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file).split(|byte| *byte == b'\n');
    for line in shown.split('\n') {
        let original = seen.next().unwrap();
        if line.is_empty() {
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
            assert!(original.iter().all(blank), "{}", context());
        } else if line != HIDDEN && line != MASK {
            let left =
                line.strip_suffix(&format!("={MASK}")).unwrap_or_else(|| panic!("{}", context()));
            assert!(original.starts_with(format!("{left}=").as_bytes()), "columns: {}", context());
            let key = left.trim().trim_start_matches("export").trim_start();
            assert!(head::is_name(key), "{key}: {}", context());
        }
    }
}

/// The text of every span is what it names.
fn check_places(parsed: &Parsed, context: impl Fn() -> String) {
    for entry in &parsed.entries {
        assert_eq!(parsed.source.slice(entry.span), Some(entry.key.as_str()), "{}", context());
    }
    for problem in &parsed.problems {
        let slice = parsed.source.slice(problem.span).unwrap_or_else(|| panic!("{}", context()));
        assert!(slice == HIDDEN || head::is_name(slice), "{slice}: {}", context());
    }
    assert!(parsed.problems.is_sorted_by_key(|problem| problem.span), "{}", context());
}

/// No four bytes of a canary, a value or a hidden text survive.
fn check_no_leak(parsed: &Parsed, file: &[u8], context: impl Fn() -> String) {
    let shown = parsed.source.shown().unwrap();
    let debug = format!("{parsed:?}");
    let left = shown.split('\n').filter_map(|line| line.strip_suffix(MASK)).collect::<String>();
    for canary in CANARIES.iter().filter(|canary| !left.contains(**canary)) {
        assert!(!debug.contains(canary), "{canary}: {}", context());
    }
    let lines = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file).split(|byte| *byte == b'\n');
    let secrets = shown.split('\n').zip(lines).map(|(line, original)| {
        let kept = line.strip_suffix(MASK).unwrap_or_default().len();
        &original[kept..]
    });
    let values = parsed.entries.iter().map(|entry| entry.value.expose());
    for secret in secrets.chain(values) {
        for four in secret.windows(4).filter(|four| !is_legitimate(four, parsed)) {
            let leaked = shown.as_bytes().windows(4).any(|window| window == four);
            assert!(!leaked, "{:?}: {}", String::from_utf8_lossy(four), context());
        }
    }
}

/// Whether `four` is part of the mask or of the text to the left of some `=`.
fn is_legitimate(four: &[u8], parsed: &Parsed) -> bool {
    // line ends are kept on purpose
    let within = |text: &str| text.as_bytes().windows(4).any(|window| window == four);
    let shown = parsed.source.shown().unwrap();
    let left = |line: &str| line.strip_suffix(MASK).is_some_and(within);
    four.contains(&b'\n') || within(HIDDEN) || within("=********") || shown.split('\n').any(left)
}

/// A file made of one repeated piece must not take quadratic time.
#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures time")]
fn hostile_files_are_read_in_linear_time() {
    let pieces = [
        "\"",
        "'",
        "`",
        "\\",
        "$",
        "${A}",
        "#",
        "=",
        "\n",
        "\r",
        "\r\n",
        " ",
        "K=\"\n",
        "K='\n",
        "K=\"a\"\n",
        "x \"\n",
        "x '\n",
        "K-L=\"\n",
        "A=${A}\n",
        "K=\"${A}\"\n",
        "#\n",
        "K=\"\\\"\n",
        "x=\\",
        "K=",
        "MIIE\n",
        "a=\n",
        "=\"'`",
        "\u{2028}",
        "\u{feff}",
        "\0",
    ];
    for prefix in ["", "A=1\n", "K=\"", "K='", "x `"] {
        for piece in pieces {
            let file = [prefix, &piece.repeat(64 * 1024 / piece.len())].concat();
            let start = Instant::now();
            parse("f", file.as_bytes());
            let took = start.elapsed();
            assert!(took < Duration::from_secs(2), "{prefix:?} {piece:?}: {took:?}");
        }
    }
}

/// A small deterministic random number generator (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'a, T: ?Sized>(&mut self, table: &[&'a T]) -> &'a T {
        table[self.below(table.len())]
    }

    fn file(&mut self) -> Vec<u8> {
        let mut file = Vec::new();
        for _ in 0..self.below(14) {
            if self.below(3) == 0 {
                self.assignment(&mut file);
            } else {
                self.rubble(&mut file);
            }
        }
        file
    }

    fn assignment(&mut self, file: &mut Vec<u8>) {
        let quote = self.pick(&["", "\"", "'", "`"]);
        let canary = self.pick(CANARIES);
        let after = self.pick(&["", " # ", "#", " ", "\n", "\r\n", "=", "${A1}"]);
        let parts =
            [self.pick(&["", "export ", "  "]), self.pick(&["A1", "B_2", "K"]), "=", quote, canary];
        file.extend_from_slice(parts.concat().as_bytes());
        file.extend_from_slice([after, self.pick(CANARIES), quote, "\n"].concat().as_bytes());
    }

    fn rubble(&mut self, file: &mut Vec<u8>) {
        for _ in 0..self.below(8) {
            file.extend_from_slice(self.pick(RUBBLE));
        }
    }
}

const CANARIES: &[&str] = &["canary+one", "canarytwo", "Canary3three", "canary-\u{e9}four"];
const RUBBLE: &[&[u8]] = &[
    b"\"",
    b"'",
    b"`",
    b"\\",
    b"$",
    b"${A1}",
    b"#",
    b"=",
    b"\n",
    b"\n",
    b"\r",
    b"\r\n",
    b" ",
    b"\t",
    b"K=",
    b"export ",
    b"A1",
    b"canary+one",
    b"canarytwo",
    b"Canary3three",
    b"\xff",
    b"\0",
    b":",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\\n",
    b"{",
    b"}",
    b"==",
    b" #",
    b"-----BEGIN",
    b"\xff\xfe",
];
