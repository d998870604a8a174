//! `debug-is-allowed-here`

use super::{Check, Rule};
use crate::gate::Gate;

/// `debug-is-allowed-here`. Public so that reports made outside a gate can cite it.
pub static RULE: Rule = Rule {
    id: "debug-is-allowed-here",
    gates: &[Gate::Probe],
    summary: "whoever may not use debug endpoints cannot tell that there are any",
    explain: "\
## Refuses
A running service whose debug path can be told from a path that does not exist, by
status, headers, body or time, when it is asked for without the secret.
`guard-cli probe` asks for every debug path of the policy: where debug endpoints
are forbidden nobody has a secret, and elsewhere nobody gets in without it.

This rule refuses nothing at the start of a program. Where an environment does not
write `debug`, the debug gate has no endpoints, whatever the variables say. A switch
or a secret for them is refused there by `variable-is-allowed-here`, once its
`allowed` names the environments that it is for.

## Why
A debug endpoint that reached production works there, whoever put it there. A
403 in its place says that it is worth looking for the secret.

## Way out
Put the endpoints behind `boot.debug_gate()`, so that a request which is not let
in takes the way of a path that does not exist. `docs/web.md` says how, and has a
test for the service itself.
",
    check: Check::Outside,
    violate: |_, _| None,
};
