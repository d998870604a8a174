//! `[variables.NAME]`

use std::collections::BTreeMap;

use super::Lower;
use crate::policy::format::VARIABLE;
use crate::policy::problem::{KIND_OF_SECRET, closest};
use crate::policy::reader::{Section, Value};
use crate::policy::variable::{Name, NamePattern};
use crate::policy::{
    EnvironmentId, Is, Matcher, Pattern, PerEnvironment, Phase, SecretRule, Variable, VariableKind,
    Where,
};
use crate::secret::{Class, Kind, MINIMUM_BITS};
use crate::source::Spanned;

type Variables = (BTreeMap<String, Variable>, Vec<Pattern>, Option<String>);

impl Lower {
    pub(super) fn variables(&mut self, top: Section<'_>) -> Variables {
        let mut exact = BTreeMap::new();
        let mut patterns = Vec::new();
        for (name, section) in top.named("variables") {
            match Name::parse(&name.value) {
                Name::Exact => {
                    let variable = self.variable(name, section);
                    exact.insert(variable.name.value.clone(), variable);
                }
                Name::Pattern(names) => patterns.push(self.pattern(names, name, section)),
                Name::Malformed => self.contradiction(
                    name.span,
                    format!("`{}` is not a pattern of names", name.value),
                    "write a single `*`, at the start or at the end",
                ),
            }
        }
        let environment = self.environment_variable(&exact, top);
        self.at_most_one(&exact, Is::Runtime);
        (exact, patterns, environment)
    }

    /// Reads a pattern, which only says where its variables are allowed.
    fn pattern(
        &mut self,
        names: NamePattern,
        written: Spanned<String>,
        section: Section<'_>,
    ) -> Pattern {
        let keys = VARIABLE.iter().map(|key| key.name).filter(|key| !OF_PATTERNS.contains(key));
        for (key, span) in keys.filter_map(|key| Some((key, section.span(key)?))) {
            self.contradiction(
                span,
                format!("the pattern `{}` has `{key}`", written.value),
                "a pattern can only have `allowed`; declare the variable by its name",
            );
        }
        Pattern {
            names,
            written,
            allowed: self.wherever(section, "allowed").unwrap_or(Where::Everywhere(None)),
            description: description(section),
        }
    }

    /// The variable that names the environment; a policy without one is reported.
    fn environment_variable(
        &mut self,
        variables: &BTreeMap<String, Variable>,
        top: Section<'_>,
    ) -> Option<String> {
        let found = self.at_most_one(variables, Is::Environment);
        if found.is_none() && top.table("variables").is_some() {
            self.contradiction(
                top.span("variables").unwrap_or_default(),
                "no variable names the environment",
                "give one of them `is = \"environment\"`",
            );
        }
        found
    }

    /// The first variable of this kind; each further one is reported.
    fn at_most_one(&mut self, variables: &BTreeMap<String, Variable>, is: Is) -> Option<String> {
        let mut found: Vec<_> =
            variables.values().filter(|variable| variable.kind.is() == is).collect();
        found.sort_by_key(|variable| variable.name.span);
        for second in found.iter().skip(1) {
            self.contradiction(
                second.name.span,
                format!(
                    "`{}` is a second variable with `is = \"{}\"`",
                    second.name.value,
                    is.name()
                ),
                "keep one; declare the other as `text` with `values`",
            );
        }
        found.first().map(|variable| variable.name.value.clone())
    }

    fn variable(&mut self, name: Spanned<String>, section: Section<'_>) -> Variable {
        let kind = self.kind(&name, section);
        let always = matches!(kind, VariableKind::Environment | VariableKind::Runtime);
        let required = self.wherever(section, "required");
        let allowed = self.wherever(section, "allowed");
        let phases: &[Phase] = if always { &Phase::ALL } else { &[Phase::Boot] };
        let variable = Variable {
            required: match (required, always) {
                (Some(required), false) => required,
                (Some(_) | None, true) => Where::Everywhere(None),
                (None, false) => Where::Only(Vec::new(), None),
            },
            allowed: allowed.unwrap_or(Where::Everywhere(None)),
            values: self.lists(section, "values"),
            hosts: self.lists(section, "hosts"),
            matches: self.matcher(section),
            example: section.text("example"),
            phases: self.phases(section, phases),
            description: description(section),
            kind,
            name,
        };
        self.reject_keys_without_effect(&variable, section);
        variable
    }

    fn kind(&mut self, name: &Spanned<String>, section: Section<'_>) -> VariableKind {
        // DELIBERATE: a wrong word was reported already, so the kind is never used.
        match section.word("is", Is::from_name).unwrap_or(Is::Text) {
            Is::Environment => VariableKind::Environment,
            Is::Runtime => VariableKind::Runtime,
            Is::Secret => VariableKind::Secret(self.secret(name, section)),
            Is::Text => VariableKind::Text,
            Is::Url => VariableKind::Url,
            Is::Urls => VariableKind::Urls,
            Is::Host => VariableKind::Host,
            Is::Hosts => VariableKind::Hosts,
            Is::Email => VariableKind::Email,
            Is::Port => VariableKind::Port,
            Is::Integer => VariableKind::Integer,
            Is::Boolean => VariableKind::Boolean,
        }
    }

