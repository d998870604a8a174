//! No report of any format contains a canary from a value, a comment, or a line that was
//! not understood.
#![no_main]

use koomy_guard::Policy;
use koomy_guard::dotenv;
use koomy_guard::facts::{Cause, Causes, Facts, Observed, Seen, Variables};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::policy::Phase;
use koomy_guard::report::{Color, Format, Report, Style, Tool};
use koomy_guard::source::Place;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::built_in().expect("it is tested"));

fuzz_target!(|pieces: Vec<(u8, Vec<u8>)>| {
    let parsed = dotenv::parse(".env", &file(&pieces));
    let shown = parsed.source.shown().unwrap_or_default();
    assert!(!shown.contains(CANARY), "masked");
    let source = parsed.source.clone();
    let causes = parsed.problems.iter().filter(|problem| !problem.kind.is_of_value());
    let causes: Vec<_> = causes
        .map(|problem| Cause {
            message: problem.kind.to_string(),
            help: problem.kind.help().to_owned(),
            place: Place::at(&source, problem.span),
        })
        .collect();
    let seen = parsed.entries.into_iter().map(|entry| Seen {
        name: entry.key,
        place: Place::at(&source, entry.span),
        value: entry.value,
        also: Vec::new(),
        doubt: None,
    });
    let variables = match Causes::of(causes) {
        Some(causes) => Observed::Unreadable(causes),
        None => Observed::Seen(Variables::from_source(seen)),
    };
    let facts = Facts { source: source.clone(), variables, expected: None, phase: Phase::Boot, live: koomy_guard::facts::Live::NotAsked };
    let verdict = decide(Gate::Boot, &POLICY, &facts);
    let style = Style { color: Color::Plain, width: 80 };
    let tool = Tool { name: "fuzz", version: "0" };
    for format in Format::ALL {
        let text = Report { format: *format, style, tool }.verdict(&POLICY, &verdict);
        assert!(!text.contains(CANARY), "{}", format.name());
    }
});

/// Lines of a file in which every value contains the canary.
fn file(pieces: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let names = [
        "KOOMY_ENV", "NODE_ENV", "DATABASE_URL", "STRIPE_SECRET_KEY", "JWT_SECRET", "API_URL",
        "DEBUG_SECRET", "SOME_TOKEN", "OTHER",
    ];
    let mut file = Vec::new();
    for (choice, noise) in pieces {
        let name = names[usize::from(*choice) % names.len()];
        let noise: Vec<u8> = noise.iter().copied().filter(|byte| *byte != b'\n').collect();
        match choice % 4 {
            0 => file.extend_from_slice(format!("{name}={CANARY}").as_bytes()),
            1 => file.extend_from_slice(format!("{name}=\"{CANARY}\n{CANARY}").as_bytes()),
            2 => file.extend_from_slice(format!("# {CANARY} ").as_bytes()),
            _ => file.extend_from_slice(format!("{name}=postgresql://u:{CANARY}@h/").as_bytes()),
        }
        file.extend_from_slice(&noise);
        file.extend_from_slice(if choice % 3 == 0 { b"\"\n" } else { b"\n" });
    }
    file
}

const CANARY: &str = "c4n4ryVALUEc4n4ry";
