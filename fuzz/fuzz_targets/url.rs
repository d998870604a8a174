//! An accepted URL has one canonical form with the same meaning; a refused URL shows no
//! password.
#![no_main]

use koomy_guard::secret::Secret;
use koomy_guard::target::{Engine, Target};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for engine in [Engine::Postgres, Engine::MySql] {
        match Target::parse(engine, &Secret::new(text)) {
            Ok(target) => {
                let again = Target::parse(engine, &target.url()).expect("canonical is accepted");
                assert!(again == target, "canonical means the same");
                assert_eq!(again.url().expose(), target.url().expose(), "a fixed point");
                let host = target.host().unwrap_or("/");
                assert!(text.contains(host) || target.is_socket(), "the host is in the text");
                assert_eq!(text.matches('@').count(), 1);
            }
            Err(ambiguity) => {
                let said = format!("{ambiguity} {ambiguity:?} {}", ambiguity.help());
                assert!(said.is_ascii(), "no part of the text");
                if let Some(canonical) = ambiguity.canonical() {
                    let canonical = Secret::new(canonical);
                    assert!(Target::parse(engine, &canonical).is_ok(), "what is offered is accepted");
                }
            }
        }
    }
});
