//! Ways to write a path that some reader might treat as the same path.

/// A path, and two similar ones that do not exist.
pub(super) struct Twin {
    pub(super) hidden: String,
    pub(super) absent: String,
    pub(super) also_absent: String,
    first: usize,
}

impl Twin {
    /// Makes the two from the last segment of `root` on, where they differ in every
    /// letter, so that a route for everything below does not match them. `root` is where
    /// the hidden path begins.
    pub(super) fn of(hidden: String, root: &str) -> Self {
        let length = hidden.len();
        let first = root.rfind('/').map_or(0, |slash| slash + 1);
        let replaced = |seed: u8| {
            let letters = hidden.char_indices().map(|(at, c)| match c {
                _ if at < first || !c.is_ascii_alphabetic() => c,
                _ => {
                    let at = u8::try_from(at % 23).unwrap_or(0);
                    char::from(b'a' + (at * 7 + seed + u8::try_from(length % 5).unwrap_or(0)) % 26)
                }
            });
            letters.collect::<String>()
        };
        Self { absent: replaced(3), also_absent: replaced(11), hidden, first }
    }

    /// The segment in which the three differ.
    pub(super) fn segment_of<'a>(&self, path: &'a str) -> &'a str {
        path.get(self.first..).unwrap_or(path)
    }
}

/// A way to write a path.
pub(super) struct Spelling {
    pub(super) write: fn(&str) -> String,
}

pub(super) const SPELLINGS: &[Spelling] = &[
    Spelling { write: |path| path.to_owned() },
    Spelling { write: |path| format!("{path}/") },
    Spelling { write: |path| format!("{path}//") },
    Spelling { write: |path| format!("/{path}") },
    Spelling { write: |path| path.replace('/', "//") },
    Spelling { write: |path| format!("/.{path}") },
    Spelling { write: |path| format!("/x/..{path}") },
    Spelling { write: |path| format!("{path}/.") },
    Spelling { write: |path| format!("{path}/x/..") },
    Spelling { write: |path| path.to_ascii_uppercase() },
    Spelling { write: |path| encoded(path, 1) },
    Spelling { write: |path| encoded(path, path.len() - 1) },
    Spelling { write: |path| path.replacen('/', "%2f", 2).replacen("%2f", "/", 1) },
    Spelling { write: |path| format!("{path};a=b") },
    Spelling { write: |path| format!("{path}?debug=1") },
    Spelling { write: |path| format!("{path}%00") },
    Spelling { write: |path| format!("{path}%20") },
    Spelling { write: |path| format!("{path}.json") },
    Spelling { write: |path| format!("http://{{host}}{path}") },
    Spelling { write: |path| format!("//{{host}}{path}") },
];

/// The path with the letter at `at` percent-encoded.
fn encoded(path: &str, at: usize) -> String {
    let one = |(index, c): (usize, char)| {
        if index == at { format!("%{:02X}", u32::from(c)) } else { c.to_string() }
    };
    path.char_indices().map(one).collect()
}
