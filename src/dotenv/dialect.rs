//! Tables of the dialect: what is accepted, what is not, and why.

use super::ProblemKind::{self, *};
use super::*;

/// The entry `K` of a file that has no problem.
fn accepted(text: &str) -> String {
    let parsed = parse("f", text.as_bytes());
    assert_eq!(parsed.problems, [], "{text:?}");
    let found: Vec<_> = parsed.entries.iter().filter(|entry| entry.key == "K").collect();
    assert_eq!(found.len(), 1, "{text:?}");
    found[0].value.text().unwrap().expose().to_owned()
}

fn problems(text: &[u8]) -> Vec<ProblemKind> {
    parse("f", text).problems.iter().map(|problem| problem.kind).collect()
}

#[test]
fn what_readers_agree_on_is_accepted() {
    let table = [
        ("K=value", "value"),
        ("K=", ""),
        ("K=\"\"", ""),
        ("K=''", ""),
        ("K=\"\" # note", ""),
        ("K=value # note", "value"),
        ("K=value\t # it's \"noted\"", "value"),
        ("K=a=b==", "a=b=="),
        ("K=https://host/?a=b&c=%20", "https://host/?a=b&c=%20"),
        ("K=é", "é"),
        ("K=a,b;c!(d)*~<e>[f]{g}`h`|", "a,b;c!(d)*~<e>[f]{g}`h`|"),
        ("  K=value", "value"),
        ("K = value", "value"),
        ("K\t=\tvalue", "value"),
        ("export K=value", "value"),
        ("\texport \t K=value", "value"),
        ("K=\"a b\"", "a b"),
        ("K = \" a b \"   # note", " a b "),
        ("K='a b'\t# note", "a b"),
        ("K=\"it's # no note\"", "it's # no note"),
        ("K='say \"x\" # no note'", "say \"x\" # no note"),
        ("K=\"a\\nb\"", "a\nb"),
        ("K='a\\nb\\t'", "a\\nb\\t"),
        ("K=\"a\n# b\nC=d\n\n\"", "a\n# b\nC=d\n\n"),
        ("K='a\nb'", "a\nb"),
        ("K='$2b$10$x'", "$2b$10$x"),
        ("\u{feff}K=value", "value"),
        ("K=value\r\n", "value"),
        ("K=\"value\" # note\r\n\r\n# note\r\n", "value"),
        ("K=value\r", "value"),
        ("A=1\nK=${A}", "1"),
        ("A=1\nK=\"x${A}y${A}\"", "x1y1"),
        ("A=\nK=[${A}]", "[]"),
        ("A_1=x\nB=${A_1}\nK=\"${B} ${A_1}\"", "x x"),
    ];
    for (text, value) in table {
        assert_eq!(accepted(text), value, "{text:?}");
    }
}

#[test]
fn what_readers_disagree_on_is_a_problem() {
    for (text, kind) in PROBLEMS {
        assert_eq!(problems(text.as_bytes()), [*kind], "{text:?}");
    }
}

#[test]
fn a_dollar_is_a_reference_or_a_problem() {
    for dollar in ["$", "$A", "$2b", "$$", "$(A)", "${", "${}", "${A", "${A:-b}", "${-A}", "${1}"] {
        for text in [format!("A=1\nK=x{dollar}"), format!("A=1\nK=\"x{dollar}\"")] {
            assert_eq!(problems(text.as_bytes()), [Dollar], "{text:?}");
        }
    }
    let unclear = ["A=a b\nK=${A}", "A='a$b'\nK=${A}", "A=1\nA=\"\\t\"\nK=${A}", "A='\0'\nK=${A}"];
    for text in unclear {
        assert_eq!(problems(text.as_bytes()).last(), Some(&UnclearReference), "{text:?}");
    }
    assert_eq!(problems(b"K=${A}\nA=1"), [UnknownReference], "below is not above");
}

#[test]
fn references_cannot_blow_up() {
    let mut text = "A0='xxxxxxxxxxxxxxxx'\n".to_owned();
    for step in 1..=100 {
        text.push_str(&format!("A{step}=${{A{0}}}${{A{0}}}\n", step - 1));
    }
    let parsed = parse("f", text.as_bytes());
    assert_eq!(parsed.problems[0].kind, TooMuchExpansion);
    let total: usize = parsed.entries.iter().map(|entry| entry.value.expose().len()).sum();
    assert!(total < 2 * problem::EXPANSION_LIMIT, "{total}");
}

#[test]
fn values_that_are_not_text_are_kept() {
    for value in [&b"a\xffb"[..], b"a\0b", b"\xc3", b"\0"] {
        for quote in ["", "'", "\""] {
            let file = [b"K=", quote.as_bytes(), value, quote.as_bytes(), b"\nL=1"].concat();
            let parsed = parse("f", &file);
            assert_eq!(parsed.problems, [], "{file:?}");
            assert_eq!(parsed.entries[0].value.expose(), value, "{file:?}");
            assert!(parsed.entries[0].value.text().is_none(), "{file:?}");
            assert_eq!(parsed.source.shown(), Some("K=********\nL=********"));
        }
    }
}

#[test]
fn duplicates_are_all_there_in_file_order() {
    let parsed = parse("f", b"K=1\nL=2\nK=3");
    let found: Vec<_> = parsed
        .entries
        .iter()
        .map(|entry| (entry.key.as_str(), entry.value.text().unwrap().expose()))
        .collect();
    assert_eq!(found, [("K", "1"), ("L", "2"), ("K", "3")]);
}

#[test]
fn half_a_value_is_not_a_value() {
    let parsed = parse("f", b"J=1\nK=\"half\nL=2");
    let keys: Vec<_> = parsed.entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["J"]);
}

