//! The variables of the judged snapshot whose values must not leave.

use once_cell::sync::OnceCell;

use crate::facts::{Facts, Observed, Seen};
use crate::policy::{Given, Policy};
use crate::secret::{MINIMUM_BITS, Secret};
use crate::shield::{Shield, Value};

/// The secrets of the judged snapshot, and the shield once it is first needed.
pub(in crate::tower) struct Secrets {
    secrets: Vec<(String, Secret, Sort)>,
    shield: OnceCell<Shield>,
}

#[derive(Clone, Copy)]
enum Sort {
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
            let (secret, sort) = (seen.text()?, sort(policy, seen)?);
            Some((seen.name.clone(), secret.clone(), sort))
        });
        Self { secrets: secrets.collect(), shield: OnceCell::new() }
    }

    /// The shield, made when it is first needed.
    pub(in crate::tower) fn shield(&self) -> &Shield {
        self.shield.get_or_init(|| {
            Shield::new(self.secrets.iter().map(|(name, secret, sort)| match sort {
                Sort::Secret(bits) => Value::secret(name, secret).of_bits(*bits),
                Sort::Connection => Value::connection(name, secret),
                Sort::Other => Value::address(name, secret),
            }))
        })
    }
}

/// How the shield treats a variable; `None` if its value may be shown.
fn sort(policy: &Policy, seen: &Seen) -> Option<Sort> {
    let mut given = policy.connections().iter().map(|connection| &connection.given);
    let connects = given.find_map(|given| match given {
        Given::Url(url) => (url.value == seen.name).then_some(Sort::Connection),
        Given::Parts(parts) => {
            let password = parts.password.as_ref().is_some_and(|it| it.value == seen.name);
            password.then_some(Sort::Secret(MINIMUM_BITS))
        }
    });
    let declared = policy.declared(&seen.name).or_else(|| policy.by_pattern(&seen.name));
    let declared = declared.and_then(|variable| variable.secret());
    match (connects, declared) {
        (Some(sort), _) => Some(sort),
        (None, Some(rule)) if rule.kind.is_public() => None,
        (None, Some(rule)) => Some(Sort::Secret(rule.min_bits)),
        (None, None) => seen.text()?.expose().contains("://").then_some(Sort::Other),
    }
}
