//! `secret-is-not-placeholder`

use super::{Case, Check, Held, Look, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Data;
use crate::secret::placeholder;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-is-not-placeholder",
    gates: &[Gate::Boot],
    summary: "a secret is a value of its own, not a placeholder",
    explain: "\
## Refuses
A declared secret that holds a word to be replaced (`changeme`,
`your-api-key`), an unexpanded template (`${NAME}`), a key from a documentation,
or a framework's default. The password of a database URL is judged so where the
environment's data are real.

## Why
Placeholders are public. Whoever knows the documentation or the framework knows
the secret.

## Way out
Set a value that was made for this environment.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let variable = baseline.declared().find(|variable| variable.secret().is_some())?;
    Some(one(baseline.with(&variable.name.value, "changeme")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for Held { variable, rule, seen, look, .. } in &case.secrets {
        let why = match look {
            Look::Own | Look::Weak => continue,
            // `variable-is-set` refuses it as missing.
            Look::Nothing if super::is_required(case, variable) => continue,
            Look::Nothing => "is a word for nothing",
            Look::Placeholder(placeholder) => placeholder.why(),
        };
        let name = &variable.name.value;
        findings.push(
            Finding::refused(
                &RULE,
                name,
                seen.place.clone(),
                format!("`{name}` holds a placeholder: it {why}"),
                format!("set a value that was made for this environment ({})", rule.kind.what()),
            )
            .because(case.source(), variable.name.span, "declared as a secret"),
        );
    }
    passwords(case, findings);
}

fn passwords(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    match environment.data {
        Data::Masked | Data::Synthetic => return,
        Data::Real => {}
    }
    for (connection, led) in case.led() {
        let Some((holder, password)) = super::judged_password(case, connection, led) else {
            continue;
        };
        if let Some(placeholder) = placeholder(password.expose()) {
            let name = &holder.name;
            findings.push(
                Finding::refused(
                    &RULE,
                    name,
                    holder.place.clone(),
                    format!("the password in `{name}` is a placeholder: it {}", placeholder.why()),
                    "give the role a random password, and put that here",
                )
                .because(case.source(), environment.name.span, "an environment with real data"),
            );
        }
    }
}
