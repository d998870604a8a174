//! The comparison gate: do these environments keep apart what must not be shared?

use super::{Gate, Verdict, decide};
use crate::facts::{Facts, Observed};
use crate::finding::{Findings, Ruling};
use crate::policy::Policy;
use crate::rules::{Case, Check, Rule};

/// Several environments side by side.
#[derive(Clone, Debug)]
#[must_use = "a comparison may refuse: ask for its `ruling`"]
pub struct Comparison<'a> {
    /// The facts of each environment, in the order in which they were given.
    pub environments: &'a [Facts],
    /// The verdict on each environment alone, in the same order.
    pub verdicts: Vec<Verdict<'a>>,
    /// The rules that were asked of all of them together.
    pub rules_asked: Vec<&'static str>,
    /// The findings that only a comparison shows.
    pub findings: Findings,
}

impl Comparison<'_> {
    /// The ruling on the whole: refused wins over undecided. Without two
    /// environments that differ, nothing was compared.
    pub fn ruling(&self) -> Ruling {
        let mut known = self.verdicts.iter().filter_map(|verdict| verdict.environment);
        let first = known.next();
        let differ = first.is_some_and(|first| known.any(|other| other.id != first.id));
        let whole = if differ { Ruling::Permitted } else { Ruling::Undecided };
        let between = self.findings.outcome().map(Ruling::from);
        self.verdicts.iter().map(Verdict::ruling).chain(between).fold(whole, Ruling::min)
    }
}

/// Judges each of `environments` at the boot gate, and all of them together.
pub fn compare<'a>(policy: &'a Policy, environments: &'a [Facts]) -> Comparison<'a> {
    let verdicts = environments.iter().map(|facts| decide(Gate::Boot, policy, facts)).collect();
    let cases: Vec<_> = environments
        .iter()
        .filter_map(|facts| match &facts.variables {
            Observed::Seen(variables) => Some(Case::at(Gate::Compare, policy, facts, variables)),
            Observed::Absent | Observed::Unreadable(_) => None,
        })
        .collect();
    let mut comparison =
        Comparison { environments, verdicts, rules_asked: Vec::new(), findings: Findings::new() };
    for rule in Rule::of(Gate::Compare) {
        if let Check::Across(check) = rule.check {
            check(&cases, &mut comparison.findings);
            comparison.rules_asked.push(rule.id);
        }
    }
    comparison.findings.sort();
    comparison
}
