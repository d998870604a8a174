//! What is reported, in every format.

use std::borrow::Cow;
use std::sync::Arc;

use super::human;
use super::judgement::{Judgement, Scope};
use crate::facts::Facts;
use crate::finding::{Finding, Findings, Label, LabelRole, Outcome, Ruling};
use crate::gate::{Comparison, Gate, Verdict};
use crate::policy::diff::{Change, Direction};
use crate::policy::{Database, Policy, PolicyError, Problem};
use crate::source::{Place, Source};

/// A decision about one environment, or about several side by side.
pub(super) struct Decision<'a> {
    pub(super) policy: &'a Policy,
    /// The gate, or whatever was asked instead of one.
    pub(super) asked: &'static str,
    pub(super) ruling: Ruling,
    pub(super) rules_asked: Cow<'a, [&'static str]>,
    /// Every finding, in the order of the report.
    pub(super) findings: Vec<&'a Finding>,
    pub(super) subject: Subject<'a>,
}

/// What was judged.
pub(super) enum Subject<'a> {
    /// One environment, or the policy without one.
    One { scope: Scope<'a>, seen: Option<&'a Verdict<'a>> },
    /// Several environments, and what only a comparison shows.
    Several { members: Vec<Member<'a>>, between: &'a Findings },
}

/// One of several environments.
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) source: &'a str,
    pub(super) verdict: &'a Verdict<'a>,
}

impl<'a> Decision<'a> {
    pub(super) fn of_verdict(policy: &'a Policy, verdict: &'a Verdict<'a>) -> Self {
        Self {
            policy,
            asked: verdict.gate.name(),
            ruling: verdict.ruling(),
            rules_asked: Cow::Borrowed(&verdict.rules_asked),
            findings: verdict.findings.iter().collect(),
            subject: Subject::One { scope: Scope::of(verdict), seen: Some(verdict) },
        }
    }

    pub(super) fn of_judgement(policy: &'a Policy, judgement: &'a Judgement<'a>) -> Self {
        let Judgement { asked, scope, rules_asked, findings, seen } = judgement;
        Self {
            policy,
            asked,
            ruling: judgement.ruling(),
            rules_asked: Cow::Borrowed(rules_asked),
            findings: findings.iter().collect(),
            subject: Subject::One { scope: *scope, seen: *seen },
        }
    }

    pub(super) fn of_comparison(policy: &'a Policy, comparison: &'a Comparison<'a>) -> Self {
        let Comparison { environments, verdicts, rules_asked, findings: between } = comparison;
        let alone = verdicts.iter().flat_map(|verdict| &verdict.rules_asked);
        let mut rules_asked: Vec<_> = alone.chain(rules_asked).copied().collect();
        rules_asked.sort_unstable();
        rules_asked.dedup();
        let findings = verdicts.iter().flat_map(|verdict| &verdict.findings).chain(between);
        let members = environments.iter().zip(verdicts);
        let members = members.map(|(facts, verdict)| Member::new(facts, verdict)).collect();
        Self {
            policy,
            asked: Gate::Compare.name(),
            ruling: comparison.ruling(),
            rules_asked: Cow::Owned(rules_asked),
            findings: findings.collect(),
            subject: Subject::Several { members, between },
        }
    }

    /// The name of the only environment, if it is known.
    pub(super) fn environment(&self) -> Option<&'a str> {
        match &self.subject {
            Subject::One { scope, seen: _ } => scope.environment(),
            Subject::Several { .. } => None,
        }
    }

    /// Every finding, as formats print it.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        self.findings.iter().map(|finding| Entry::of_finding(finding))
    }

    /// Why nothing was proved although there are no findings.
    pub(super) fn unjudged(&self) -> Option<&'static str> {
        if self.ruling == Ruling::Permitted || !self.findings.is_empty() {
            return None;
        }
        Some(match &self.subject {
            Subject::One { .. } if self.rules_asked.is_empty() => "no rule was asked",
            Subject::One { .. } => "the environment is unknown",
            Subject::Several { .. } => "there are no two environments to compare",
        })
    }
}

