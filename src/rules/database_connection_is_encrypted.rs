//! `database-connection-is-encrypted`

use super::{Case, Check, Led, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Connection, Given, Network};
use crate::target::{Encryption, Engine};
use crate::selftest::{Address, Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "database-connection-is-encrypted",
    gates: &[Gate::Boot],
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
    baseline.led(in_plain_text).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for (connection, led) in case.led() {
        if is_local(led) || is_encrypted(led.target.encryption()) {
            continue;
        }
        let name = &led.variable.name;
        let mut finding = Finding::refused(
            &RULE,
            name,
            led.variable.place.clone(),
            format!("`{name}` leads to another machine {}", lack(led.target.encryption())),
            way_out(connection, led),
        );
        if let Some(database) = led.database {
            finding = finding.because(
                case.source(),
                database.name.span,
                "not declared as on a private network",
            );
        }
        findings.push(finding);
    }
}

fn is_local(led: &Led<'_>) -> bool {
    let private = led.database.is_some_and(|database| database.network == Network::Private);
    led.target.is_loopback()
        || led.target.is_socket()
        || led.target.is_private_network()
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

fn way_out(connection: &Connection, led: &Led<'_>) -> String {
    let mode = match led.target.engine() {
        Engine::Postgres => "sslmode=require",
        Engine::MySql => "ssl-mode=REQUIRED",
    };
    match &connection.given {
        Given::Url(_) => format!("add `{mode}` to the URL's parameters"),
        Given::Parts(parts) => match &parts.encryption {
            Some(variable) => format!("set `{}` to `require`", variable.value),
            None => format!(
                "name the variable with the TLS mode in `[connections.{}]`, as `encryption`; or, \
                 if the way there is private, declare `network = \"private\"`",
                connection.name.value
            ),
        },
    }
}
