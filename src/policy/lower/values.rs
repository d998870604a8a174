//! Whether the values that a policy gives a variable fit it, and whether it has
//! one wherever it is required.

use std::collections::BTreeMap;

use super::Lower;
use crate::address::{host_of, is_host};
use crate::policy::reader::Section;
use crate::policy::{Environment, Is, Variable, VariableKind};
use crate::rules::wrong_kind;
use crate::source::{Span, Spanned};
use crate::visible::listed;

impl Lower {
    /// Checks each value, host and example of one variable.
    pub(super) fn check_values(&mut self, variable: &Variable, section: Section<'_>) {
        for host in section.texts_within("hosts") {
            self.host_name(&host, |text| is_host(text) || is_ipv6(text));
        }
        if variable.secret().is_some() {
            return self.secret_has_no_example(variable);
        }
        let values = section.texts_within("values");
        for value in values.iter().chain(&variable.example).filter(|it| !it.value.is_empty()) {
            self.value_fits(variable, value);
        }
        self.pattern_has_example(variable);
    }

    /// Checks a host that values or addresses are compared with, to the byte.
    pub(super) fn host_name(&mut self, host: &Spanned<String>, is_host: fn(&str) -> bool) {
        if !is_host(&host.value) || host.value.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.contradiction(
                host.span,
                format!("`{}` is not a lower-case host name", host.value),
                "write the host alone, without scheme, port, path, wildcard or trailing dot",
            );
        }
    }

    fn secret_has_no_example(&mut self, variable: &Variable) {
        if let Some(example) = &variable.example {
            self.contradiction(
                example.span,
                format!("`{}` is a secret and has an `example`", variable.name.value),
                "remove `example`; a secret that is written in a policy is no longer secret",
            );
        }
    }

    fn value_fits(&mut self, variable: &Variable, written: &Spanned<String>) {
        let Variable { name, kind, values, matches, .. } = variable;
        // DELIBERATE: a list gives the words of a language, such as Python's `True`.
        let may_differ = matches!(kind, VariableKind::Boolean) && values.is_some();
        let by_kind = wrong_kind(kind, &written.value).filter(|_| !may_differ);
        let by_pattern = matches.as_ref().filter(|it| !it.value.fits(&written.value));
        let wrong = by_kind.or_else(|| {
            by_pattern.map(|_| ("does not match its pattern".to_owned(), "correct one of the two"))
        });
        if let Some((what, help)) = wrong {
            let message = format!("`{}` cannot be `{}`, which {what}", name.value, written.value);
            self.contradiction(written.span, message, help);
        }
    }

    /// The self-test cannot invent a value that matches.
    fn pattern_has_example(&mut self, variable: &Variable) {
        let Variable { kind, values: None, matches: Some(matches), example: None, .. } = variable
        else {
            return;
        };
        if !matches!(kind, VariableKind::Environment | VariableKind::Runtime) {
            self.contradiction(
                matches.span,
                format!("`{}` has `matches` but no `example`", variable.name.value),
                "add an `example` that matches; the self-test uses it",
            );
        }
    }

    /// Reports variables that are required where the policy permits no value.
    pub(super) fn check_required(&mut self, environments: &[Environment], variable: &Variable) {
        let mut stuck: BTreeMap<(Span, &str), Vec<&str>> = BTreeMap::new();
        for environment in environments {
            let Variable { required, allowed, .. } = variable;
            let is_demanded = required.contains(environment.id) && allowed.contains(environment.id);
            if let Some(key) = permits_nothing(variable, environment).filter(|_| is_demanded) {
                stuck.entry(key).or_default().push(&environment.name.value);
            }
        }
        // DELIBERATE: where a value was reported as wrong, that none is left only follows.
        let is_wrong =
            |at: &Span| self.problems.iter().any(|it| (at.start..at.end).contains(&it.span.start));
        stuck.retain(|(span, _), _| !is_wrong(span));
        for ((span, key), names) in stuck {
            let (name, names) = (&variable.name.value, listed(names, ", "));
            let elsewhere = variable.required.span().map_or("", |_| ", or require it elsewhere");
            self.contradiction(
                span,
                format!("`{name}` is required in {names}, but `{key}` permits no value there"),
                format!("permit one in `{key}`{elsewhere}"),
            );
        }
    }
}

/// Whether `host` is an IPv6 address as an address on the web has it.
fn is_ipv6(host: &str) -> bool {
    host.starts_with('[') && host_of(&format!("https://{host}/")).is_ok_and(|it| it == host)
}

/// The place and the key that leave `variable` without a value here.
fn permits_nothing(variable: &Variable, environment: &Environment) -> Option<(Span, &'static str)> {
    let Environment { id, name, runtime, domains, domains_span, .. } = environment;
    let Variable { kind, values, hosts, .. } = variable;
    let is_runtime =
        |value: &String| runtime.as_ref().is_none_or(|list| list.value.contains(value));
    let is_possible = |value: &String| {
        !value.is_empty()
            && (kind.is() != Is::Environment || *value == name.value)
            && (kind.is() != Is::Runtime || is_runtime(value))
    };
    if let Some(class) = variable.secret().and_then(|secret| secret.class.as_ref()) {
        return class.of(*id).is_none().then_some((class.span(), "class"));
    }
    if let Some(values) = values {
        let some = values.of(*id).is_some_and(|list| list.value.iter().any(is_possible));
        return (!some).then_some((values.span(), "values"));
    }
    if let Some(hosts) = hosts {
        let some = hosts.of(*id).is_some_and(|list| !list.value.is_empty());
        return (!some).then_some((hosts.span(), "hosts"));
    }
    (kind.names_hosts() && domains.is_empty()).then_some((*domains_span, "domains"))
}
