//! What a policy says of a variable.

use regex::Regex;

use super::{EnvironmentId, Phases};
use crate::named::named;
use crate::secret::{Class, Kind};
use crate::source::{Span, Spanned};

/// A variable that programs may have.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Spanned<String>,
    /// What it is.
    pub kind: VariableKind,
    /// Where it must be set.
    pub required: Where,
    /// Where it may be set.
    pub allowed: Where,
    /// The closed list of its values.
    pub values: Option<PerEnvironment<Vec<String>>>,
    /// The hosts it may name, instead of the environment's domains.
    pub hosts: Option<PerEnvironment<Vec<String>>>,
    /// What the whole value must match.
    pub matches: Option<Spanned<Matcher>>,
    /// A value that fits, for the self-test.
    pub example: Option<Spanned<String>>,
    /// The phases in which it must be set.
    pub phases: Phases,
    /// What it is for.
    pub description: Option<String>,
}

impl Variable {
    /// What is declared of it as a secret.
    pub fn secret(&self) -> Option<&SecretRule> {
        match &self.kind {
            VariableKind::Secret(rule) => Some(rule),
            VariableKind::Environment
            | VariableKind::Runtime
            | VariableKind::Text
            | VariableKind::Url
            | VariableKind::Urls
            | VariableKind::Host
            | VariableKind::Hosts
            | VariableKind::Email
            | VariableKind::Port
            | VariableKind::Integer
            | VariableKind::Boolean => None,
        }
    }
}

/// Variables that programs may have, by a pattern of their names.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Which names these are.
    pub names: NamePattern,
    /// The pattern, as it is written.
    pub written: Spanned<String>,
    /// Where they may be set.
    pub allowed: Where,
    /// What they are for.
    pub description: Option<String>,
}

/// What a policy says of one variable.
#[derive(Clone, Copy, Debug)]
pub enum Declared<'a> {
    /// It is declared by its name.
    ByName(&'a Variable),
    /// It is one of a pattern's.
    ByPattern(&'a Pattern),
}

impl<'a> Declared<'a> {
    /// What is declared of it by its name.
    pub fn variable(self) -> Option<&'a Variable> {
        match self {
            Self::ByName(variable) => Some(variable),
            Self::ByPattern(_) => None,
        }
    }

    /// Where it may be set.
    pub fn allowed(self) -> &'a Where {
        match self {
            Self::ByName(variable) => &variable.allowed,
            Self::ByPattern(pattern) => &pattern.allowed,
        }
    }

    /// Where the policy declares it.
    pub fn span(self) -> Span {
        match self {
            Self::ByName(variable) => variable.name.span,
            Self::ByPattern(pattern) => pattern.written.span,
        }
    }
}

named! {
    /// What a variable is: the words of the policy's `is`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Is {
        /// It names the environment.
        Environment = "environment",
        /// It names the runtime, such as `NODE_ENV`.
        Runtime = "runtime",
        /// A secret.
        Secret = "secret",
        /// Any text.
        Text = "text",
        /// A web address with a host.
        Url = "url",
        /// Web addresses, separated by commas.
        Urls = "urls",
        /// A host name.
        Host = "host",
        /// Host names, separated by commas.
        Hosts = "hosts",
        /// A mail address.
        Email = "email",
        /// A TCP port.
        Port = "port",
        /// A whole number.
        Integer = "integer",
        /// A boolean.
        Boolean = "boolean",
    }
}

/// What a variable is.
#[derive(Clone, Debug)]
pub enum VariableKind {
    /// It names the environment.
    Environment,
    /// It names the runtime, such as `NODE_ENV`.
    Runtime,
    /// A secret.
    Secret(SecretRule),
    /// Any text.
    Text,
    /// A web address with a host.
    Url,
    /// Web addresses, separated by commas.
    Urls,
    /// A host name.
    Host,
    /// Host names, separated by commas.
    Hosts,
    /// A mail address.
    Email,
    /// A TCP port.
    Port,
    /// A whole number.
    Integer,
    /// A boolean.
    Boolean,
}

impl VariableKind {
    /// What it is, in the words of the policy.
    pub const fn is(&self) -> Is {
        match self {
            Self::Environment => Is::Environment,
            Self::Runtime => Is::Runtime,
            Self::Secret(_) => Is::Secret,
            Self::Text => Is::Text,
            Self::Url => Is::Url,
            Self::Urls => Is::Urls,
            Self::Host => Is::Host,
            Self::Hosts => Is::Hosts,
            Self::Email => Is::Email,
            Self::Port => Is::Port,
            Self::Integer => Is::Integer,
            Self::Boolean => Is::Boolean,
        }
    }

    /// The word in the policy.
    pub const fn name(&self) -> &'static str {
        self.is().name()
    }

    /// Whether values name hosts, which belong to an environment.
    pub(crate) const fn names_hosts(&self) -> bool {
        match self {
            Self::Url | Self::Urls | Self::Host | Self::Hosts => true,
            Self::Environment
            | Self::Runtime
            | Self::Secret(_)
            | Self::Text
            | Self::Email
            | Self::Port
            | Self::Integer
            | Self::Boolean => false,
        }
    }
}

