//! `[environments.NAME]`

use std::collections::BTreeMap;

use super::Lower;
use crate::difference::appearance;
use crate::facts::Right;
use crate::policy::reader::Section;
use crate::policy::{
    Connection, Data, DebugRule, Environment, EnvironmentId, Pattern, SqlName, TableName, Tripwire,
    Variable, VariableKind,
};
use crate::source::{Span, Spanned};
use crate::target::grammar::is_name;

impl Lower {
    pub(super) fn environments(&mut self, top: Section<'_>) -> Vec<Environment> {
        let sections = top.named("environments");
        if top.table("environments").is_some_and(Section::is_empty) {
            let span = top.span("environments").unwrap_or_default();
            self.contradiction(
                span,
                "the policy has no environment, so it permits nothing",
                "declare at least one, such as `[environments.production]`",
            );
        }
        let environments: Vec<_> = sections
            .into_iter()
            .zip(0..)
            .map(|((name, section), id)| self.one_environment(name, EnvironmentId(id), section))
            .collect();
        self.names(&environments);
        self.cycles(&environments);
        environments
    }

    fn one_environment(
        &mut self,
        name: Spanned<String>,
        id: EnvironmentId,
        section: Section<'_>,
    ) -> Environment {
        if name.value.is_empty() || name.value.trim() != name.value {
            self.contradiction(
                name.span,
                "the name of an environment is empty, or starts or ends with white space",
                "name it exactly as the environment variable will",
            );
        }
        let databases = section
            .texts("databases")
            .unwrap_or_default()
            .iter()
            .filter_map(|name| Some(Spanned { value: self.database(name)?, span: name.span }))
            .collect();
        let domains = section.texts("domains").unwrap_or_default();
        domains.iter().for_each(|domain| self.host_name(domain, is_name));
        Environment {
            id,
            // DELIBERATE: a wrong word was reported already, so the value is never used.
            data: section.word("data", Data::from_name).unwrap_or(Data::Real),
            runtime: runtime(section),
            databases,
            databases_span: section.span("databases").unwrap_or(name.span),
            domains,
            domains_span: section.span("domains").unwrap_or(name.span),
            branches: section.texts("branches").unwrap_or_default(),
            after: section.text("after").and_then(|after| {
                Some(Spanned { value: self.environment(&after)?, span: after.span })
            }),
            seed: flag(section, "seed", name.span),
            live: flag(section, "live", name.span),
            forbidden_rights: rights(section, name.span),
            tripwires: self.tripwires(section),
            debug: section.table("debug").and_then(|debug| self.debug(debug)),
            web: section.table("web").map(|web| self.web(web)).unwrap_or_default(),
            name,
        }
    }

    /// Reports names that people cannot tell apart from each other.
    fn names(&mut self, environments: &[Environment]) {
        let mut seen = BTreeMap::new();
        for Environment { name, .. } in environments {
            if mixes_alphabets(&name.value) {
                self.contradiction(
                    name.span,
                    format!("`{}` mixes Latin letters with Greek or Cyrillic ones", name.value),
                    "write the name in one alphabet",
                );
            }
            let first = *seen.entry(appearance(&name.value)).or_insert(name);
            if first.value != name.value {
                let (first, name, span) = (&first.value, &name.value, name.span);
                self.contradiction(
                    span,
                    format!("`{name}` looks like `{first}`, or differs only in letter case"),
                    "rename one of the two environments",
                );
            }
        }
    }

    fn debug(&mut self, section: Section<'_>) -> Option<DebugRule> {
        let paths = section.texts("paths")?;
        paths.iter().for_each(|path| self.path(path));
        let header = section.text("header")?;
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if header.value.is_empty() || !header.value.bytes().all(is_token) {
            self.contradiction(
                header.span,
                format!("`{}` is not the name of a header", header.value),
                "write a name such as `X-Debug-Secret`",
            );
        }
        Some(DebugRule {
            paths: paths.into_iter().map(|path| path.value).collect(),
            header: header.value,
            secret: section.text("secret")?,
        })
    }

    fn tripwires(&mut self, section: Section<'_>) -> Vec<Tripwire> {
        let tables = section.named("tripwire");
        tables.into_iter().filter_map(|(table, section)| self.tripwire(table, section)).collect()
    }

