//! `variable-has-one-value`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-has-one-value",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a variable has one value, whoever reads it",
    explain: "\
## Refuses
A name that one file, or the process environment, sets twice (a later file that
overrides an earlier one is no such case); and a declared variable whose value in
a file reads differently in different readers: unquoted with a `#`, a space or a
`$` in it.

## Why
Some readers take the first value and some the last; some take `#` for a comment.
The value that was judged must be the value that is used.

## Way out
Remove one of the two lines. Put the value in quotes; `docs/dotenv.md` says what
readers agree on.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    baseline.with_twice(baseline.policy().environment_variable()).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for matched in &case.matched {
        let seen = matched.seen;
        let name = &seen.name;
        // DELIBERATE: a blank at the end is too common to refuse; a closed list does.
        let doubt = seen.doubt.filter(|_| matched.is_judged() && !seen.ends_in_blank());
        if let Some(doubt) = doubt {
            findings.push(Finding::refused(
                &RULE,
                name,
                seen.place.clone(),
                format!("`{name}` has a value that readers take differently: {doubt}"),
                doubt.help(),
            ));
        }
        let Some(again) = seen.also.first() else { continue };
        let finding = Finding::refused(
            &RULE,
            name,
            again.clone(),
            format!("`{name}` is set twice"),
            "remove one of the two; readers disagree on which of them counts",
        )
        .labelled("set again here");
        findings.push(finding.related(seen.place.clone(), "set here first"));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::{Facts, Live, Observed, Seen, Variables};
    use crate::policy::Phase;
    use crate::rules::testing::Ask;
    use crate::secret::value::Value;
    use crate::source::{Place, Source, Span};

    /// Variables at successive lines of one file.
    fn file(names: &[&str]) -> Facts {
        let text: String = names.iter().map(|name| format!("{name}=\n")).collect();
        let source = Source::file(".env", text);
        let mut start = 0;
        let seen = names.iter().map(|name| {
            let place = Place::at(&source, Span::new(start, start + name.len()));
            start += name.len() + 2;
            Seen {
                name: (*name).to_owned(),
                value: Value::new(*b"x"),
                place,
                also: Vec::new(),
                doubt: None,
            }
        });
        let variables = Observed::Seen(Variables::from_source(seen));
        Facts { source, variables, expected: None, phase: Phase::Boot, live: Live::NotAsked }
    }

    #[test]
    fn a_name_comes_once() {
        let ask = Ask::small(&RULE, "");
        let table: [(&[&str], &str); 6] = [
            (&["A"], ""),
            (&["A", "B"], ""),
            (&["A", "B", "A"], "`A` is set twice"),
            (&["A", "A", "A"], "`A` is set twice"),
            (&["A", "a"], ""),
            (&["B", "A", "A", "B"], "`A` is set twice\n`B` is set twice"),
        ];
        for (names, said) in table {
            assert_eq!(ask.says_of(&file(names)), said, "{names:?}");
        }
    }

    #[test]
    fn what_the_policy_cares_about_reads_alike() {
        let connection = "[connections.primary]\nurl = 'URL'\nrequired = false\n";
        let ask =
            Ask::small(&RULE, &format!("{connection}[variables.NOTE]\n[variables.'TAG_*']\n"));
        let table = [("NOTE", true), ("TAG_X", true), ("URL", true), ("OTHER", false)];
        for (name, is_judged) in table {
            let doubtful = ask.says_of_file(&format!("{name}=one two\n"));
            let starts = format!("`{name}` has a value that readers take differently: ");
            assert_eq!(doubtful.starts_with(&starts), is_judged, "{name}: {doubtful}");
            assert_eq!(doubtful.is_empty(), !is_judged, "{name}: {doubtful}");
            for plain in ["one", "'one two'", "one  "] {
                assert_eq!(ask.says_of_file(&format!("{name}={plain}\n")), "", "{name}={plain}");
            }
        }
    }

    #[test]
    fn points_at_both_lines() {
        let facts = file(&["A", "B", "A"]);
        assert_eq!(
            Ask::small(&RULE, "").in_full_of(&facts),
            "refused A: `A` is set twice; \
             remove one of the two; readers disagree on which of them counts\n  \
             cause: A (set again here)\n  related: A (set here first)"
        );
        let variables = facts.variables.seen().unwrap();
        let seen = variables.find("A").unwrap();
        assert_eq!(seen.place.to_string(), ".env:1:1");
        assert_eq!(seen.also[0].to_string(), ".env:3:1");
    }
}
