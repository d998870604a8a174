//! `variable-has-format`

use super::{Case, Check, Met, Rule};
use crate::address::{host_of, is_host};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Variable, VariableKind};
use crate::source::Span;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-has-format",
    gates: &[Gate::Boot],
    summary: "a variable holds what its kind says: an address, a port, a boolean, …",
    explain: "\
## Refuses
A value that is not of its declared kind, or that does not match the policy's
`matches`; and a value that is no text, because it holds a NUL or is not UTF-8.
Where the policy gives a closed list, the list decides instead of the kind.

## Why
A port that is no number stops a program late, when it is first used. An address
that two readers take apart differently leads to two places.

## Way out
The finding says what is expected. Kubernetes sets `NAME_PORT` to
`tcp://ADDRESS:PORT` for a service called `name`; rename the variable or the
service if that is where a wrong port comes from.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let variable = baseline.declared().find(|variable| !has_closed_list(variable))?;
    Some(one(baseline.with(&variable.name.value, *b"\xff")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for Met { seen, declared, .. } in &case.met {
        let Some(variable) = declared.filter(|_| !seen.is_empty()) else { continue };
        let Some(secret) = seen.text() else {
            if !has_closed_list(variable) {
                let wrong = Wrong {
                    what: "is no text: it holds a NUL or is not UTF-8".to_owned(),
                    help: "write it as UTF-8 text",
                    at: variable.name.span,
                };
                findings.push(refuse(case, variable, seen, wrong));
            }
            continue;
        };
        if let Some(wrong) = wrong(variable, secret.expose()) {
            findings.push(refuse(case, variable, seen, wrong));
        }
    }
}

/// A closed list says more than a kind, and says it in another rule.
fn has_closed_list(variable: &Variable) -> bool {
    matches!(variable.kind, VariableKind::Environment | VariableKind::Runtime)
        || variable.values.is_some()
}

struct Wrong {
    what: String,
    help: &'static str,
    at: Span,
}

fn wrong(variable: &Variable, value: &str) -> Option<Wrong> {
    let at = variable.name.span;
    if !has_closed_list(variable)
        && let Some((what, help)) = wrong_kind(&variable.kind, value)
    {
        return Some(Wrong { what, help, at });
    }
    let matcher = variable.matches.as_ref()?;
    (!matcher.value.fits(value)).then(|| Wrong {
        what: "does not match the policy's pattern".to_owned(),
        help: "write it as the pattern demands",
        at: matcher.span,
    })
}

fn wrong_kind(kind: &VariableKind, value: &str) -> Option<(String, &'static str)> {
    let wrong = |is_right: bool, what: &str, help| (!is_right).then(|| (what.to_owned(), help));
    match kind {
        VariableKind::Environment
        | VariableKind::Runtime
        | VariableKind::Secret(_)
        | VariableKind::Text => None,
        VariableKind::Url => wrong_address(value),
        VariableKind::Urls => value.split(',').find_map(|item| wrong_address(item.trim())),
        VariableKind::Host => {
            wrong(is_host(value), "is no host name", "write the host alone, without scheme or port")
        }
        VariableKind::Hosts => wrong(
            value.split(',').all(|item| is_host(item.trim())),
            "is no list of host names",
            "write host names, separated by commas",
        ),
        VariableKind::Email => {
            wrong(is_email(value), "is no mail address", "write one address, without a name")
        }
        VariableKind::Port => wrong(
            is_number(value) && value.parse::<u16>().is_ok_and(|port| port > 0),
            "is no port",
            "write a number from 1 to 65535",
        ),
        VariableKind::Integer => wrong(
            value.parse::<i64>().is_ok() && is_number(value.strip_prefix('-').unwrap_or(value)),
            "is no whole number",
            "write digits, without spaces or separators",
        ),
        VariableKind::Boolean => wrong(
            BOOLEANS.contains(&value),
            "is no boolean",
            "write `true` or `false`, in lower case",
        ),
    }
}

fn wrong_address(value: &str) -> Option<(String, &'static str)> {
    let error = host_of(value).err()?;
    Some((error.to_string(), "write it as `https://HOST/PATH`, in plain ASCII"))
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(local, domain)| {
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(c);
        !local.is_empty() && local.chars().all(is_plain) && domain.contains('.') && is_host(domain)
    })
}

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn refuse(case: &Case<'_>, variable: &Variable, seen: &Seen, wrong: Wrong) -> Finding {
    let name = &variable.name.value;
    let Wrong { what, help, at } = wrong;
    Finding::refused(&RULE, name, seen.place.clone(), format!("`{name}` {what}"), help).because(
        case.source(),
        at,
        format!("declared as `{}`", variable.kind.name()),
    )
}

const BOOLEANS: &[&str] = &["true", "false", "1", "0", "yes", "no", "on", "off"];
