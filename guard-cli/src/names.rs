//! Names given on the command line, and what the policy has under them.

use koomy_guard::Policy;
use koomy_guard::policy::Environment;

use crate::stop::Stop;

/// The environment of the policy that is called `name`.
///
/// # Errors
///
/// The policy has no such name; what was given is not repeated.
pub(crate) fn environment<'a>(policy: &'a Policy, name: &str) -> Result<&'a Environment, Stop> {
    policy.environment(name).ok_or_else(|| {
        let known = policy.environments().iter().map(|it| it.name.value.as_str());
        unknown(policy, "environment", name, &known.collect::<Vec<_>>())
    })
}

/// The policy's name of the connection that is called `name`.
///
/// # Errors
///
/// The policy has no such name; what was given is not repeated.
pub(crate) fn connection<'a>(policy: &'a Policy, name: &str) -> Result<&'a str, Stop> {
    let known = connections(policy);
    let found = known.iter().find(|known| **known == name);
    found.copied().ok_or_else(|| unknown(policy, "connection", name, &known))
}

/// The policy's only connection, or the one called `primary`.
///
/// # Errors
///
/// Several, of which none is called so.
pub(crate) fn usual_connection(policy: &Policy) -> Result<&str, Stop> {
    let known = connections(policy);
    match (policy.usual_connection(), known.as_slice()) {
        (Some(usual), _) => Ok(&usual.name.value),
        (None, []) => Err(Stop::misuse("the policy has no connection")),
        (None, [..]) => Err(Stop::misuse("the policy has several connections")
            .help(format!("say which with `--connection NAME`: `{}`", known.join("`, `")))),
    }
}

fn connections(policy: &Policy) -> Vec<&str> {
    policy.connections().iter().map(|known| known.name.value.as_str()).collect()
}

fn unknown(policy: &Policy, kind: &str, name: &str, known: &[&str]) -> Stop {
    let meant = did_you_mean(name, known);
    Stop::misuse(format!("the policy `{}` has no {kind} with that name{meant}", policy.name()))
        .help(format!("it has `{}`", known.join("`, `")))
}

/// "; did you mean …?", if one of `known` looks like `name`.
pub(crate) fn did_you_mean(name: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|word| (strsim::jaro_winkler(name, word), word))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| format!("; did you mean `{word}`?"))
        .unwrap_or_default()
}