/// What is declared of a secret.
#[derive(Clone, Debug)]
pub struct SecretRule {
    /// Its kind.
    pub kind: &'static Kind,
    /// Where the kind is written; the variable's name where it is not.
    pub kind_span: Span,
    /// The class it must have; any where the policy gives none.
    pub class: Option<PerEnvironment<Class>>,
    /// The least strength, in bits.
    pub min_bits: u32,
}

/// A set of environments, as the policy writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// In all of them, as said there or by default.
    Everywhere(Option<Span>),
    /// In these, as said there; in none when the list is empty.
    Only(Vec<EnvironmentId>, Option<Span>),
}

impl Where {
    /// Whether `environment` is among them.
    pub fn contains(&self, environment: EnvironmentId) -> bool {
        match self {
            Self::Everywhere(_) => true,
            Self::Only(ids, _) => ids.contains(&environment),
        }
    }

    /// Where the policy says so.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Everywhere(span) | Self::Only(_, span) => *span,
        }
    }
}

/// A setting that is the same everywhere, or one for each environment.
#[derive(Clone, Debug)]
pub enum PerEnvironment<T> {
    /// The same everywhere.
    Same(Spanned<T>),
    /// One each; an environment that is not named has none.
    Each(Vec<(EnvironmentId, Spanned<T>)>, Span),
}

impl<T> PerEnvironment<T> {
    /// The setting in `environment`.
    pub fn of(&self, environment: EnvironmentId) -> Option<&Spanned<T>> {
        match self {
            Self::Same(setting) => Some(setting),
            Self::Each(settings, _) => {
                settings.iter().find(|(id, _)| *id == environment).map(|(_, setting)| setting)
            }
        }
    }

    /// Where the policy says so.
    pub fn span(&self) -> Span {
        match self {
            Self::Same(setting) => setting.span,
            Self::Each(_, span) => *span,
        }
    }
}

/// A pattern of names: letters that a name starts or ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamePattern {
    /// `DEBUG*`
    StartsWith(String),
    /// `*_TOKEN`
    EndsWith(String),
}

/// What may stand where a policy names a variable.
pub(super) enum Name {
    /// One name.
    Exact,
    /// A pattern of names.
    Pattern(NamePattern),
    /// A star anywhere but at one end, or alone.
    NoPattern,
}

impl Name {
    pub(super) fn parse(name: &str) -> Self {
        if !name.contains('*') {
            return Self::Exact;
        }
        let pattern = match (name.strip_suffix('*'), name.strip_prefix('*')) {
            (Some(start), None) => NamePattern::StartsWith(start.to_owned()),
            (None, Some(end)) => NamePattern::EndsWith(end.to_owned()),
            (Some(_), Some(_)) | (None, None) => return Self::NoPattern,
        };
        if pattern.letters().contains('*') { Self::NoPattern } else { Self::Pattern(pattern) }
    }
}

impl NamePattern {
    fn letters(&self) -> &str {
        match self {
            Self::StartsWith(letters) | Self::EndsWith(letters) => letters,
        }
    }

    /// A name that fits.
    pub(crate) fn example(&self) -> String {
        match self {
            Self::StartsWith(start) => format!("{start}SELFTEST"),
            Self::EndsWith(end) => format!("SELFTEST{end}"),
        }
    }

    /// Whether `name` is one of those names but for letter case.
    pub(crate) fn fits_in_some_case(&self, name: &str) -> bool {
        let letters = self.letters();
        let part = match self {
            Self::StartsWith(_) => name.get(..letters.len()),
            Self::EndsWith(_) => {
                name.len().checked_sub(letters.len()).and_then(|start| name.get(start..))
            }
        };
        part.is_some_and(|part| part.eq_ignore_ascii_case(letters))
    }

    /// Whether `name` is one of those names.
    pub fn fits(&self, name: &str) -> bool {
        match self {
            Self::StartsWith(start) => name.starts_with(start.as_str()),
            Self::EndsWith(end) => name.ends_with(end.as_str()),
        }
    }
}

/// A regular expression that a whole value must match.
#[derive(Clone, Debug)]
pub struct Matcher(Regex);

impl Matcher {
    /// Compiles `pattern`, anchored at both ends.
    ///
    /// # Errors
    ///
    /// A pattern that is no regular expression, or too large a one.
    pub(super) fn compile(pattern: &str) -> Result<Self, regex::Error> {
        let build = |pattern: &str| {
            regex::RegexBuilder::new(pattern).size_limit(MATCHER_SIZE_LIMIT).build()
        };
        // INVARIANT: `a)|(?:b` is an expression only between the anchors, which
        // it would shake off. What stands alone cannot leave the group.
        build(pattern)?;
        build(&format!(r"\A(?:{pattern})\z")).map(Self)
    }

    /// Whether `value` matches as a whole.
    pub fn fits(&self, value: &str) -> bool {
        self.0.is_match(value)
    }
}

/// Bytes of a compiled pattern, so that a policy cannot eat the memory.
const MATCHER_SIZE_LIMIT: usize = 1 << 20;
