//! `response-has-no-secret`

use super::{Check, Rule};
use crate::gate::Gate;

/// `response-has-no-secret`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "response-has-no-secret",
    gates: &[Gate::Probe],
    summary: "no response of a running service holds the URL of a database with its password",
    explain: "\
## Refuses
A response of a running service, to anything that `guard-cli probe` asks, that
holds the URL of a database or a message broker with a password: in its headers or
its body, as written or escaped for a URL or JSON. The report does not repeat it.

## Why
An error page that shows the URL with which a connection failed shows it to
everybody, and the password with it.

## Way out
Find what writes it there; debug output and error pages are the usual ones. Replace
the password, which has to be taken as known.
",
    check: Check::Outside,
    violate: |_, _| None,
};
