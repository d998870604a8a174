//! What a rule says when it is not satisfied.

use std::slice;
use std::sync::Arc;

use crate::rules::Rule;
use crate::source::{Place, Source, Span};

/// How a finding keeps a gate shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A rule looked and does not permit what it saw.
    Refused,
    /// A rule could not look. Not good news either.
    Undecided,
}

impl Outcome {
    /// The word in every format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Undecided => "undecided",
        }
    }
}

/// What a place has to do with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The thing that is wrong.
    Cause,
    /// The line of the policy that decided.
    DecidedBy,
    /// Something else that is needed to understand the finding.
    Related,
}

impl Role {
    /// The word in every format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cause => "cause",
            Self::DecidedBy => "decided-by",
            Self::Related => "related",
        }
    }
}

/// A place with its part in the finding and a few words to print beside it.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its part.
    pub role: Role,
    /// Where.
    pub place: Place,
    /// What is there, in a few words; holds no value.
    pub text: String,
}

/// One reason why a gate stays shut.
///
/// INVARIANT: nothing in here holds the value of a variable.
#[derive(Clone, Debug)]
pub struct Finding {
    rule: &'static Rule,
    kind: Option<&'static str>,
    outcome: Outcome,
    subject: String,
    message: String,
    help: String,
    labels: Vec<Label>,
}

impl Finding {
    /// A rule refuses: `subject` (a variable, mostly) is wrong at `place`, and
    /// `help` is the way out.
    pub fn refused(
        rule: &'static Rule,
        subject: impl Into<String>,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            kind: None,
            outcome: Outcome::Refused,
            subject: subject.into(),
            message: message.into(),
            help: help.into(),
            labels: vec![Label { role: Role::Cause, place, text: "here".to_owned() }],
        }
    }

    /// A rule could not look.
    pub fn undecided(
        rule: &'static Rule,
        subject: impl Into<String>,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { outcome: Outcome::Undecided, ..Self::refused(rule, subject, place, message, help) }
    }

    /// A rule refuses, or could not look, as `outcome` says.
    pub(crate) fn judged(
        rule: &'static Rule,
        outcome: Outcome,
        subject: impl Into<String>,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { outcome, ..Self::refused(rule, subject, place, message, help) }
    }

    /// Says which of the several things it is that are found by the rule.
    #[must_use]
    pub fn of_kind(self, kind: &'static str) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Says a few words beside the cause instead of "here".
    #[must_use]
    pub fn labelled(mut self, text: impl Into<String>) -> Self {
        if let Some(cause) = self.labels.first_mut() {
            cause.text = text.into();
        }
        self
    }

    /// Points at the line of the policy that decided.
    #[must_use]
    pub fn because(self, policy: &Arc<Source>, span: Span, text: impl Into<String>) -> Self {
        self.with(Role::DecidedBy, Place::at(policy, span), text)
    }

    /// Points at something else that matters.
    #[must_use]
    pub fn related(self, place: Place, text: impl Into<String>) -> Self {
        self.with(Role::Related, place, text)
    }

    fn with(mut self, role: Role, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { role, place, text: text.into() });
        self
    }

    /// The rule that speaks.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// Which of the several things it is that are found by the rule, where they
    /// are told apart.
    pub fn kind(&self) -> Option<&'static str> {
        self.kind
    }

    /// Refused, or undecided.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What the finding is about: the name of a variable, of a connection, …
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What is wrong, in one sentence without a value.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The way out.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Where, the cause first.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    fn order(&self) -> (&str, Option<Span>, &str, &str, &str) {
        let cause = self.labels.first().map(|label| &label.place);
        (
            cause.map_or("", |place| place.source.name()),
            cause.and_then(|place| place.span),
            self.rule.id,
            &self.subject,
            &self.message,
        )
    }
}

/// The findings of one decision.
#[derive(Clone, Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// No finding yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Puts the findings in their canonical order: by source, position, rule
    /// and subject, whatever the order in which the rules were asked.
    pub(crate) fn sort(&mut self) {
        self.0.sort_by(|a, b| a.order().cmp(&b.order()));
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what there is to add.
    pub(crate) fn extend(&mut self, more: impl IntoIterator<Item = Finding>) {
        self.0.extend(more);
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Finding] {
        &self.0
    }

    /// All of them, in order.
    pub fn iter(&self) -> slice::Iter<'_, Finding> {
        self.0.iter()
    }

    /// The outcome of the whole: refused wins over undecided; `None` when
    /// nothing was found.
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.iter().map(Finding::outcome).min()
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
