//! `domain-belongs-to-environment`

use std::borrow::Cow;

use super::{Case, Check, Matched, Rule};
use crate::address::{addresses_in, host_of, hosts_that_may_be_meant, is_host, is_this_machine};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Environment, Variable, VariableKind};
use crate::selftest::{Baseline, Violation, one};
use crate::source::{Place, Span};

/// `domain-belongs-to-environment`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "domain-belongs-to-environment",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "an address in a variable belongs to this environment",
    explain: "\
## Refuses
A declared `url`, `urls`, `host` or `hosts` whose host is not one of the
environment's `domains`, or of the variable's own `hosts`. Any other variable
that holds a web address of another environment's domain. Hosts match exactly.

## Why
A production page that calls the sandbox's API, or a staging worker that posts
to production, mixes the data of both.

## Way out
Point the variable at a domain of this environment. For a third party's address,
list its host in the variable's `hosts`.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, all: &[Baseline<'_>]) -> Option<Violation> {
    let declared = baseline.declared().find(|variable| matches!(variable.kind, VariableKind::Url));
    if let Some(variable) = declared {
        return Some(one(baseline.with(&variable.name.value, "https://elsewhere.example/")));
    }
    let others = all.iter().filter(|other| other.environment().id != baseline.environment().id);
    let mut domains = others.flat_map(|other| &other.environment().domains);
    let foreign = domains.find(|domain| !is_this_machine(&domain.value))?;
    Some(one(baseline.with("SELFTEST_ADDRESS", format!("https://{}/", foreign.value))))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    for matched in &case.matched {
        let Matched { seen, connects, .. } = matched;
        match matched.variable().filter(|variable| variable.kind.names_hosts()) {
            Some(variable) => {
                if let Some(secret) = seen.text() {
                    declared(case, environment, variable, seen, secret.expose(), findings);
                }
            }
            None if *connects => {}
            None => contaminated(case, environment, seen, seen.lossy().expose(), findings),
        }
    }
}

fn declared(
    case: &Case<'_>,
    environment: &Environment,
    variable: &Variable,
    seen: &Seen,
    value: &str,
    findings: &mut Findings,
) {
    let own = variable.hosts.as_ref().map(|hosts| hosts.of(environment.id));
    let is_allowed = |host: &str| match own {
        None => environment.domains.iter().any(|domain| domain.value == host),
        Some(hosts) => hosts.is_some_and(|hosts| hosts.value.iter().any(|known| known == host)),
    };
    let (at, whose) = match &variable.hosts {
        None => (environment.domains_span, "this environment's domains"),
        Some(hosts) => (hosts.span(), "the hosts of this variable"),
    };
    // A value without a host is for `variable-has-format`.
    let foreign = hosts_in(variable, value).into_iter().flatten().find(|host| !is_allowed(host));
    if let Some(host) = foreign {
        findings.push(refuse(case, environment, seen, &host, at, whose));
    }
}

/// The hosts in a value; what has none is `None`.
fn hosts_in<'a>(variable: &Variable, value: &'a str) -> Vec<Option<Cow<'a, str>>> {
    match &variable.kind {
        VariableKind::Url => vec![host_of(value).ok()],
        VariableKind::Urls => value.split(',').map(|item| host_of(item.trim()).ok()).collect(),
        VariableKind::Host => vec![host_in(value)],
        VariableKind::Hosts => value.split(',').map(|item| host_in(item.trim())).collect(),
        VariableKind::Environment
        | VariableKind::Runtime
        | VariableKind::Secret(_)
        | VariableKind::Text
        | VariableKind::Email
        | VariableKind::Port
        | VariableKind::Integer
        | VariableKind::Boolean => Vec::new(),
    }
}

fn host_in(value: &str) -> Option<Cow<'_, str>> {
    is_host(value).then(|| value.to_ascii_lowercase().into())
}

