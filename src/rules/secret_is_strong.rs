//! `secret-is-strong`

use super::{Case, Check, Quality, Rule, SetSecret};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::secret::{MINIMUM_BITS, Recognition, is_strong};
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-is-strong",
    gates: &[Gate::Boot, Gate::Seed],
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
    for SetSecret { variable, rule, seen, secret, quality } in &case.secrets {
        if *quality != Quality::Weak || rule.kind.recognise(secret) == Recognition::Unknown {
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
    super::refuse_passwords(&RULE, case, findings, |password| {
        let is_weak = Quality::of(password) == Quality::Own && !is_strong(password.expose());
        is_weak.then(|| format!("is weak: guessing it takes less than {MINIMUM_BITS} bits"))
    });
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, URL, judges_passwords, strong, url_with};

    use crate::secret::{Class, Kind};

    const BAD: &str = "kJ2";
    const MORE: &str = "[variables.KEY]\nis = 'secret'\n\
        [variables.MUCH]\nis = 'secret'\nmin_bits = 512\n\
        [variables.LITTLE]\nis = 'secret'\nmin_bits = 1\n\
        [variables.STRIPE]\nis = 'secret'\nkind = 'stripe-secret-key'\nmin_bits = 512\n\
        [variables.NOTE]\n";

    fn secret_said(name: &str) -> String {
        format!("`{name}` is weak: guessing it takes less than 64 bits")
    }

    fn password_said(name: &str) -> String {
        format!("the password in `{name}` is weak: guessing it takes less than 64 bits")
    }

    #[test]
    fn a_home_made_secret_is_strong() {
        let ask = Ask::small(&RULE, MORE);
        let strong = strong(6);
        let stripe = Kind::by_id("stripe-secret-key").unwrap();
        let stripe = stripe.sample(Some(Class::Test), 6).unwrap();
        let much = "`MUCH` is weak: guessing it takes less than 512 bits";
        let table = [
            ("KEY", BAD, &*secret_said("KEY")),
            ("KEY", &*strong, ""),
            ("KEY", "changeme", ""), // `secret-is-not-placeholder` refuses it
            ("KEY", "null", ""),     // `variable-is-set`, or the same
            ("KEY", " k ", ""),      // `secret-has-class` refuses it
            ("MUCH", &*strong, much),
            ("LITTLE", BAD, ""),
            ("STRIPE", BAD, ""),      // `secret-has-class` refuses it
            ("STRIPE", &*stripe, ""), // its provider made it
            ("NOTE", BAD, ""),
            ("UNKNOWN", BAD, ""),
        ];
        for (name, value, said) in table {
            for environment in ["production", "sandbox", "staging"] {
                let given = [("KOOMY_ENV", environment), (name, value)];
                assert_eq!(ask.says(&given), said, "{environment}, {name}={value}");
            }
        }
    }

    #[test]
    fn a_password_that_is_reported_elsewhere_is_not_said_twice() {
        for password in ["changeme", "null"] {
            let url = url_with(password, "main.koomy.app/koomy");
            let given = [("KOOMY_ENV", "production"), ("DATABASE_URL", &*url)];
            assert_eq!(Ask::small(&RULE, URL).says(&given), "");
        }
    }

    #[test]
    fn a_password_is_judged_where_the_data_are_real() {
        judges_passwords(&RULE, BAD, password_said, secret_said);
    }

    #[test]
    fn points_at_the_declaration_or_the_environment() {
        let cause = "\n  cause: <assumed environment> (here)\n  decided-by:";
        assert_eq!(
            Ask::small(&RULE, MORE).in_full(&[("KEY", BAD)]),
            format!(
                "refused KEY: {}; replace it by a random value, such as from \
                 `openssl rand -base64 32`{cause} KEY (declared as a secret)",
                secret_said("KEY")
            )
        );
        let url = url_with(BAD, "main.koomy.app/koomy");
        assert_eq!(
            Ask::small(&RULE, URL).in_full(&[("KOOMY_ENV", "production"), ("DATABASE_URL", &url)]),
            format!(
                "refused DATABASE_URL: {}; give the role a random password, and put that here{cause} \
                 production (an environment with real data)",
                password_said("DATABASE_URL")
            )
        );
    }
}
