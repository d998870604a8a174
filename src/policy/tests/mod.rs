//! What a policy says, once it is read.

mod built_in;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;
use crate::secret::Class;
use crate::target::{Engine, Provider};

fn parse(text: &str) -> Policy {
    Policy::parse("p.toml", text).unwrap()
}

#[test]
fn a_name_is_declared_by_itself_before_any_pattern() {
    let policy = parse(
        "version = 1\nname = 'n'\nenvironments.a.data = 'real'\n[variables]\n\
         E.is = 'environment'\nDEBUG_OWN.is = 'secret'\n'DEBUG*'.description = 'first'\n\
         '*_SQL'.description = 'second'\n",
    );
    let description = |name: &str| {
        policy.declared(name).map(|declared| match declared {
            Declared::ByName(variable) => variable.description.clone(),
            Declared::ByPattern(pattern) => pattern.description.clone(),
        })
    };
    let table = [
        ("DEBUG_OWN", Some(None)),
        ("DEBUG", Some(Some("first"))),
        ("DEBUG_SQL", Some(Some("first"))),
        ("MY_SQL", Some(Some("second"))),
        ("_SQL", Some(Some("second"))),
        ("SQL", None),
        ("MY_DEBUG", None),
        ("debug", None),
    ];
    for (name, expected) in table {
        assert_eq!(description(name), expected.map(|text| text.map(str::to_owned)), "{name}");
    }
    for pattern in policy.patterns() {
        assert!(pattern.names.fits(&pattern.names.example()), "{}", pattern.written.value);
        assert!(!pattern.names.fits(""), "{}", pattern.written.value);
    }
}

#[test]
fn what_is_left_out_has_its_meaning() {
    let policy = parse(
        "version = 1\nname = 'n'\nenvironments.a.data = 'masked'\nenvironments.b.data = 'real'\n\
         variables.E.is = 'environment'\nvariables.T = {}\nvariables.S.is = 'secret'\n\
         variables.R = { is = 'secret', required = true, min_bits = 128, phases = ['ci'] }\n\
         [databases]\nd = { hosts = ['h'], database = 'd' }\n\
         m = { hosts = ['m'], database = 'd', engine = 'mysql', network = 'private' }\n\
         s = { endpoints = ['s'], database = 'd', provider = 'supabase' }\n\
         p = { endpoints = ['p'], database = 'd', provider = 'planetscale', engine = 'mysql' }\n\
         o = { endpoints = ['o'], database = 'd', provider = 'rds', ports = [1, 65535] }\n",
    );
    let ports = |name: &str| {
        let database = policy.databases().iter().find(|d| d.name.value == name).unwrap();
        (database.engine, database.network, database.ports.clone())
    };
    assert_eq!(ports("d"), (Engine::Postgres, Network::Public, vec![5432]));
    assert_eq!(ports("m"), (Engine::MySql, Network::Private, vec![3306]));
    assert_eq!(ports("s"), (Engine::Postgres, Network::Public, vec![5432, 6543]));
    assert_eq!(ports("p"), (Engine::MySql, Network::Public, vec![3306, 6432]));
    assert_eq!(ports("o"), (Engine::Postgres, Network::Public, vec![1, 65535]));

    let [a, b] = policy.environments() else { panic!("two") };
    assert_eq!((a.data.name(), b.data.name()), ("masked", "real"));
    assert_eq!((a.databases_span, a.domains_span), (a.name.span, a.name.span));
    let (text, secret) = (policy.variable("T").unwrap(), policy.variable("S").unwrap());
    assert_eq!(text.kind.name(), "text");
    assert!(!text.required.contains(a.id) && text.allowed.contains(a.id));
    assert_eq!(text.required.span(), None);
    let rule = secret.secret().unwrap();
    assert_eq!((rule.kind.id(), rule.min_bits, rule.kind_span), ("random", 64, secret.name.span));
    let required = policy.variable("R").unwrap();
    assert!(required.required.contains(a.id) && required.required.contains(b.id));
    assert_eq!(required.secret().unwrap().min_bits, 128);
    for phase in [Phase::Boot, Phase::Ci, Phase::Build] {
        assert_eq!(text.phases.contains(phase), phase == Phase::Boot, "{phase:?}");
        assert_eq!(required.phases.contains(phase), phase == Phase::Ci, "{phase:?}");
        assert!(policy.variable("E").unwrap().phases.contains(phase), "{phase:?}");
        assert_eq!(Phase::from_name(phase.name()), Some(phase));
    }
    assert_eq!(Phase::from_name("Boot"), None);
}

