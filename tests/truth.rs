//! Truth tables: what the guard decides, in text that anybody can read and correct.
//!
//! Each table is generated and compared byte for byte with its file in
//! `tests/truth/`, under every feature set. `UPDATE=1 cargo test --test truth`
//! rewrites the files; the difference is the change of behaviour to review.

#[path = "truth/boot.rs"]
mod boot;
#[path = "truth/compare.rs"]
mod compare;
#[path = "truth/koomy.rs"]
mod koomy;
#[path = "truth/live.rs"]
mod live;
#[path = "truth/policies.rs"]
mod policies;
#[path = "truth/targets.rs"]
mod targets;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

/// Compares a table with its file, and shows the first line that differs.
#[expect(clippy::disallowed_methods, reason = "a variable says whether to rewrite")]
fn compare_with(name: &str, recorded: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth").join(name);
    if std::env::var_os("UPDATE").is_some() {
        let written = File::create(&path).and_then(|mut file| file.write_all(table.as_bytes()));
        assert!(written.is_ok(), "cannot write `{}`", path.display());
        return;
    }
    let lines = recorded.lines().zip(table.lines()).zip(1..);
    for ((recorded, found), line) in lines {
        assert_eq!(recorded, found, "tests/truth/{name}:{line}");
    }
    assert_eq!(recorded, table, "tests/truth/{name} has more lines, or fewer");
}