impl<'a> Member<'a> {
    fn new(facts: &'a Facts, verdict: &'a Verdict<'a>) -> Self {
        let found = verdict.environment.map(|found| found.name.value.as_str());
        let name = facts.expected.as_deref().or(found).unwrap_or_default();
        Self { name, source: facts.source.name(), verdict }
    }
}

/// The environments that a database belongs to.
pub(super) fn environments_of<'a>(policy: &'a Policy, database: &Database) -> Vec<&'a str> {
    policy.environments_of(database.id).map(|environment| environment.name.value.as_str()).collect()
}

/// An entry of the report: a finding, or a problem in the policy.
pub(super) struct Entry<'a> {
    pub(super) rule: &'static str,
    pub(super) severity: Severity,
    pub(super) subject: &'a str,
    pub(super) message: Cow<'a, str>,
    pub(super) help: Option<Cow<'a, str>>,
    /// The cause first.
    pub(super) labels: Cow<'a, [Label]>,
}

/// What an entry means for a gate.
#[derive(Clone, Copy)]
pub(super) enum Severity {
    /// A finding with this outcome.
    Found(Outcome),
    /// The policy cannot be used.
    Misused,
}

impl Severity {
    /// The word in every output format.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Found(outcome) => outcome.name(),
            Self::Misused => "misused",
        }
    }
}

impl<'a> Entry<'a> {
    fn of_finding(finding: &'a Finding) -> Self {
        Self {
            rule: finding.rule().id,
            severity: Severity::Found(finding.outcome()),
            subject: finding.subject(),
            message: Cow::Borrowed(finding.message()),
            help: Some(Cow::Borrowed(finding.help())),
            labels: Cow::Borrowed(finding.labels()),
        }
    }

    /// The problems of a policy, in file order.
    pub(super) fn of_policy(error: &'a PolicyError) -> impl Iterator<Item = Self> {
        error.problems().iter().map(|problem| Self::of_problem(error, problem))
    }

    /// What got looser in `policy`.
    pub(super) fn of_changes(
        policy: &'a Policy,
        changes: &'a [Change],
    ) -> impl Iterator<Item = Self> {
        let is_looser = |change: &&Change| change.direction == Direction::Looser;
        changes.iter().filter(is_looser).map(|change| Self::of_change(policy, change))
    }

    fn of_change(policy: &Policy, change: &'a Change) -> Self {
        let Change { subject, place, .. } = change;
        // What is gone has a line only in a revision, which is no file.
        let is_there = Arc::ptr_eq(policy.source(), &place.source);
        let named = || Place::whole(&Source::named(place.source.name()));
        let place = if is_there { place.clone() } else { named() };
        Self {
            rule: POLICY,
            severity: Severity::Found(Outcome::Refused),
            subject,
            message: Cow::Owned(human::changed(change)),
            help: None,
            labels: Cow::Owned(vec![Label {
                role: LabelRole::Cause,
                place,
                text: "here".to_owned(),
            }]),
        }
    }

    fn of_problem(error: &'a PolicyError, problem: &Problem) -> Self {
        let Problem { kind, span, related } = problem;
        let at = |span| Place::at(error.policy(), span);
        let cause = Label { role: LabelRole::Cause, place: at(*span), text: "here".to_owned() };
        let related = related.map(|(span, text)| Label {
            role: LabelRole::Related,
            place: at(span),
            text: text.to_owned(),
        });
        Self {
            rule: POLICY,
            severity: Severity::Misused,
            subject: error.policy().name(),
            message: Cow::Owned(kind.to_string()),
            help: problem.help().map(Cow::Owned),
            labels: Cow::Owned(std::iter::once(cause).chain(related).collect()),
        }
    }
}

/// Stands in for a rule's id if the policy itself is wrong.
pub(super) const POLICY: &str = "policy";
