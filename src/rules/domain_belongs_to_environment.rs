//! `domain-belongs-to-environment`

use super::{Case, Check, Rule};
use crate::address::{host_of, is_host};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Environment, Variable, VariableKind};
use crate::source::{Place, Span};
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "domain-belongs-to-environment",
    gates: &[Gate::Boot],
    summary: "an address in a variable belongs to this environment",
    explain: "\
## Refuses
A declared `url`, `urls`, `host` or `hosts` whose host is not one of the
environment's `domains`, or of the variable's own `hosts`. Any other variable
that holds a web address of another environment's domain. Hosts match exactly.

## Why
A production page that calls the sandbox's API, or a staging worker that posts
to production, mixes the data of both.

## Way out
Point the variable at a domain of this environment. For a third party's address,
list its host in the variable's `hosts`.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, all: &[Baseline<'_>]) -> Option<Violation> {
    let declared = baseline.declared().find(|variable| matches!(variable.kind, VariableKind::Url));
    if let Some(variable) = declared {
        return Some(one(baseline.with(&variable.name.value, "https://elsewhere.example/")));
    }
    let others = all.iter().filter(|other| other.environment().id != baseline.environment().id);
    let mut domains = others.flat_map(|other| &other.environment().domains);
    let foreign = domains.find(|domain| !is_this_machine(&domain.value))?;
    Some(one(baseline.with("SELFTEST_ADDRESS", format!("https://{}/", foreign.value))))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    for seen in case.variables {
        let Some(secret) = seen.text() else { continue };
        let value = secret.expose();
        match case.policy.declared(&seen.name).filter(|variable| names_hosts(variable)) {
            Some(variable) => declared(case, environment, variable, seen, value, findings),
            None if case.policy.is_part_of_connection(&seen.name) => {}
            None => contaminated(case, environment, seen, value, findings),
        }
    }
}

fn names_hosts(variable: &Variable) -> bool {
    match &variable.kind {
        VariableKind::Url | VariableKind::Urls | VariableKind::Host | VariableKind::Hosts => true,
        VariableKind::Environment
        | VariableKind::Runtime
        | VariableKind::Secret(_)
        | VariableKind::Text
        | VariableKind::Email
        | VariableKind::Port
        | VariableKind::Integer
        | VariableKind::Boolean => false,
    }
}

fn declared(
    case: &Case<'_>,
    environment: &Environment,
    variable: &Variable,
    seen: &Seen,
    value: &str,
    findings: &mut Findings,
) {
    let own = variable.hosts.as_ref().map(|hosts| hosts.of(environment.id));
    let is_allowed = |host: &str| match own {
        None => environment.domains.iter().any(|domain| domain.value == host),
        Some(hosts) => hosts.is_some_and(|hosts| hosts.value.iter().any(|known| known == host)),
    };
    let (at, whose) = match &variable.hosts {
        None => (environment.domains_span, "this environment's domains"),
        Some(hosts) => (hosts.span(), "the hosts of this variable"),
    };
    // A value without a host is for `variable-has-format`.
    let foreign = hosts_in(variable, value).into_iter().flatten().find(|host| !is_allowed(host));
    if let Some(host) = foreign {
        findings.push(refuse(case, environment, seen, &host, at, whose));
    }
}

/// The hosts in a value; what has none is `None`.
fn hosts_in(variable: &Variable, value: &str) -> Vec<Option<String>> {
    match &variable.kind {
        VariableKind::Url => vec![host_of(value).ok()],
        VariableKind::Urls => value.split(',').map(|item| host_of(item.trim()).ok()).collect(),
        VariableKind::Host => vec![host_in(value)],
        VariableKind::Hosts => value.split(',').map(|item| host_in(item.trim())).collect(),
        VariableKind::Environment
        | VariableKind::Runtime
        | VariableKind::Secret(_)
        | VariableKind::Text
        | VariableKind::Email
        | VariableKind::Port
        | VariableKind::Integer
        | VariableKind::Boolean => Vec::new(),
    }
}

fn host_in(text: &str) -> Option<String> {
    is_host(text).then(|| text.to_ascii_lowercase())
}

/// A variable that is not declared as an address, and holds one of another
/// environment all the same.
fn contaminated(
    case: &Case<'_>,
    environment: &Environment,
    seen: &Seen,
    value: &str,
    findings: &mut Findings,
) {
    if !value.contains("://") {
        return;
    }
    let items = value.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
    for host in items.filter_map(|item| host_of(item).ok()) {
        if owner(case, &host).is_some_and(|owner| owner.id != environment.id) {
            let whose = "this environment's domains";
            let at = environment.domains_span;
            return findings.push(refuse(case, environment, seen, &host, at, whose));
        }
    }
}

/// The environment that a domain belongs to. Names of this machine belong to
/// whoever uses them.
fn owner<'a>(case: &Case<'a>, host: &str) -> Option<&'a Environment> {
    if is_this_machine(host) {
        return None;
    }
    let has = |environment: &&Environment| environment.domains.iter().any(|d| d.value == host);
    case.policy.environments().iter().find(has)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.starts_with("127.") || host == "[::1]"
}

fn refuse(
    case: &Case<'_>,
    environment: &Environment,
    seen: &Seen,
    host: &str,
    at: Span,
    whose: &str,
) -> Finding {
    let name = &seen.name;
    let here = &environment.name.value;
    let elsewhere = owner(case, host).filter(|owner| owner.id != environment.id);
    let message = match elsewhere {
        Some(owner) => format!("`{name}` names a domain of `{}`, and this is `{here}`", owner.name.value),
        None => format!("`{name}` names a host that is none of `{here}`"),
    };
    let finding = Finding::refused(
        &RULE,
        name,
        seen.place.clone(),
        message,
        format!("use a domain of `{here}`, or list a third party's host in the variable's `hosts`"),
    )
    .because(case.source(), at, whose);
    match elsewhere {
        Some(owner) => {
            finding.related(Place::at(case.source(), owner.domains_span), "the domain's environment")
        }
        None => finding,
    }
}