    fn tripwire(&mut self, table: Spanned<String>, section: Section<'_>) -> Option<Tripwire> {
        let name = TableName::parse(&table.value);
        if name.is_none() {
            self.contradiction(
                table.span,
                format!("`{}` does not name a table and its schema", table.value),
                "write both, such as `\"public.users\"`, in letters, digits and underscores",
            );
        }
        let rows = section.integer("rows").and_then(|rows| u32::try_from(rows).ok());
        let column = section.text("recent");
        let recent = column.as_ref().and_then(|column| SqlName::parse(&column.value));
        if let (Some(column), None) = (&column, &recent) {
            self.contradiction(
                column.span,
                format!("`{}` is not the name of a column", column.value),
                "write it in letters, digits and underscores",
            );
        }
        if rows.is_none() && column.is_none() {
            self.contradiction(
                table.span,
                format!("`{}` has no limit, so it would stop no seed", table.value),
                "give `rows`, `recent` or both",
            );
        }
        Some(Tripwire { table: Spanned { value: name?, span: table.span }, rows, recent })
    }

    fn cycles(&mut self, environments: &[Environment]) {
        for environment in environments {
            if let Some(span) = cycle(environment, environments) {
                self.contradiction(
                    span,
                    format!("`{}` is released after itself", environment.name.value),
                    "let `after` name an environment that comes earlier",
                );
            }
        }
    }

    /// Checks what can only be known once every table is read.
    pub(super) fn check_across(
        &mut self,
        environments: &[Environment],
        variables: &BTreeMap<String, Variable>,
        patterns: &[Pattern],
        connections: &[Connection],
    ) {
        let runtime = variables.values().find(|v| matches!(v.kind, VariableKind::Runtime));
        for environment in environments {
            let listed = environment.runtime.as_ref().filter(|listed| !listed.value.is_empty());
            if let (Some(runtime), None) = (runtime, listed) {
                self.contradiction(
                    environment.runtime.as_ref().map_or(environment.name.span, |list| list.span),
                    format!(
                        "`{}` has no `runtime`, so no value of `{}` is allowed in it",
                        environment.name.value, runtime.name.value
                    ),
                    "list the values that it may have",
                );
            }
            if let Some(debug) = &environment.debug {
                self.debug_secret(environment, &debug.secret, variables);
            }
        }
        for variable in variables.values() {
            self.check_required(environments, variable);
        }
        for connection in connections {
            for variable in connection.variables() {
                let declared = variables.get(&variable.value).is_some_and(|declared| {
                    matches!(declared.kind, VariableKind::Environment | VariableKind::Runtime)
                });
                if declared
                    || patterns.iter().any(|pattern| pattern.written.value == variable.value)
                {
                    self.contradiction(
                        variable.span,
                        format!("`{}` cannot be part of a connection", variable.value),
                        "name a variable that holds a URL or a part of one",
                    );
                }
            }
        }
    }

    fn debug_secret(
        &mut self,
        environment: &Environment,
        secret: &Spanned<String>,
        variables: &BTreeMap<String, Variable>,
    ) {
        let name = &environment.name.value;
        match variables.get(&secret.value) {
            None => self.unknown_name("secret", secret, None),
            Some(variable) if variable.secret().is_none() => self.contradiction(
                secret.span,
                format!("`{}` is not declared as a secret", secret.value),
                "give it `is = \"secret\"`",
            ),
            Some(variable) if !variable.allowed.contains(environment.id) => self.contradiction(
                secret.span,
                format!("`{}` is not allowed in `{name}`, which needs it", secret.value),
                format!("add `{name}` to its `allowed`"),
            ),
            Some(_) => {}
        }
    }
}

fn mixes_alphabets(name: &str) -> bool {
    let is_latin = |c: char| matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}');
    let is_other = |c: char| matches!(c, '\u{370}'..='\u{52f}');
    name.contains(is_latin) && name.contains(is_other)
}

/// A key that is off when it is left out; its place is then that of the name.
fn flag(section: Section<'_>, key: &str, name: Span) -> Spanned<bool> {
    Spanned {
        value: section.boolean(key).unwrap_or(false),
        span: section.span(key).unwrap_or(name),
    }
}

fn rights(section: Section<'_>, name: Span) -> Spanned<Vec<Right>> {
    let words = section.texts("forbidden_rights").unwrap_or_default();
    Spanned {
        value: words.iter().filter_map(|word| Right::from_name(&word.value)).collect(),
        span: section.span("forbidden_rights").unwrap_or(name),
    }
}

fn runtime(section: Section<'_>) -> Option<Spanned<Vec<String>>> {
    let values = section.texts("runtime")?.into_iter().map(|value| value.value).collect();
    Some(Spanned { value: values, span: section.span("runtime")? })
}

/// The `after` of `start`, if the environments named from there lead back to it.
fn cycle(start: &Environment, environments: &[Environment]) -> Option<Span> {
    let mut at = start.after.as_ref()?;
    for _ in environments {
        if at.value == start.id {
            return start.after.as_ref().map(|after| after.span);
        }
        at = environments.get(at.value.0)?.after.as_ref()?;
    }
    None
}
