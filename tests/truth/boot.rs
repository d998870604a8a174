//! The boot gate, over every combination of the most decisive facts.

use std::fmt::Write as _;

use koomy_guard::facts::Facts;
use koomy_guard::gate::{Gate, decide};
use koomy_guard::policy::Policy;
use koomy_guard::secret::Class;

use crate::compare_with;
use crate::koomy::{self, DEDICATED, DEVELOPMENT, LOCAL, MAIN, PLACES, UNKNOWN};

const ENVIRONMENTS: [&str; 5] = ["production", "sandbox", "local", "(unset)", "staging"];
const DATABASES: [(&str, Option<&str>); 6] = [
    ("main", Some(MAIN)),
    ("development", Some(DEVELOPMENT)),
    ("dedicated", Some(DEDICATED)),
    ("local", Some(LOCAL)),
    ("unknown", Some(UNKNOWN)),
    ("(unset)", None),
];
const RUNTIMES: [&str; 4] = ["production", "development", "test", "(unset)"];
const STRIPE: [(&str, Option<Class>); 3] =
    [("live key", Some(Class::Live)), ("test key", Some(Class::Test)), ("no key", None)];

#[test]
fn the_boot_gate() {
    let policy = Policy::built_in().unwrap();
    let mut rows = String::new();
    for environment in ENVIRONMENTS {
        for database in DATABASES {
            for runtime in RUNTIMES {
                let cells =
                    STRIPE.map(|(_, class)| cell(&policy, environment, database.1, runtime, class));
                let [live, test, none] = cells;
                let row = format!(
                    "{environment:<11} {:<12} {runtime:<12} {live:<28} {test:<28} {none}",
                    database.0
                );
                let _ = writeln!(rows, "{row}");
            }
        }
        rows.push('\n');
    }
    let [live, test, none] = STRIPE.map(|(name, _)| name);
    let head = format!(
        "# The boot gate of the built-in policy. Everything else is as the environment demands.\n\
         # Generated: `UPDATE=1 cargo test --test truth`.\n#\n{}#\n\
         # KOOMY_ENV database     NODE_ENV     {live:<28} {test:<28} {none}\n",
        koomy::legend(&rows)
    );
    compare_with("boot.txt", include_str!("boot.txt"), &(head + rows.trim_end() + "\n"));
}

fn cell(
    policy: &Policy,
    environment: &str,
    database: Option<&str>,
    runtime: &str,
    class: Option<Class>,
) -> String {
    let set = |value: &str| Some(value.to_owned()).filter(|value| value != "(unset)");
    let [production, ..] = &PLACES;
    let place = PLACES.iter().find(|place| place.name == environment).unwrap_or(production);
    let mut variables = koomy::variables(place);
    let key = class.map(|class| koomy::sample("stripe-secret-key", Some(class), 1));
    koomy::set(&mut variables, "KOOMY_ENV", set(environment));
    koomy::set(&mut variables, "NODE_ENV", set(runtime));
    koomy::set(&mut variables, "DATABASE_URL", database.map(|rest| koomy::url(rest, 2)));
    koomy::set(&mut variables, "STRIPE_SECRET_KEY", key);

    let pairs = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let facts = Facts::assume().variables(pairs).facts();
    let verdict = decide(Gate::Boot, policy, &facts);
    let said = koomy::verdict(&verdict.findings);
    assert_eq!((verdict.ruling() == koomy_guard::Ruling::Permitted), said == "permitted");
    said
}
