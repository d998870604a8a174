//! Kinds of secrets: which provider a value is of, and which mode it belongs to.

use super::Secret;
use super::kinds;
use super::sample;
use super::shape::{Piece, Shape};
use crate::named::named;

/// A kind of secret, as a policy names it.
#[derive(Debug)]
pub struct Kind {
    id: &'static str,
    provider: &'static str,
    what: &'static str,
    forms: &'static [Form],
    public: bool,
    pair: Option<&'static str>,
}

/// One form that values of a kind take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    class: Option<Class>,
    shape: Shape,
    sign: Sign,
}

named! {
    /// What a provider's key moves: real money and mail, or nothing.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Class {
        /// Acts on the real world.
        Live = "live",
        /// Acts on the provider's sandbox.
        Test = "test",
    }
}

/// What the form of a value says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recognition {
    /// It is of the kind and of this class.
    Class(Class),
    /// It is of the kind, whose form tells no class.
    NoClass,
    /// It is not of the kind.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// Whatever has this form is a secret of this sort, whoever finds it.
    Unmistakable,
    /// The form fits other things too, and means something only where declared.
    Ambiguous,
}

impl Kind {
    /// Every kind, in the order of ids.
    pub const ALL: &'static [&'static Self] = kinds::ALL;

    /// A home-made secret, which a policy that gives no kind means.
    pub(crate) const HOME_MADE: &'static Self = kinds::HOME_MADE;

    /// The kind of that id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        let at = Self::ALL.binary_search_by(|kind| kind.id.cmp(id)).ok()?;
        Self::ALL.get(at).copied()
    }

    /// The name a policy uses, in kebab-case.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Who issues values of this kind; `any` for home-made ones.
    pub const fn provider(&self) -> &'static str {
        self.provider
    }

    /// One line on what it is and how to know it.
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// Whether values are made to be shown: identifiers and publishable keys.
    pub const fn is_public(&self) -> bool {
        self.public
    }

    /// The group of kinds that must be of one class in one environment.
    pub const fn pair(&self) -> Option<&'static str> {
        self.pair
    }

    /// Whether values have a form at all; the others are judged by strength.
    pub const fn has_form(&self) -> bool {
        !self.forms.is_empty()
    }

    /// Whether some form of the kind tells this class.
    pub fn tells(&self, class: Class) -> bool {
        self.forms.iter().any(|form| form.class == Some(class))
    }

    /// Looks at the form of a whole value.
    ///
    /// A kind without a form takes any value that is not empty, has no control
    /// character and neither starts nor ends with white space.
    pub(crate) fn recognise(&self, secret: &Secret) -> Recognition {
        self.recognise_text(secret.expose())
    }

    /// The kind whose unmistakable form a value has, for values nobody declared.
    ///
    /// White space around the value is ignored: it hides no secret. Of a form
    /// that several providers share, the best known one is named.
    pub(crate) fn detect(secret: &Secret) -> Option<&'static Self> {
        let value = secret.expose().trim();
        let first = *value.as_bytes().first()?;
        kinds::starting_with(first).iter().copied().find(|kind| kind.is_unmistakable(value))
    }

    /// An invented value of this kind: right in form, strong, the same for the
    /// same seed. `None` where no form tells that class.
    pub fn sample(&self, class: Option<Class>, seed: u64) -> Option<String> {
        if self.forms.is_empty() {
            return class.is_none().then(|| sample::formless(seed));
        }
        let fitting = self.forms.iter().filter(|form| form.class == class);
        let at = seed.checked_rem(fitting.clone().count() as u64)?;
        fitting.clone().nth(at as usize).map(|form| sample::sample(&form.shape, seed))
    }

    fn recognise_text(&self, value: &str) -> Recognition {
        if self.forms.is_empty() {
            return formless(value);
        }
        match self.forms.iter().find(|form| form.shape.matches(value)) {
            Some(Form { class: Some(class), shape: _, sign: _ }) => Recognition::Class(*class),
            Some(Form { class: None, shape: _, sign: _ }) => Recognition::NoClass,
            None => Recognition::Unknown,
        }
    }

    fn is_unmistakable(&self, value: &str) -> bool {
        let mut forms = self.forms.iter().filter(|form| form.sign == Sign::Unmistakable);
        forms.any(|form| form.shape.matches(value))
    }

    pub(super) const fn secret(
        id: &'static str,
        provider: &'static str,
        what: &'static str,
        forms: &'static [Form],
    ) -> Self {
        Self { id, provider, what, forms, public: false, pair: None }
    }

    pub(super) const fn public(
        id: &'static str,
        provider: &'static str,
        what: &'static str,
        forms: &'static [Form],
    ) -> Self {
        Self { id, provider, what, forms, public: true, pair: None }
    }

    pub(super) const fn paired(self, pair: &'static str) -> Self {
        Self { pair: Some(pair), ..self }
    }
}

/// A form of live values that nothing else has.
pub(super) const fn live(pieces: &'static [Piece]) -> Form {
    Form { class: Some(Class::Live), shape: Shape(pieces), sign: Sign::Unmistakable }
}

/// A form of test values that nothing else has.
pub(super) const fn test(pieces: &'static [Piece]) -> Form {
    Form { class: Some(Class::Test), shape: Shape(pieces), sign: Sign::Unmistakable }
}

/// A form that tells no class and that nothing else has.
pub(super) const fn any(pieces: &'static [Piece]) -> Form {
    Form { class: None, shape: Shape(pieces), sign: Sign::Unmistakable }
}

/// A form that other things have too.
pub(super) const fn ambiguous(form: Form) -> Form {
    Form { sign: Sign::Ambiguous, ..form }
}

fn formless(value: &str) -> Recognition {
    let clean = value == value.trim() && !value.chars().any(char::is_control);
    if clean && !value.is_empty() { Recognition::NoClass } else { Recognition::Unknown }
}

#[cfg(test)]
#[path = "kind_tests.rs"]
mod tests;
