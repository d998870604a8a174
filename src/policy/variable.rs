//! The variables of a policy.

use regex::Regex;

use super::{EnvironmentId, Phases};
use crate::named::named;
use crate::secret::{Class, Kind};
use crate::source::{Span, Spanned};

/// A variable that programs may have.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    /// The expression that the whole value must match.
    pub matches: Option<Spanned<Matcher>>,
    /// A value that is permitted, for the self-test.
    pub example: Option<Spanned<String>>,
    /// The phases in which it must be set.
    pub phases: Phases,
    /// What it is for.
    pub description: Option<String>,
}

impl Variable {
    /// Its declaration as a secret, if it is one.
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

/// Variables that are declared by a pattern of their names.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pattern {
    /// The names that the pattern fits.
    pub names: NamePattern,
    /// The pattern, as it is written.
    pub written: Spanned<String>,
    /// Where they may be set.
    pub allowed: Where,
    /// What they are for.
    pub description: Option<String>,
}

/// How a policy declares a variable.
#[derive(Clone, Copy, Debug)]
pub enum Declared<'a> {
    /// By its name.
    ByName(&'a Variable),
    /// By a pattern that its name fits.
    ByPattern(&'a Pattern),
}

impl<'a> Declared<'a> {
    /// Its declaration by name, if there is one.
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
    #[non_exhaustive]
    pub enum Is {
        /// It names the environment.
        Environment = "environment",
        /// It names the runtime, such as `NODE_ENV`.
        Runtime = "runtime",
        /// A secret.
        Secret = "secret",
        /// Any text.
        Text = "text",
        /// A URL with a host.
        Url = "url",
        /// URLs, separated by commas.
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
#[non_exhaustive]
pub enum VariableKind {
    /// It names the environment.
    Environment,
    /// It names the runtime, such as `NODE_ENV`.
    Runtime,
    /// A secret.
    Secret(SecretRule),
    /// Any text.
    Text,
    /// A URL with a host.
    Url,
    /// URLs, separated by commas.
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

    /// Whether its values name hosts.
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

/// The declaration of a secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SecretRule {
    /// Its kind.
    pub kind: &'static Kind,
    /// The place of the kind, or of the name where no kind is written.
    pub kind_span: Span,
    /// The class it must have in each environment; any class when `None`.
    pub class: Option<PerEnvironment<Class>>,
    /// The least strength, in bits.
    pub min_bits: u32,
}

/// A set of environments, as the policy writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// All of them; where the policy says so, unless by default.
    Everywhere(Option<Span>),
    /// These, or none when the list is empty; where the policy says so.
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
    /// One setting for all environments.
    Same(Spanned<T>),
    /// One for each; an environment that is not named has none.
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

/// A pattern of names: how a name starts or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamePattern {
    /// `DEBUG*`
    StartsWith(String),
    /// `*_TOKEN`
    EndsWith(String),
}

/// The key of a table below `variables`.
pub(super) enum Name {
    /// One name.
    Exact,
    /// A pattern of names.
    Pattern(NamePattern),
    /// More than one star, one in the middle, or one alone.
    Malformed,
}

impl Name {
    pub(super) fn parse(name: &str) -> Self {
        if !name.contains('*') {
            return Self::Exact;
        }
        let pattern = match (name.strip_suffix('*'), name.strip_prefix('*')) {
            (Some(start), None) => NamePattern::StartsWith(start.to_owned()),
            (None, Some(end)) => NamePattern::EndsWith(end.to_owned()),
            (Some(_), Some(_)) | (None, None) => return Self::Malformed,
        };
        if pattern.letters().contains('*') { Self::Malformed } else { Self::Pattern(pattern) }
    }
}

impl NamePattern {
    fn letters(&self) -> &str {
        match self {
            Self::StartsWith(letters) | Self::EndsWith(letters) => letters,
        }
    }

    /// A name that fits the pattern.
    pub(crate) fn example(&self) -> String {
        match self {
            Self::StartsWith(start) => format!("{start}SELFTEST"),
            Self::EndsWith(end) => format!("SELFTEST{end}"),
        }
    }

    /// Whether `name` fits in some letter case.
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

    /// Whether `name` fits the pattern.
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
    /// If `pattern` is not a regular expression, or is too large.
    pub(super) fn compile(pattern: &str) -> Result<Self, regex::Error> {
        let build = |pattern: &str| {
            regex::RegexBuilder::new(pattern).size_limit(MATCHER_SIZE_LIMIT).build()
        };
        // INVARIANT: `a)|(?:b` is valid only inside the group, which it would
        // close. A pattern that is valid alone stays within the group.
        build(pattern)?;
        build(&format!(r"\A(?:{pattern})\z")).map(Self)
    }

    /// Whether `value` matches as a whole.
    pub fn fits(&self, value: &str) -> bool {
        self.0.is_match(value)
    }
}

/// In bytes of the compiled pattern, so that a policy cannot exhaust the memory.
const MATCHER_SIZE_LIMIT: usize = 1 << 20;
