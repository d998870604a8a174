//! Two environments side by side, and what they share.

use std::fmt::Write as _;

use koomy_guard::facts::Facts;
use koomy_guard::gate::{Comparison, compare};
use koomy_guard::policy::Policy;

use crate::compare_with;
use crate::koomy::{self, PLACES, Place};

const SHARED: [&str; 7] = [
    "nothing",
    "database",
    "password",
    "JWT_SECRET",
    "JWT_SECRET as SESSION_SECRET",
    "a placeholder",
    "PUBLIC_URL",
];

#[test]
fn environments_side_by_side() {
    let policy = Policy::built_in().unwrap();
    let mut rows = String::new();
    for first in &PLACES {
        for second in &PLACES {
            for what in SHARED {
                let environments = [facts(first, None), facts(first, Some((second, what)))];
                let environments = match what {
                    "nothing" => [facts(first, None), facts(second, None)],
                    _ => environments,
                };
                let both = compare(&policy, &environments);
                let _ = writeln!(
                    rows,
                    "{:<11} {:<11} {what:<29} {:<13} {:<22} {}",
                    first.name,
                    second.name,
                    koomy::verdict(&both.findings),
                    alone(&both),
                    both.ruling().name(),
                );
            }
        }
        rows.push('\n');
    }
    let one = [facts(&PLACES[0], None)];
    for (environments, what) in [(&[][..], "no environment"), (&one[..], "one environment")] {
        let both = compare(&policy, environments);
        let outcome = both.ruling().name();
        let _ = writeln!(rows, "{what:<53} {:<13} {:<22} {outcome}", "permitted", "permitted");
    }
    let head = format!(
        "# Two environments of the built-in policy, compared. The second takes over what is shared.\n\
         # Generated: `UPDATE=1 cargo test --test truth`.\n#\n{}#\n\
         # first     second      shared                        together      \
         second alone           outcome\n",
        koomy::legend(&rows)
    );
    compare_with("compare.txt", include_str!("compare.txt"), &(head + &rows));
}

fn alone(both: &Comparison<'_>) -> String {
    let findings = both.verdicts.iter().skip(1).flat_map(|verdict| &verdict.findings);
    koomy::verdict(findings)
}

/// The variables of `place`, perhaps with one of another environment's instead.
fn facts(place: &Place, takes: Option<(&Place, &str)>) -> Facts {
    let own = koomy::variables(place);
    let value = |name: &str| own.iter().find(|(known, _)| known == name).map(|(_, v)| v.clone());
    let variables = match takes {
        None => own,
        Some((other, what)) => {
            let mut variables = koomy::variables(other);
            let password = own.iter().find_map(|(name, url)| {
                let (_, rest) = url.split_once(":").filter(|_| name == "DATABASE_URL")?;
                let (_, rest) = rest.split_once(':')?;
                rest.split_once('@').map(|(password, _)| password)
            });
            let (name, value) = match what {
                "database" => ("DATABASE_URL", Some(koomy::url(place.database, 8))),
                "password" => (
                    "DATABASE_URL",
                    password.map(|word| format!("postgresql://app:{word}@{}", other.database)),
                ),
                "JWT_SECRET" => ("JWT_SECRET", value("JWT_SECRET")),
                "a placeholder" => ("JWT_SECRET", Some("changeme".to_owned())),
                "PUBLIC_URL" => ("PUBLIC_URL", Some("https://koomy.app/".to_owned())),
                _ => ("SESSION_SECRET", value("JWT_SECRET")),
            };
            koomy::set(&mut variables, name, value);
            variables
        }
    };
    let pairs = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Facts::assume().variables(pairs).facts()
}
