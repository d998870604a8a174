//! A policy parses or gives a reason; every problem points into the text, and a policy
//! that parses can be asked.
#![no_main]

use koomy_guard::facts::Facts;
use koomy_guard::gate::{Gate, decide};
use koomy_guard::{Policy, selftest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Policy::parse("policy.toml", text) {
        Ok(policy) => {
            let facts = Facts::assume().variable(policy.environment_variable(), "x").facts();
            assert!(decide(Gate::Boot, &policy, &facts).rules_asked.len() > 1);
            selftest::run(&policy);
        }
        Err(error) => {
            assert!(!error.problems().is_empty());
            for problem in error.problems() {
                assert!(text.get(problem.span.start..problem.span.end).is_some());
                assert!(error.policy().locate(problem.span).is_some());
            }
            assert!(!error.to_string().is_empty());
        }
    }
});
