//! The variables of the judged snapshot whose values must not leave.

use once_cell::sync::OnceCell;

use crate::facts::{Facts, Observed, Seen};
use crate::policy::{Given, Policy};
use crate::secret::{MINIMUM_BITS, Secret};
use crate::shield::{Shield, Value};

/// The secrets of the judged snapshot, and the shield once it is first needed.
pub(in crate::tower) struct Secrets {
    secrets: Vec<(String, Secret, Kind)>,
    shield: OnceCell<Shield>,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Declared as a secret that withstands this many bits of guessing.
    Secret(u32),
    /// The URL of a connection.
    Connection,
    /// Anything else, which may be a URL with a password.
    Other,
}

impl Secrets {
    pub(in crate::tower) fn of(policy: &Policy, facts: &Facts) -> Self {
        let Observed::Seen(variables) = &facts.variables else {
            return Self { secrets: Vec::new(), shield: OnceCell::new() };
        };
        let secrets = variables.iter().filter_map(|seen| {
            let (secret, kind) = (seen.text()?, kind(policy, seen)?);
            Some((seen.name.clone(), secret.clone(), kind))
        });
        Self { secrets: secrets.collect(), shield: OnceCell::new() }
    }

    /// The shield, made when it is first needed.
    pub(in crate::tower) fn shield(&self) -> &Shield {
        self.shield.get_or_init(|| {
            Shield::new(self.secrets.iter().map(|(name, secret, kind)| match kind {
                Kind::Secret(bits) => Value::secret(name, secret).of_bits(*bits),
                Kind::Connection => Value::connection(name, secret),
                Kind::Other => Value::address(name, secret),
            }))
        })
    }
}

/// How the shield treats a variable; `None` if its value may be shown.
fn kind(policy: &Policy, seen: &Seen) -> Option<Kind> {
    let mut given = policy.connections().iter().map(|connection| &connection.given);
    let connects = given.find_map(|given| match given {
        Given::Url(url) => (url.value == seen.name).then_some(Kind::Connection),
        Given::Parts(parts) => {
            let password = parts.password.as_ref().is_some_and(|it| it.value == seen.name);
            password.then_some(Kind::Secret(MINIMUM_BITS))
        }
    });
    let declared = policy.variable(&seen.name).and_then(|variable| variable.secret());
    match (connects, declared) {
        (Some(kind), _) => Some(kind),
        (None, Some(rule)) if rule.kind.is_public() => None,
        (None, Some(rule)) => Some(Kind::Secret(rule.min_bits)),
        (None, None) => seen.text()?.expose().contains("://").then_some(Kind::Other),
    }
}
