//! `database-connection-is-encrypted`

use super::{Case, Check, Destination, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Connection, Given, Network};
use crate::selftest::{Address, Baseline, Violation, one};
use crate::target::{Encryption, Engine};

/// `database-connection-is-encrypted`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "database-connection-is-encrypted",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a connection over a foreign network uses TLS, and cannot fall back",
    explain: "\
## Refuses
A connection to another machine whose TLS mode is missing, `disable`, `allow` or
`prefer`. Permitted without TLS: this machine, a unix socket, a provider's
private network, a name without a dot (a Docker Compose service), and a database
that the policy declares with `network = \"private\"`.

## Why
Without `require` or more, drivers fall back to plain text when the server, or
somebody in between, declines TLS.

## Way out
Add `?sslmode=require` to the URL, or `verify-full` where the driver has the
server's certificate authority. For separate variables, name the one with the
mode in the connection's `encryption`.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let in_plain_text = |address: &mut Address| {
        address.host = "elsewhere.example".to_owned();
        address.parameters = String::new();
    };
    baseline.with_address(in_plain_text).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for (connection, destination) in case.destinations() {
        if is_local(destination) || is_encrypted(destination.target.encryption()) {
            continue;
        }
        let name = &destination.variable.name;
        let mut finding = Finding::refused(
            &RULE,
            name,
            destination.variable.place.clone(),
            format!("`{name}` leads to another machine {}", lack(destination.target.encryption())),
            way_out(connection, destination),
        );
        if let Some(database) = destination.database {
            finding = finding.because(
                case.source(),
                database.name.span,
                "not declared as on a private network",
            );
        }
        findings.push(finding);
    }
}

fn is_local(destination: &Destination<'_>) -> bool {
    let private = destination.database.is_some_and(|database| database.network == Network::Private);
    destination.target.is_loopback()
        || destination.target.is_socket()
        || destination.target.is_private_network()
        || private
}

fn is_encrypted(encryption: Encryption) -> bool {
    match encryption {
        Encryption::Required | Encryption::VerifyCa | Encryption::VerifyFull => true,
        Encryption::Unstated | Encryption::Off | Encryption::Opportunistic => false,
    }
}

fn lack(encryption: Encryption) -> &'static str {
    match encryption {
        Encryption::Off => "with TLS switched off",
        Encryption::Opportunistic => "with TLS that falls back to plain text",
        Encryption::Unstated
        | Encryption::Required
        | Encryption::VerifyCa
        | Encryption::VerifyFull => "without TLS",
    }
}

fn way_out(connection: &Connection, destination: &Destination<'_>) -> String {
    let (key, mode) = match destination.target.engine() {
        Engine::Postgres => ("sslmode", "require"),
        Engine::MySql => ("ssl-mode", "REQUIRED"),
    };
    match &connection.given {
        Given::Url(_) => format!("add `{key}={mode}` to the URL's parameters"),
        Given::Parts(parts) => match &parts.encryption {
            Some(variable) => format!("set `{}` to `{mode}`", variable.value),
            None => format!(
                "name the variable with the TLS mode in `[connections.{}]`, as `encryption`; or, \
                 if the way there is private, declare `network = \"private\"`",
                connection.name.value
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, url};

    const URL: &str = "[connections.primary]\nurl = 'DATABASE_URL'\n";
    const PARTS: &str = "[connections.primary]\nhost = 'H'\ndatabase = 'D'\nuser = 'U'\n";

    #[test]
    fn what_leaves_this_machine_is_encrypted() {
        let ask = Ask::small(&RULE, URL);
        let (none, off, falls_back) =
            ("without TLS", "with TLS switched off", "with TLS that falls back to plain text");
        let table = [
            ("main.koomy.app/koomy", none),
            ("main.koomy.app/koomy?sslmode=disable", off),
            ("main.koomy.app/koomy?sslmode=allow", falls_back),
            ("main.koomy.app/koomy?sslmode=prefer", falls_back),
            ("main.koomy.app/koomy?sslmode=require", ""),
            ("main.koomy.app/koomy?sslmode=verify-ca", ""),
            ("main.koomy.app/koomy?sslmode=verify-full", ""),
            ("inner.koomy.app/koomy", ""),   // declared as private
            ("inner.koomy.app/other", none), // and no such database
            ("unknown.net/koomy", none),
            ("10.0.0.5/koomy", none),
            ("localhost/koomy", ""),
            ("127.0.0.1/koomy", ""),
            ("db/koomy", ""),
            ("db.railway.internal/koomy", ""),
            ("/koomy?host=/var/run/postgresql", ""),
        ];
        for (rest, lack) in table {
            let said = match lack {
                "" => String::new(),
                lack => format!("`DATABASE_URL` leads to another machine {lack}"),
            };
            // In any environment, and in none.
            for environment in ["production", "sandbox", "bare", "staging"] {
                let given = [("KOOMY_ENV", environment), ("DATABASE_URL", &url(rest))];
                assert_eq!(ask.says(&given), said, "{environment}, {rest}");
            }
        }
    }

    #[test]
    fn says_where_the_mode_goes() {
        let mysql = |text: &str| format!("{text}engine = 'mysql'\n");
        let mode = format!("{PARTS}encryption = 'MODE'\n");
        let at_url = "add `sslmode=require` to the URL's parameters";
        let at_name = "name the variable with the TLS mode in `[connections.primary]`, as \
            `encryption`; or, if the way there is private, declare `network = \"private\"`";
        let table = [
            (URL.to_owned(), at_url),
            (mysql(URL), "add `ssl-mode=REQUIRED` to the URL's parameters"),
            (PARTS.to_owned(), at_name),
            (mode.clone(), "set `MODE` to `require`"),
            (mysql(&mode), "set `MODE` to `REQUIRED`"),
        ];
        for (connection, help) in table {
            let ask = Ask::small(&RULE, &connection);
            let scheme = if connection.contains("mysql") { "mysql" } else { "postgresql" };
            let url = url("unknown.net/koomy").replace("postgresql", scheme);
            let given =
                [("DATABASE_URL", &*url), ("H", "unknown.net"), ("D", "koomy"), ("U", "app")];
            let name = if connection.contains("url") { "DATABASE_URL" } else { "H" };
            let said = format!(
                "refused {name}: `{name}` leads to another machine without TLS; {help}\n  \
                 cause: <assumed environment> (here)"
            );
            assert_eq!(ask.in_full(&given), said);
        }
    }

    #[test]
    fn points_at_the_database() {
        let url = url("main.koomy.app/koomy");
        assert_eq!(
            Ask::small(&RULE, URL).in_full(&[("DATABASE_URL", &url)]),
            "refused DATABASE_URL: `DATABASE_URL` leads to another machine without TLS; \
             add `sslmode=require` to the URL's parameters\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: main (not declared as on a private network)"
        );
    }
}