#[test]
fn every_kind_of_variable_is_called_as_it_is_written() {
    for kind in Is::WORDS {
        let mut text =
            "version = 1\nname = 'n'\nenvironments.a = { data = 'real', runtime = ['x'] }\n"
                .to_owned();
        let name = if *kind == "environment" { "V" } else { "E" };
        let _ = writeln!(text, "variables.{name}.is = 'environment'");
        if name == "E" {
            let _ = writeln!(text, "variables.V.is = '{kind}'");
        }
        assert_eq!(parse(&text).variable("V").unwrap().kind.name(), *kind);
    }
    for (word, provider) in format::PROVIDERS.iter().map(|word| (word, Provider::from_name(word))) {
        assert_eq!(provider.map(Provider::name), Some(*word));
    }
}

#[test]
fn the_usual_connection_is_the_only_one_or_the_primary() {
    let usual = |names: &[&str]| {
        let connections: String = names
            .iter()
            .map(|name| format!("[connections.{name}]\nurl = '{name}_URL'\n"))
            .collect();
        let policy = parse(&format!(
            "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
             [environments.local]\ndata = 'synthetic'\n{connections}"
        ));
        policy.usual_connection().map(|connection| connection.name.value.clone())
    };
    for (names, expected) in [
        (&[][..], None),
        (&["only"], Some("only")),
        (&["primary"], Some("primary")),
        (&["first", "primary", "last"], Some("primary")),
        (&["first", "last"], None),
    ] {
        assert_eq!(usual(names).as_deref(), expected, "{names:?}");
    }
}

#[test]
fn what_is_shown_says_where_the_policy_comes_from() {
    let named = parse(
        "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
         [environments.local]\ndata = 'synthetic'\n",
    );
    let code = Policy::builder("n")
        .environment("local", |it| it.data(Data::Synthetic))
        .variable("E", |it| it.is(Is::Environment))
        .build()
        .unwrap();
    let built_in = Policy::built_in().unwrap();
    for (policy, origin) in [(built_in, "built-in"), (named, "p.toml"), (code, "embedded")] {
        let text = show::human(&policy);
        assert!(text.lines().next().is_some_and(|line| line.contains(origin)), "{text}");
        #[cfg(feature = "report")]
        {
            let json: serde_json::Value = serde_json::from_str(&show::json(&policy)).unwrap();
            assert_eq!(json["policy"]["source"], origin);
            assert_eq!(json["environments"]["local"]["data"], "synthetic");
        }
    }
}

#[test]
fn a_pattern_matches_the_whole_value() {
    let table = [
        ("a|ab", &["a", "ab"][..], &["abc", "b", "", "xa", "a\n"][..]),
        ("[a-z]{2}-[0-9]", &["eu-1"], &["eu-12", "EU-1", "eu-1 "]),
        ("(?i)on", &["on", "ON"], &["one"]),
        ("a$|^b", &["a", "b"], &["ab", "ba", "a\nb"]),
    ];
    for (pattern, fit, other) in table {
        let matcher = Matcher::compile(pattern).unwrap();
        assert!(fit.iter().all(|value| matcher.fits(value)), "{pattern}");
        assert!(!other.iter().any(|value| matcher.fits(value)), "{pattern}");
    }
}

#[test]
fn the_text_and_its_digest_are_kept() {
    let text =
        "version = 1\nname = 'n'\nenvironments.a.data = 'real'\nvariables.E.is = 'environment'\n";
    let policy = parse(text);
    assert_eq!(policy.source().shown(), Some(text));
    assert_eq!((policy.origin(), policy.owner(), policy.prefix()), (Origin::File, None, None));
    // As `sha256sum` says of the same bytes.
    assert_eq!(policy.sha256(), "ab4a1dfd3d8d0e4e8357e33e26eaca15806005dac9af1a56f107a174e564a601");
    assert_eq!(policy.sha256().len(), 64);
    let embedded = Policy::parse_embedded("p.toml", text).unwrap();
    assert_eq!((embedded.origin(), embedded.sha256()), (Origin::Embedded, policy.sha256()));
    assert_ne!(parse(&format!("{text}\n")).sha256(), policy.sha256());
}

