//! From a TOML tree to a validated policy.

mod claims;
mod connections;
mod databases;
mod environments;
mod values;
mod variables;
mod web;

use std::collections::BTreeMap;
use std::sync::Arc;

use once_cell::sync::OnceCell;
use toml::de::DeTable;

use super::problem::{Problem, ProblemKind, closest};
use super::reader::{Path, Section, check};
use super::{DatabaseId, EnvironmentId, Origin, Phase, Phases, Policy, PolicyError, Where, format};
use crate::source::{Source, Span, Spanned};

/// Parses `text` and lowers it.
pub(super) fn policy(name: &str, text: &str, origin: Origin) -> Result<Policy, PolicyError> {
    let source = Source::file(name, text);
    let (tree, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<Problem> = errors.iter().map(syntax).collect();
    let syntax_errors = problems.len();
    check(tree.get_ref(), format::POLICY, Path::Top, Span::new(0, 0), &mut problems);
    if syntax_errors > 0 {
        // INVARIANT: what a broken line would have said is unknown, so that nothing
        // is reported as missing.
        problems.retain(|problem| match &problem.kind {
            ProblemKind::MissingKey { .. } => false,
            ProblemKind::UnknownKey { key, .. } => !key.is_empty(),
            ProblemKind::Syntax(_)
            | ProblemKind::WrongValue { .. }
            | ProblemKind::UnknownName { .. }
            | ProblemKind::ClaimedTwice { .. }
            | ProblemKind::Contradiction { .. } => true,
        });
        return Err(error(source, problems));
    }

    let top = Section::new(tree.get_ref());
    let mut lower = Lower { names: Names::of(top), problems };
    let environments = lower.environments(top);
    let databases = lower.databases(top);
    let (variables, patterns, environment_variable) = lower.variables(top);
    let connections = lower.connections(top);
    claims::check(&environments, &databases, &mut lower.problems);
    lower.check_across(&environments, &variables, &patterns, &connections);

    let (Some(name), Some(environment_variable), true) =
        (top.text("name"), environment_variable, lower.problems.is_empty())
    else {
        return Err(error(source, lower.problems));
    };
    Ok(Policy {
        sha256: OnceCell::new(),
        source,
        origin,
        name,
        owner: top.text("owner").map(|owner| owner.value),
        prefix: top.text("prefix"),
        environments,
        environment_ids: lower.names.environments,
        databases,
        connections,
        variables,
        patterns,
        environment_variable,
    })
}

fn error(source: Arc<Source>, mut problems: Vec<Problem>) -> PolicyError {
    problems.sort_by_key(|problem| problem.span);
    PolicyError { source_text: source, problems }
}

fn syntax(error: &toml::de::Error) -> Problem {
    // DELIBERATE: only the first letter; words that are quoted stay as they are.
    let mut letters = error.message().chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    let kind = ProblemKind::Syntax(first.chain(letters.clone()).collect());
    Problem { kind, span: error.span().unwrap_or_default().into(), related: None }
}

/// The names that other tables may refer to.
struct Names {
    environments: BTreeMap<String, EnvironmentId>,
    databases: BTreeMap<String, DatabaseId>,
}

impl Names {
    fn of(top: Section<'_>) -> Self {
        let ids = |key| top.named(key).into_iter().map(|(name, _)| name.value).zip(0..);
        Self {
            environments: ids("environments").map(|(name, id)| (name, EnvironmentId(id))).collect(),
            databases: ids("databases").map(|(name, id)| (name, DatabaseId(id))).collect(),
        }
    }
}

struct Lower {
    names: Names,
    problems: Vec<Problem>,
}

impl Lower {
    fn environment(&mut self, name: &Spanned<String>) -> Option<EnvironmentId> {
        let id = self.names.environments.get(&name.value).copied();
        if id.is_none() {
            let meant = closest(&name.value, self.names.environments.keys().map(String::as_str));
            self.unknown_name("environment", name, meant.map(str::to_owned));
        }
        id
    }

    fn database(&mut self, name: &Spanned<String>) -> Option<DatabaseId> {
        let id = self.names.databases.get(&name.value).copied();
        if id.is_none() {
            let meant = closest(&name.value, self.names.databases.keys().map(String::as_str));
            self.unknown_name("database", name, meant.map(str::to_owned));
        }
        id
    }

    /// The environments of a key that holds `true`, `false` or a list of them.
    fn wherever(&mut self, section: Section<'_>, key: &str) -> Option<Where> {
        let span = section.span(key);
        if let Some(everywhere) = section.boolean(key) {
            return Some(if everywhere {
                Where::Everywhere(span)
            } else {
                Where::Only(Vec::new(), span)
            });
        }
        let names = section.texts(key)?;
        let ids = names.iter().filter_map(|name| self.environment(name)).collect();
        Some(Where::Only(ids, span))
    }

    fn phases(&mut self, section: Section<'_>, default: &[Phase]) -> Phases {
        if let (Some(span), true) = (section.span("phases"), section.is_empty_list("phases")) {
            self.contradiction(
                span,
                "`phases` is empty, so `required` would have no effect",
                "leave it out for `[\"boot\"]`, or write `required = false`",
            );
        }
        match section.texts("phases") {
            Some(words) => {
                Phases(words.iter().filter_map(|word| Phase::from_name(&word.value)).collect())
            }
            None => Phases(default.to_vec()),
        }
    }

    fn unknown_name(
        &mut self,
        what: &'static str,
        name: &Spanned<String>,
        did_you_mean: Option<String>,
    ) {
        let kind = ProblemKind::UnknownName { what, name: name.value.clone(), did_you_mean };
        self.problems.push(Problem { kind, span: name.span, related: None });
    }

    fn contradiction(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let kind = ProblemKind::Contradiction { message: message.into(), help: help.into() };
        self.problems.push(Problem { kind, span, related: None });
    }
}
