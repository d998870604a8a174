//! `database-belongs-to-environment`

use super::live::whose;
use super::{Case, Check, Destination, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Connection, Database, Environment};
use crate::secret::is_documentation_host;
use crate::selftest::{Address, Baseline, Violation, one};
use crate::source::Place;
use crate::visible::listed;

/// `database-belongs-to-environment`. Public so that reports made outside a gate can cite it.
pub static RULE: Rule = Rule {
    id: "database-belongs-to-environment",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a connection leads to one of this environment's databases, exactly",
    explain: "\
## Refuses
A connection whose engine, host, port, database and user are not exactly those
of a database that this environment lists. There is no partial match: a host
that merely ends in, or contains, a known one is unknown.

## Why
A sandbox that writes to production's database, and a production that reads the
sandbox's, are the accidents that this guard exists for.

## Way out
Point the variable at a database of this environment; `guard-cli target` says
where it leads now. A new database is declared under `[databases.NAME]` and
listed in the environment's `databases`.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let elsewhere = |address: &mut Address| {
        address.host = "elsewhere.example".to_owned();
        address.database = "elsewhere".to_owned();
    };
    baseline.with_address(elsewhere).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    for (connection, destination) in case.destinations() {
        if !is_permitted(connection, destination, environment) {
            findings.push(refuse(case, connection, destination, environment));
        }
    }
}

fn is_permitted(
    connection: &Connection,
    destination: &Destination<'_>,
    environment: &Environment,
) -> bool {
    let Some(database) = destination.database else { return false };
    environment.has_database(database.id)
        && connection.databases.as_ref().is_none_or(|ids| ids.contains(&database.id))
}

fn refuse(
    case: &Case<'_>,
    connection: &Connection,
    destination: &Destination<'_>,
    environment: &Environment,
) -> Finding {
    let name = &destination.variable.name;
    let here = &environment.name.value;
    let known = environment.databases.iter().filter_map(|id| case.policy.database(id.value));
    let help = match &*listed(known.map(|database| database.name.value.as_str()), " or ") {
        "" => format!("unset `{name}`; `{here}` has no database"),
        known if destination.database.is_none() => format!(
            "point it at {known}, or write its address into the policy if it belongs to `{here}`"
        ),
        known => format!("point it at {known}"),
    };
    let message = match destination.database {
        None => format!("`{name}` leads to {}", unknown(case, destination)),
        Some(database) => {
            format!("`{name}` leads to {}", known_elsewhere(case, database, environment))
        }
    };
    let finding = RULE.refuses(name, destination.variable.place.clone()).says(message).help(help);
    match (destination.database, &connection.databases) {
        (Some(database), Some(_)) if environment.has_database(database.id) => {
            finding.because(case.source(), connection.name.span, "this connection's databases")
        }
        (Some(database), _) => finding
            .because(case.source(), environment.databases_span, "this environment's databases")
            .related(Place::at(case.source(), database.name.span), "the database that it leads to"),
        (None, _) => finding.because(
            case.source(),
            environment.databases_span,
            "this environment's databases",
        ),
    }
}

fn known_elsewhere(case: &Case<'_>, database: &Database, environment: &Environment) -> String {
    let whose = whose(case.policy, database);
    if environment.has_database(database.id) {
        format!("`{}`, which is not for this connection", database.name.value)
    } else if case.policy.environments_of(database.id).next().is_none() {
        whose
    } else {
        format!("{whose}, not of `{}`", environment.name.value)
    }
}