    fn secret(&mut self, name: &Spanned<String>, section: Section<'_>) -> SecretRule {
        let written = section.text("kind");
        let kind = match &written {
            None => Kind::HOME_MADE,
            Some(id) => Kind::by_id(&id.value).unwrap_or_else(|| {
                let meant = closest(&id.value, Kind::ALL.iter().map(|kind| kind.id()));
                self.unknown_name(KIND_OF_SECRET, id, meant.map(str::to_owned));
                Kind::HOME_MADE
            }),
        };
        let kind_span = written.map_or(name.span, |id| id.span);
        let class = self.class(kind, section);
        let min_bits = section.integer("min_bits").and_then(|bits| u32::try_from(bits).ok());
        SecretRule { kind, kind_span, class, min_bits: min_bits.unwrap_or(MINIMUM_BITS) }
    }

    fn class(
        &mut self,
        kind: &'static Kind,
        section: Section<'_>,
    ) -> Option<PerEnvironment<Class>> {
        let span = section.span("class")?;
        if !Class::ALL.into_iter().any(|class| kind.tells(class)) {
            self.contradiction(
                span,
                format!("a value of kind `{}` does not tell live from test", kind.id()),
                "remove `class`; `check --matrix` finds a value that two environments share",
            );
        }
        let each = self.each(section, "class", |value| {
            let word = value.text()?;
            Some(Spanned { value: Class::from_name(&word.value)?, span: word.span })
        });
        Some(PerEnvironment::Each(each, span))
    }

    fn each<T>(
        &mut self,
        section: Section<'_>,
        key: &str,
        read: impl Fn(Value<'_>) -> Option<Spanned<T>>,
    ) -> Vec<(EnvironmentId, Spanned<T>)> {
        section
            .entries(key)
            .into_iter()
            .filter_map(|(name, value)| Some((self.environment(&name)?, read(value)?)))
            .collect()
    }

    fn lists(&mut self, section: Section<'_>, key: &str) -> Option<PerEnvironment<Vec<String>>> {
        let span = section.span(key)?;
        if let Some(items) = section.texts(key) {
            let items = items.into_iter().map(|item| item.value).collect();
            return Some(PerEnvironment::Same(Spanned { value: items, span }));
        }
        Some(PerEnvironment::Each(self.each(section, key, |value| value.texts()), span))
    }

    fn matcher(&mut self, section: Section<'_>) -> Option<Spanned<Matcher>> {
        let pattern = section.text("matches")?;
        match Matcher::compile(&pattern.value) {
            Ok(matcher) => Some(Spanned { value: matcher, span: pattern.span }),
            Err(_) => {
                self.contradiction(
                    pattern.span,
                    "the pattern is not a regular expression, or is too large",
                    "write it in the syntax of the `regex` crate, without look-around",
                );
                None
            }
        }
    }

    /// Rejects keys that have no effect on this kind of variable: a key that is
    /// ignored looks like a check that exists.
    fn reject_keys_without_effect(&mut self, variable: &Variable, section: Section<'_>) {
        self.required_is_allowed(variable);
        if section.has("is") && section.word("is", Is::from_name).is_none() {
            return;
        }
        let is_secret = variable.secret().is_some();
        for key in ["kind", "class", "min_bits"] {
            if let (Some(span), false) = (section.span(key), is_secret) {
                self.contradiction(
                    span,
                    format!("`{}` has `{key}` but is not a secret", variable.name.value),
                    "add `is = \"secret\"`, or remove the key",
                );
            }
        }
        if let (Some(span), true) = (section.span("values"), is_secret) {
            self.contradiction(
                span,
                format!("`{}` is a secret and has `values`", variable.name.value),
                "remove `values`; a secret that is written in a policy is no longer secret",
            );
        }
        if let (Some(span), false) = (section.span("hosts"), variable.kind.names_hosts()) {
            self.contradiction(
                span,
                format!("`{}` has `hosts` but does not name a host", variable.name.value),
                "add `is = \"url\"` or `is = \"host\"`, or remove the key",
            );
        }
        self.check_values(variable, section);
    }

    fn required_is_allowed(&mut self, variable: &Variable) {
        let Variable { required, allowed, .. } = variable;
        let (Where::Only(_, at), span) = (allowed, required.span()) else { return };
        let Some(span) = span.or(*at) else { return };
        if let Where::Only(required, _) = required
            && required.iter().all(|id| allowed.contains(*id))
        {
            return;
        }
        let names = &self.names.environments;
        let forbidden: Vec<_> = names
            .iter()
            .filter(|(_, id)| required.contains(**id) && !allowed.contains(**id))
            .map(|(name, _)| name.clone())
            .collect();
        for name in forbidden {
            self.contradiction(
                span,
                format!("`{}` is required in `{name}` but not allowed there", variable.name.value),
                format!("add `{name}` to `allowed`, or remove it from `required`"),
            );
        }
    }
}

fn description(section: Section<'_>) -> Option<String> {
    section.text("description").map(|text| text.value)
}

/// DELIBERATE: a list of what a pattern may have. A key that a later version of the
/// format adds is refused in a pattern until it is listed here.
const OF_PATTERNS: &[&str] = &["allowed", "description"];
