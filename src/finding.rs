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

/// What was decided.
///
/// Unlike the outcome of findings, which is `None` where there are none, it is never
/// missing: whoever asked nothing has not permitted anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[must_use = "only `Permitted` is leave to go on"]
pub enum Ruling {
    /// A rule refuses.
    Refused,
    /// A rule could not look, or nothing was asked.
    Undecided,
    /// Rules were asked, and none of them found anything.
    Permitted,
}

impl Ruling {
    /// The word in every format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => Outcome::Refused.name(),
            Self::Undecided => Outcome::Undecided.name(),
            Self::Permitted => "permitted",
        }
    }

    /// Leave to go on.
    ///
    /// # Errors
    ///
    /// The outcome that keeps the gate shut.
    pub const fn permitted(self) -> Result<(), Outcome> {
        match self {
            Self::Refused => Err(Outcome::Refused),
            Self::Undecided => Err(Outcome::Undecided),
            Self::Permitted => Ok(()),
        }
    }
}

impl From<Outcome> for Ruling {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Refused => Self::Refused,
            Outcome::Undecided => Self::Undecided,
        }
    }
}

/// What a place has to do with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelRole {
    /// The thing that is wrong.
    Cause,
    /// The line of the policy that decided.
    DecidedBy,
    /// Something else that is needed to understand the finding.
    Related,
}

impl LabelRole {
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
    pub role: LabelRole,
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

/// A finding that does not say yet what is wrong.
#[derive(Debug)]
#[must_use = "a finding without a message is none"]
pub struct Draft(Finding);

impl Draft {
    pub(crate) fn new(
        rule: &'static Rule,
        outcome: Outcome,
        subject: impl Into<String>,
        place: Place,
    ) -> Self {
        Self(Finding {
            rule,
            kind: None,
            outcome,
            subject: subject.into(),
            message: String::new(),
            help: String::new(),
            labels: vec![Label { role: LabelRole::Cause, place, text: "here".to_owned() }],
        })
    }

    /// Says what is wrong, in one sentence without a value.
    pub fn says(self, message: impl Into<String>) -> Explained {
        Explained(Finding { message: message.into(), ..self.0 })
    }
}

/// A finding that does not say yet what to do.
#[derive(Debug)]
#[must_use = "a finding without a way out is none"]
pub struct Explained(Finding);

impl Explained {
    /// Says the way out.
    pub fn help(self, help: impl Into<String>) -> Finding {
        Finding { help: help.into(), ..self.0 }
    }
}

impl Finding {
    /// Says which of the rule's several findings this is.
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
        self.with(LabelRole::DecidedBy, Place::at(policy, span), text)
    }

    /// Points at something else that matters.
    #[must_use]
    pub fn related(self, place: Place, text: impl Into<String>) -> Self {
        self.with(LabelRole::Related, place, text)
    }

    fn with(mut self, role: LabelRole, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { role, place, text: text.into() });
        self
    }

    /// The rule that found it.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// Which of the rule's several findings this is, where they are told apart.
    pub fn kind(&self) -> Option<&'static str> {
        self.kind
    }

    /// How it keeps the gate shut.
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

    /// Adds several.
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

    /// The worst outcome: refused wins over undecided; `None` when nothing was
    /// found, which alone is no leave: see [`Ruling`].
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
