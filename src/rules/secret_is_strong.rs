//! `secret-is-strong`

use super::{Case, Check, Held, Look, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Data;
use crate::secret::{MINIMUM_BITS, Recognition, is_strong, withstands};
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-is-strong",
    gates: &[Gate::Boot],
    summary: "a home-made secret takes too much work to guess",
    explain: "\
## Refuses
A declared secret that no provider made, and whose estimated strength is below
the variable's `min_bits` (64 when the policy says nothing). The password of a
database URL is judged so where the environment's data are real.

## Why
A token that was signed with a word can be forged by whoever guesses the word,
without asking the server once.

## Way out
Replace it by a random value, such as the output of `openssl rand -base64 32`.
The estimate counts repeated characters, rows of the keyboard and common words
for little.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let variable = baseline
        .declared()
        .find(|variable| variable.secret().is_some_and(|rule| !rule.kind.has_form()))?;
    Some(one(baseline.with(&variable.name.value, "k7w2")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for Held { variable, rule, seen, secret, look } in &case.secrets {
        // A placeholder is weak as well; one finding says the cause.
        if *look != Look::Own
            || rule.kind.has_form()
            || matches!(rule.kind.recognise(secret), Recognition::Unknown)
            || withstands(secret.expose(), rule.min_bits)
        {
            continue;
        }
        let name = &variable.name.value;
        findings.push(
            Finding::refused(
                &RULE,
                name,
                seen.place.clone(),
                format!("`{name}` is weak: guessing it takes less than {} bits", rule.min_bits),
                "replace it by a random value, such as from `openssl rand -base64 32`",
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
        let Some(password) = led.target.password() else { continue };
        let holder = super::password_variable(case, connection, led);
        let is_declared =
            case.policy.declared(&holder.name).is_some_and(|variable| variable.secret().is_some());
        if is_declared
            || Look::of(password) != Look::Own
            || is_strong(password.expose())
        {
            continue;
        }
        let name = &holder.name;
        findings.push(
            Finding::refused(
                &RULE,
                name,
                holder.place.clone(),
                format!(
                    "the password in `{name}` is weak: guessing it takes less than {} bits",
                    MINIMUM_BITS
                ),
                "give the role a random password, and put that here",
            )
            .because(case.source(), environment.name.span, "an environment with real data"),
        );
    }
}