/// A variable that is not declared as an address, and holds one of another
/// environment all the same.
fn contaminated(
    case: &Case<'_>,
    environment: &Environment,
    seen: &Seen,
    value: &str,
    findings: &mut Findings,
) {
    for host in addresses_in(value).flat_map(hosts_that_may_be_meant) {
        if owner(case, &host).is_some_and(|owner| owner.id != environment.id) {
            let whose = "this environment's domains";
            let at = environment.domains_span;
            return findings.push(refuse(case, environment, seen, &host, at, whose));
        }
    }
}

/// The environment that a domain belongs to. Names of this machine belong to
/// whoever uses them.
fn owner<'a>(case: &Case<'a>, host: &str) -> Option<&'a Environment> {
    if is_this_machine(host) {
        return None;
    }
    let has = |environment: &&Environment| environment.domains.iter().any(|d| d.value == host);
    case.policy.environments().iter().find(has)
}

fn refuse(
    case: &Case<'_>,
    environment: &Environment,
    seen: &Seen,
    host: &str,
    at: Span,
    whose: &str,
) -> Finding {
    let name = &seen.name;
    let here = &environment.name.value;
    let elsewhere = owner(case, host).filter(|owner| owner.id != environment.id);
    let message = match elsewhere {
        Some(owner) => {
            format!("`{name}` names a domain of `{}`, and this is `{here}`", owner.name.value)
        }
        None => format!("`{name}` names a host that is none of `{here}`"),
    };
    let finding = Finding::refused(
        &RULE,
        name,
        seen.place.clone(),
        message,
        format!("use a domain of `{here}`, or list a third party's host in the variable's `hosts`"),
    )
    .because(case.source(), at, whose);
    match elsewhere {
        Some(owner) => finding
            .related(Place::at(case.source(), owner.domains_span), "the domain's environment"),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::Facts;
    use crate::policy::Policy;
    use crate::rules::testing::{Ask, url};
    use crate::selftest::{self, Proof};

    const MORE: &str = "[connections.primary]\nurl = 'DATABASE_URL'\nrequired = false\n\
        [variables.ONE]\nis = 'url'\n[variables.MANY]\nis = 'urls'\n\
        [variables.HOST]\nis = 'host'\n[variables.HOSTS]\nis = 'hosts'\n\
        [variables.PAY]\nis = 'url'\nhosts = ['api.stripe.com']\n\
        [variables.MAIL]\nis = 'url'\nhosts = { production = ['mail.net'] }\n\
        [variables.NOTE]\n";
    const PLAY: &str = "names a domain of `sandbox`, and this is `production`";
    const NONE: &str = "names a host that is none of `production`";

    #[test]
    fn an_address_is_of_this_environment() {
        let table = [
            ("ONE", "https://koomy.app/", ""),
            ("ONE", "https://api.koomy.app:8443/v1?x=1", ""),
            ("ONE", "https://API.koomy.app", ""),
            ("ONE", "https://play.koomy.app/", PLAY),
            ("ONE", "https://localhost/", NONE), // of whoever uses it, and not listed here
            ("ONE", "https://other.koomy.app/", NONE),
            ("ONE", "https://koomy.app.evil.net/", NONE),
            ("ONE", "no address", ""), // `variable-has-format` refuses it
            ("MANY", "https://koomy.app, https://api.koomy.app", ""),
            ("MANY", "https://koomy.app, https://play.koomy.app", PLAY),
            ("MANY", "no address,https://evil.net", NONE),
            ("HOST", "koomy.app", ""),
            ("HOST", "Koomy.App", ""),
            ("HOST", "play.koomy.app", PLAY),
            ("HOST", "evil.net", NONE),
            ("HOST", "evil.net:80", ""), // `variable-has-format` refuses it
            ("HOSTS", "koomy.app, api.koomy.app", ""),
            ("HOSTS", "koomy.app,evil.net", NONE),
            ("HOSTS", "koomy.app,", ""), // `variable-has-format` refuses it
            ("PAY", "https://api.stripe.com/v1", ""),
            ("PAY", "https://koomy.app/", NONE),
            ("MAIL", "https://mail.net/", ""),
            ("NOTE", "https://api.stripe.com/v1", ""),
            ("NOTE", "https://play.koomy.app/", PLAY),
            ("NOTE", "a; https://koomy.app b\thttps://play.koomy.app/", PLAY),
            ("NOTE", "play.koomy.app", ""), // no address
            ("NOTE", "http://localhost:3000 http://127.0.0.1 http://[::1]", ""),
            ("UNKNOWN", "https://play.koomy.app/,https://play.koomy.app/", PLAY), // said once
            ("UNKNOWN", "https://koomy.app/", ""),
            ("UNKNOWN", "[\"https://koomy.app\",\"https://play.koomy.app\"]", PLAY),
            ("UNKNOWN", "{api:'https://play.koomy.app'}", PLAY),
            ("UNKNOWN", "play=https://play.koomy.app:8443/v1", PLAY),
            ("UNKNOWN", "https://koomy.app|wss://play.koomy.app", PLAY),
            ("UNKNOWN", "https://koomy.app/?next=https://play.koomy.app", PLAY),
            ("UNKNOWN", "(https://play.koomy.app)", PLAY),
            ("UNKNOWN", "HTTPS://PLAY.KOOMY.APP./", PLAY),
            ("UNKNOWN", "https:\\\\play.koomy.app", ""), // no `://`
            ("UNKNOWN", "https://play.koomy.app\\@koomy.app/", PLAY), // of two readings, one
            ("UNKNOWN", "https://koomy.app/play.koomy.app", ""),
            ("UNKNOWN", "https://play.koomy.app.evil.net/", ""),
            ("UNKNOWN", "https://notplay.koomy.app/", ""),
            ("UNKNOWN", "https://play.koomy.app@koomy.app/", ""), // a user
        ];
        let ask = Ask::small(&RULE, MORE);
        for (name, value, problem) in table {
            let said = match problem {
                "" => String::new(),
                problem => format!("`{name}` {problem}"),
            };
            let given = [("KOOMY_ENV", "production"), (name, value)];
            assert_eq!(ask.says(&given), said, "{name}={value}");
            let nowhere = [("KOOMY_ENV", "staging"), (name, value)];
            assert_eq!(ask.says(&nowhere), "", "{name}={value}");
        }
    }

    #[test]
    fn this_machine_belongs_to_whoever_uses_it() {
        let ask = Ask::small(&RULE, MORE);
        for value in ["http://localhost:3000", "http://127.0.0.1:8080/", "http://[::1]/"] {
            assert_eq!(ask.says(&[("KOOMY_ENV", "production"), ("UNKNOWN", value)]), "", "{value}");
        }
        let given = [("KOOMY_ENV", "sandbox"), ("ONE", "http://localhost:3000")];
        assert_eq!(ask.says(&given), "", "sandbox lists it");
        let given = [("KOOMY_ENV", "bare"), ("ONE", "http://localhost:3000")];
        assert_eq!(ask.says(&given), "`ONE` names a host that is none of `bare`");
    }

    /// Even where another environment lists it.
    #[test]
    fn this_machine_is_nobodys_domain() {
        let elsewhere = "[environments.elsewhere]\ndata = 'synthetic'\n\
            domains = ['localhost.koomy.app', '127.shop.example', '127.0.0.1', '127.0.0.2']\n";
        let ask = Ask::small(&RULE, &format!("{MORE}{elsewhere}"));
        let table = [
            ("127.0.0.1", true),
            ("127.0.0.2", true),
            ("localhost.koomy.app", false),
            ("127.shop.example", false),
        ];
        for (host, is_this_machine) in table {
            let said =
                ask.says(&[("KOOMY_ENV", "production"), ("UNKNOWN", &format!("http://{host}/"))]);
            assert_eq!(said.is_empty(), is_this_machine, "{host}: {said}");
        }
    }

    #[test]
    fn plants_a_domain_of_another_environment() {
        let text = |domains: &str| {
            format!(
                "version = 1\nname = 'n'\n[environments.one]\ndata = 'synthetic'\n\
                 domains = ['one.koomy.app']\n[environments.two]\ndata = 'synthetic'\n\
                 domains = [{domains}]\n[variables.E]\nis = 'environment'\n"
            )
        };
        let table = [
            ("'two.koomy.app'", Proof::Refused),
            ("'localhost', 'two.koomy.app'", Proof::Refused),
            ("'localhost'", Proof::Refused), // the domain of `one`, planted in `two`
        ];
        for (domains, proof) in table {
            let policy = Policy::parse("p", &text(domains)).unwrap();
            let tried = selftest::run(&policy).tried;
            let tried = tried.iter().find(|tried| tried.rule == &RULE).unwrap();
            assert_eq!(tried.proof, proof, "{domains}");
        }
        // Of this machine alone, there is nothing to plant.
        let policy = Policy::parse("p", &text("'localhost'").replace("one.koomy.app", "127.0.0.1"));
        let tried = selftest::run(&policy.unwrap()).tried;
        let tried = tried.iter().find(|tried| tried.rule == &RULE).unwrap();
        assert_eq!(tried.proof, Proof::NothingToViolate);
    }

    #[test]
    fn a_connection_is_for_the_rules_of_databases() {
        let url = url("play.koomy.app/koomy");
        let ask = Ask::small(&RULE, MORE);
        assert_eq!(ask.says(&[("KOOMY_ENV", "production"), ("DATABASE_URL", &url)]), "");
    }

    #[test]
    fn one_byte_that_is_no_text_hides_nothing() {
        let ask = Ask::small(&RULE, MORE);
        let table = [
            ("UNKNOWN", format!("`UNKNOWN` {PLAY}")),
            ("NOTE", format!("`NOTE` {PLAY}")),
            ("ONE", String::new()), // `variable-has-format` refuses it
        ];
        for (name, said) in table {
            let facts = Facts::assume()
                .variable("KOOMY_ENV", "production")
                .variable(name, *b"https://play.koomy.app/\xff");
            assert_eq!(ask.says_of(&facts.facts()), said);
        }
    }

    #[test]
    fn points_at_the_list_that_decides() {
        let ask = Ask::small(&RULE, MORE);
        let cause = "\n  cause: <assumed environment> (here)\n  decided-by:";
        let domains = "['koomy.app', 'api.koomy.app'] (this environment's domains)";
        let related = "\n  related: ['play.koomy.app', 'localhost'] (the domain's environment)";
        let table = [
            ("production", "ONE", "https://evil.net", domains, ""),
            ("production", "ONE", "https://play.koomy.app", domains, related),
            ("production", "NOTE", "https://play.koomy.app", domains, related),
            (
                "production",
                "PAY",
                "https://evil.net",
                "['api.stripe.com'] (the hosts of this variable)",
                "",
            ),
            (
                "bare",
                "MAIL",
                "https://mail.net",
                "{ production = ['mail.net'] } (the hosts of this variable)",
                "",
            ),
            ("bare", "ONE", "https://evil.net", "bare (this environment's domains)", ""),
        ];
        for (environment, name, value, at, related) in table {
            let what = match related {
                "" => format!("names a host that is none of `{environment}`"),
                _ => PLAY.to_owned(),
            };
            assert_eq!(
                ask.in_full(&[("KOOMY_ENV", environment), (name, value)]),
                format!(
                    "refused {name}: `{name}` {what}; use a domain of `{environment}`, or list a \
                     third party's host in the variable's `hosts`{cause} {at}{related}"
                )
            );
        }
    }
}
