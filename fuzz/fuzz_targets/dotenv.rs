//! Any bytes can be read; each key is where its span says, and lines keep their numbers.
#![no_main]

use koomy_guard::dotenv;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let parsed = dotenv::parse(".env", bytes);
    for entry in &parsed.entries {
        assert_eq!(parsed.source.slice(entry.span), Some(entry.key.as_str()));
        let shown = format!("{entry:?}");
        assert!(shown.contains("(..)"), "the value hides itself");
    }
    for problem in &parsed.problems {
        assert!(parsed.source.locate(problem.span).is_some());
    }
    let shown = parsed.source.shown().unwrap_or_default();
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines(shown.as_bytes()), lines(bytes));
});