#[test]
fn an_error_shows_every_problem() {
    let error = Policy::parse(
        "p.toml",
        "version = 1\nname = 'n'\nverison = 2\n[environments]\na.data = 'real'\n[variables]\n",
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "p.toml: 2 problems in the policy\n  \
         p.toml:3:1: unknown key `verison` in the top of the file; did you mean `version`?\n  \
         p.toml:6:1: no variable names the environment; give one of them `is = \"environment\"`"
    );
    let one = Policy::parse("p.toml", "= 1").unwrap_err();
    assert!(
        one.to_string().starts_with("p.toml: 1 problem in the policy\n  p.toml:1:1: "),
        "{one}"
    );
    assert_eq!(one.policy().name(), "p.toml");
}

#[test]
fn a_suggestion_is_near_or_not_made() {
    let table = [
        ("verison", Some("version")),
        ("Version", Some("version")),
        ("environment", Some("environments")),
        ("zzz", None),
        ("", None),
    ];
    for (name, expected) in table {
        let keys = format::POLICY.iter().map(|key| key.name);
        assert_eq!(problem::closest(name, keys), expected, "{name}");
    }
    for (name, expected) in [("ulr", Some("url")), ("uri", Some("url")), ("u", None), ("xyl", None)]
    {
        assert_eq!(problem::closest(name, ["url", "is"]), expected, "{name}");
    }
}

/// Whatever the bytes, an answer comes, in time, and with a place in the text.
#[test]
fn garbage_is_answered_in_time() {
    let million = 1_000_000;
    let texts = [
        "\0".repeat(million),
        "[".repeat(million),
        "a = [".repeat(million / 5),
        "= \n".repeat(million / 3),
        "\"".repeat(million),
        "a.".repeat(million / 2),
        "é".repeat(million / 2),
        format!("version = 1\nname = '{}'", "x".repeat(million)),
        format!("version = 1\n{}", "x = 1\n".repeat(million / 6)),
        (0..million / 12).map(|n| format!("[v{n}]\na=1\n")).collect(),
    ];
    for text in texts {
        let start: String = text.chars().take(12).collect();
        let before = now();
        let error = Policy::parse("p", &text).unwrap_err();
        assert!(
            before.elapsed() < Duration::from_secs(20),
            "{start:?} took {:?}",
            before.elapsed()
        );
        assert!(!error.problems().is_empty(), "{start:?}");
        for problem in error.problems().iter().take(100) {
            assert!(error.policy().locate(problem.span).is_some(), "{start:?}: {problem:?}");
        }
    }
}

/// The bound is far from what it takes, so that a busy machine does not fail, and
/// near enough to what a walk of the whole text for each entry would take.
#[test]
fn a_large_policy_is_read_in_a_bounded_time() {
    let text = large(2000);
    let before = now();
    assert_eq!(parse(&text).environments().len(), 2000);
    assert!(before.elapsed() < Duration::from_secs(10), "{:?}", before.elapsed());
}

#[expect(clippy::disallowed_methods, reason = "a test of how long something takes")]
fn now() -> Instant {
    Instant::now()
}

fn large(size: usize) -> String {
    let mut text = "version = 1\nname = 'n'\nvariables.E.is = 'environment'\n".to_owned();
    for n in 0..size {
        let _ = write!(
            text,
            "[environments.e{n}]\ndata = 'real'\ndatabases = ['d{n}']\ndomains = ['h{n}.net']\n\
             [databases.d{n}]\nendpoints = ['db{n}.net']\ndatabase = 'd'\n\
             [variables.V{n}]\nis = 'secret'\nrequired = ['e{n}']\nallowed = ['e{n}']\n\
             [connections.c{n}]\nurl = 'U{n}'\n"
        );
    }
    text
}