#[test]
fn a_run_of_lines_that_are_not_understood_is_one_problem() {
    assert_eq!(problems(b"a\nb\nc\nK=v\nd\n\ne"), [NoEquals, NoEquals, NoEquals]);
}

#[test]
fn utf_16_is_reported_once() {
    assert_eq!(problems(b"\xff\xfeK\0=\0v\0\n\0L\0=\0w\0"), [Utf16]);
    assert_eq!(problems(b"\xfe\xff\0K\0=\0v"), [Utf16]);
}

#[test]
fn an_ordinary_file_has_no_problem() {
    let text = "\
# Application
APP_NAME=\"CSAR Platform\"
APP_ENV=production
APP_KEY=base64:your-generated-key
APP_DEBUG=false
APP_URL=https://csar.sn

# Base de données
DB_CONNECTION=mysql
DB_PORT=3306
DB_PASSWORD=secure-password

# Redis
REDIS_PASSWORD=null
MAIL_FROM_ADDRESS=\"contact@csar.sn\"
SMS_API_URL=https://api.orange.com/smsmessaging/v1
PUSHER_HOST=
PUSHER_APP_KEY=your-pusher-app-key
VITE_PUSHER_APP_KEY=\"${PUSHER_APP_KEY}\"
";
    let parsed = parse(".env", text.as_bytes());
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.entries.len(), 14);
    assert_eq!(parsed.entries[0].value.text().unwrap().expose(), "CSAR Platform");
}

#[test]
fn every_problem_has_a_message_and_a_way_out_in_house_style() {
    let all = [
        Utf16,
        NoEquals,
        NotAName,
        LooksBroken,
        OddLineBreak,
        Unclosed,
        AfterQuote,
        AfterLines,
        Backtick,
        InnerSpace,
        InnerHash,
        InnerQuote,
        LeadingHash,
        TabComment,
        TrailingBlank,
        OddCharacter,
        Backslash,
        OpenBackslash,
        QuotedCrlf,
        Dollar,
        QuotedReference,
        UnknownReference,
        UnclearReference,
        TooMuchExpansion,
    ];
    for kind in all {
        for text in [kind.to_string(), kind.help().to_owned()] {
            assert!(text.starts_with(|c: char| c.is_lowercase()), "{text}");
            assert!(!text.ends_with('.') && !text.contains("{{"), "{text}");
        }
    }
}

const PROBLEMS: &[(&str, ProblemKind)] = &[
    ("K", NoEquals),
    ("K: v", NoEquals),
    ("export", NoEquals),
    ("export=v", NotAName),
    ("; note", NoEquals),
    ("=v", NotAName),
    (" =v", NotAName),
    ("1K=v", NotAName),
    ("K-L=v", NotAName),
    ("K.L=v", NotAName),
    ("'K'=v", NotAName),
    ("É=v", NotAName),
    ("K L=v", NotAName),
    ("exportK L=v", NotAName),
    ("export export K=v", NotAName),
    ("?K=v", NotAName),
    ("K==", LooksBroken),
    ("aB3x=", LooksBroken),
    ("K=\"v", Unclosed),
    ("K='v", Unclosed),
    ("K=\"", Unclosed),
    ("K=\"v\\\"", Unclosed),
    ("K='v\\'", Unclosed),
    ("K=\"v\"x", AfterQuote),
    ("K=\"v\" x", AfterQuote),
    ("K=\"v\"# note", AfterQuote),
    ("K='v''w'", AfterQuote),
    ("K=\"a\nL=\"b\"", AfterLines),
    ("K=`v`", Backtick),
    ("K=a b", InnerSpace),
    ("K=a\tb # note", InnerSpace),
    ("K=v\t# note", TabComment),
    ("K=v ", TrailingBlank),
    ("K=v \t\r\n", TrailingBlank),
    ("K=v \t# note", TabComment),
    ("K= # note", LeadingHash),
    ("K=# note", LeadingHash),
    ("K=a\"b", InnerQuote),
    ("K=it's", InnerQuote),
    ("K={\"a\":1}", InnerQuote),
    ("K=#v", LeadingHash),
    ("K=a#b", InnerHash),
    ("K=a#b # note", InnerHash),
    ("K=a\\b", Backslash),
    ("K=a\\", OpenBackslash),
    ("K=\"a\\\"b\"", Backslash),
    ("K=\"a\\\\b\"", Backslash),
    ("K=\"a\\tb\"", Backslash),
    ("K=\"a\\\\\"", OpenBackslash),
    ("K='a\\\\'", OpenBackslash),
    ("K=\"a\\\"\nb\"", OpenBackslash),
    ("K=a\\b c", InnerSpace),
    ("K=\"a\\rb\"", Backslash),
    ("K=\"a\\$b\"", Backslash),
    ("K=\"a\\\nb\"", OpenBackslash),
    ("K='a\\\\b'", Backslash),
    ("K='a\\'b'", OpenBackslash),
    ("K=v\u{a0}", OddCharacter),
    ("K=v\u{c}", OddCharacter),
    ("K=v\u{feff}", OddCharacter),
    ("K=v\u{b}w", OddCharacter),
    ("K=v\rL=w", OddLineBreak),
    ("# v\rL=w", OddLineBreak),
    ("# v\u{2028}L=w", OddLineBreak),
    ("K=v # note\u{2029}L=w", OddLineBreak),
    ("K=\"v\" # note\rL=w", OddLineBreak),
    ("K=\"v\rw\"", OddLineBreak),
    ("K=\"v\r\nw\"", QuotedCrlf),
    ("K='v${A}'", QuotedReference),
    ("K=\"${K}\"", UnknownReference),
];