/// Says what is wrong with an address that the policy does not know, without
/// showing it.
fn unknown(case: &Case<'_>, destination: &Destination<'_>) -> String {
    let target = &destination.target;
    if target.host().is_some_and(is_documentation_host) {
        return "a placeholder host from documentation".to_owned();
    }
    match case.policy.databases().iter().find(|database| database.owns_host_of(target)) {
        Some(database) => {
            let name = &database.name.value;
            let what = if database.engine != target.engine() {
                "engine"
            } else if database.database.value != target.database() {
                "database"
            } else if !database.ports.contains(&target.port()) {
                "port"
            } else {
                "user"
            };
            format!("the host of `{name}` with another {what}, which the policy does not know")
        }
        None => "a database that the policy does not know".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, url};

    const MORE: &str = "[connections.primary]\nurl = 'DATABASE_URL'\n\
        [connections.shadow]\nurl = 'SHADOW_URL'\nrequired = false\ndatabases = ['play', 'main']\n\
        [connections.other]\nurl = 'MYSQL_URL'\nengine = 'mysql'\nrequired = false\n\
        [databases.pinned]\nendpoints = ['pinned.koomy.app']\ndatabase = 'koomy'\nusers = ['app']\n";

    fn says(environment: &str, name: &str, url: &str) -> String {
        Ask::small(&RULE, MORE).says(&[("KOOMY_ENV", environment), (name, url)])
    }

    #[test]
    fn a_connection_leads_to_a_database_of_its_environment() {
        const UNKNOWN: &str = "a database that the policy does not know";
        const NONE: &str = "`pinned`, a database that no environment lists";
        let table = [
            ("production", "main.koomy.app/koomy", ""),
            ("production", "main.koomy.app:5432/koomy?sslmode=require", ""),
            (
                "production",
                "play.koomy.app/koomy",
                "`play`, a database of `sandbox`, not of `production`",
            ),
            (
                "production",
                "localhost/koomy",
                "`here`, a database of `sandbox`, not of `production`",
            ),
            ("production", "pinned.koomy.app/koomy", NONE),
            ("production", "xmain.koomy.app/koomy", UNKNOWN),
            ("production", "main.koomy.app.evil.net/koomy", UNKNOWN),
            ("production", "koomy.app/koomy", UNKNOWN),
            ("production", "db.example.com/koomy", "a placeholder host from documentation"),
            ("sandbox", "play.koomy.app/koomy", ""),
            ("sandbox", "localhost/koomy", ""),
            ("sandbox", "localhost/other", UNKNOWN),
            (
                "sandbox",
                "main.koomy.app/koomy",
                "`main`, a database of `production`, not of `sandbox`",
            ),
            ("bare", "play.koomy.app/koomy", "`play`, a database of `sandbox`, not of `bare`"),
            ("staging", "play.koomy.app/koomy", ""), // `variable-is-allowed` refuses it
        ];
        for (environment, rest, where_to) in table {
            let said = match where_to {
                "" => String::new(),
                where_to => format!("`DATABASE_URL` leads to {where_to}"),
            };
            assert_eq!(
                says(environment, "DATABASE_URL", &url(rest)),
                said,
                "{environment}, {rest}"
            );
        }
    }

    #[test]
    fn a_known_host_alone_is_no_database() {
        let table = [
            ("DATABASE_URL", url("main.koomy.app/other"), "main", "database"),
            ("DATABASE_URL", url("main.koomy.app:5433/koomy"), "main", "port"),
            (
                "DATABASE_URL",
                url("pinned.koomy.app/koomy").replace("app:", "me:"),
                "pinned",
                "user",
            ),
            (
                "MYSQL_URL",
                url("main.koomy.app/koomy").replace("postgresql", "mysql"),
                "main",
                "engine",
            ),
            (
                "MYSQL_URL",
                url("main.koomy.app:5432/koomy").replace("postgresql", "mysql"),
                "main",
                "engine",
            ),
        ];
        for (name, url, database, what) in table {
            let said = format!(
                "`{name}` leads to the host of `{database}` with another {what}, \
                 which the policy does not know"
            );
            assert_eq!(says("production", name, &url), said);
        }
    }

    #[test]
    fn a_connection_may_have_databases_of_its_own() {
        let elsewhere =
            "`SHADOW_URL` leads to `main`, a database of `production`, not of `sandbox`";
        let table = [
            ("play.koomy.app/koomy", ""),
            ("localhost/koomy", "`SHADOW_URL` leads to `here`, which is not for this connection"),
            ("main.koomy.app/koomy", elsewhere),
        ];
        for (rest, said) in table {
            assert_eq!(says("sandbox", "SHADOW_URL", &url(rest)), said, "{rest}");
        }
    }

    #[test]
    fn points_at_the_list_that_decides() {
        let ask = Ask::small(&RULE, MORE);
        let cause = "\n  cause: <assumed environment> (here)\n  decided-by:";
        let table = [
            (
                "sandbox",
                "DATABASE_URL",
                "elsewhere.net/koomy",
                format!(
                    "a database that the policy does not know; point it at `play` or `here`, or \
                 write its address into the policy if it belongs to `sandbox`{cause} \
                 ['play', 'here'] (this environment's databases)"
                ),
            ),
            (
                "sandbox",
                "DATABASE_URL",
                "main.koomy.app/koomy",
                format!(
                    "`main`, a database of `production`, not of `sandbox`; \
                 point it at `play` or `here`{cause} \
                 ['play', 'here'] (this environment's databases)\n  \
                 related: main (the database that it leads to)"
                ),
            ),
            (
                "bare",
                "DATABASE_URL",
                "main.koomy.app/koomy",
                format!(
                    "`main`, a database of `production`, not of `bare`; \
                 unset `DATABASE_URL`; `bare` has no database{cause} \
                 bare (this environment's databases)\n  \
                 related: main (the database that it leads to)"
                ),
            ),
            (
                "sandbox",
                "SHADOW_URL",
                "localhost/koomy",
                format!(
                    "`here`, which is not for this connection; point it at `play` or `here`{cause} \
                 shadow (this connection's databases)"
                ),
            ),
            (
                "sandbox",
                "SHADOW_URL",
                "main.koomy.app/koomy",
                format!(
                    "`main`, a database of `production`, not of `sandbox`; \
                 point it at `play` or `here`{cause} \
                 ['play', 'here'] (this environment's databases)\n  \
                 related: main (the database that it leads to)"
                ),
            ),
        ];
        for (environment, name, rest, said) in table {
            let said = format!("refused {name}: `{name}` leads to {said}");
            assert_eq!(ask.in_full(&[("KOOMY_ENV", environment), (name, &url(rest))]), said);
        }
    }
}
