//! What a permit contains, and what a refusal shows.

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
struct Settings {
    node_env: String,
    port: u16,
    #[serde(default)]
    note: Option<String>,
}

fn ask(environment: &str, changes: &[(&str, Option<&str>)]) -> Result<Permit<Boot>, Refusal> {
    Permit::<Boot>::ask(&Policy::built_in().unwrap(), &complete(environment, changes))
}

#[test]
fn a_permit_contains_what_was_judged() {
    for (name, database) in
        [("production", "koomy"), ("sandbox", "koomy"), ("local", "koomy_local")]
    {
        let permit = ask(name, &[]).unwrap();
        assert_eq!(permit.environment(), name);
        assert_eq!(permit.target("primary").unwrap().database(), database);
        assert!(permit.target("secondary").is_none());
        assert_eq!(format!("{permit:?}"), "Permit<boot>");
    }
}

#[test]
fn settings_are_read_from_the_snapshot() {
    let facts = |port: &str| {
        let mut facts = complete("sandbox", &[("PORT", Some(port))]);
        every::set(&mut facts, "NOTE", b"no text \xff");
        facts
    };
    let policy = Policy::built_in().unwrap();
    let settings =
        |port| Permit::<Boot>::ask(&policy, &facts(port)).unwrap().settings::<Settings>();
    let whole = Settings { node_env: "production".to_owned(), port: 8080, note: None };
    assert_eq!(settings("8080"), Ok(whole));
    for unfit in ["no canary", "", "canary provided by NODE_ENV", "8080 provided by canary"] {
        let unfit = settings(unfit).unwrap_err();
        assert_eq!(unfit.to_string(), "`PORT` does not fit the type of its field");
    }
    let missing = ask("sandbox", &[]).unwrap().settings::<Settings>().unwrap_err();
    assert_eq!(missing, SettingsError::Missing { field: "port" });
}

#[test]
fn what_does_not_fit_is_named_and_not_quoted() {
    /// Says of every value what is worst for its reader.
    #[derive(Debug)]
    struct Talkative;

    impl<'de> Deserialize<'de> for Talkative {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let value = String::deserialize(from)?;
            Err(serde::de::Error::custom(format!("no port provided by {value}")))
        }
    }

    #[derive(Debug, Deserialize)]
    struct Settings {
        #[expect(dead_code, reason = "it is never read")]
        port: Talkative,
    }

    for (port, variable) in [("8080", None), ("NODE_ENV", Some("NODE_ENV".to_owned()))] {
        let permit = ask("sandbox", &[("PORT", Some(port))]).unwrap();
        let error = permit.settings::<Settings>().unwrap_err();
        assert_eq!(error, SettingsError::Unfit { variable });
    }
}

#[test]
fn no_setting_is_taken_from_a_name_that_was_not_judged() {
    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Loose {
        node_env: String,
        debug_mode: String,
        public_url: String,
        jwt_secret: String,
        my_flag: String,
        other: String,
    }
    let text = format!(
        "{}\n[variables.'*_FLAG']\nallowed = []\n",
        include_str!("../../../policy.example.toml")
    );
    let policy = Policy::parse("p.toml", &text).unwrap();
    let mut facts = complete("production", &[("PUBLIC_URL", None)]);
    for name in ["node_env", "Debug_mode", "debug_MODE", "Public_Url", "my_flag", "other"] {
        every::set(&mut facts, name, b"not judged");
    }
    let loose: Loose = Permit::<Boot>::ask(&policy, &facts).unwrap().settings().unwrap();
    assert!(!loose.jwt_secret.is_empty());
    let expected = Loose {
        node_env: "production".to_owned(),
        other: "not judged".to_owned(),
        jwt_secret: loose.jwt_secret.clone(),
        ..Loose::default()
    };
    assert_eq!(loose, expected);
}

#[test]
fn a_refusal_shows_every_finding_and_the_way_out() {
    let text = "version = 1\nname = 'n'\nvariables.APP_ENV.is = 'environment'\n\
        variables.KEY = { is = 'secret', required = ['live'] }\nvariables.NODE_ENV.is = 'runtime'\n\
        environments.live = { data = 'real', runtime = ['production'] }\n";
    let policy = Policy::parse("p.toml", text).unwrap();
    let facts = Facts::assume().variable("APP_ENV", "live").variable("NODE_ENV", "test").facts();
    let refusal = Permit::<Boot>::ask(&policy, &facts).unwrap_err();
    assert_eq!(refusal.outcome(), Outcome::Refused);
    assert_eq!(refusal.findings().len(), 2);
    assert_eq!(
        refusal.to_string(),
        "refused: the boot gate of p.toml, environment `live`\n\
         refused[variable-is-set]: `KEY` is not set, but `live` requires it\n  \
         cause: assumed environment\n  decided-by: p.toml:4:45\n  \
         help: set `KEY`, or take `live` out of its `required`\n\
         refused[variable-pair-is-allowed]: `NODE_ENV` holds a runtime that `live` may not \
         run with\n  cause: assumed environment\n  decided-by: p.toml:6:48\n  \
         help: in `live`, set it to `production`"
    );
}

#[test]
fn a_name_forges_no_line_of_a_refusal() {
    let hostile = "A\nrefused: \u{1b}[1m\u{202e}\u{200b}##[B_TOKEN";
    let shown = "`A\\nrefused: \\u{1b}[1m\\u{202e}\\u{200b}#\\u{23}[B_TOKEN` looks like a secret";
    let refusal = ask("local", &[(hostile, Some("x"))]).unwrap_err();
    assert!(refusal.to_string().contains(shown), "{refusal}");
    assert_eq!(refusal.to_string().lines().count(), 5, "{refusal}");
}

#[test]
fn an_unread_environment_is_undecided() {
    let refusal = Permit::<Boot>::ask(&Policy::built_in().unwrap(), &Facts::assume().facts());
    let refusal = refusal.unwrap_err();
    assert_eq!((refusal.outcome(), refusal.findings().len()), (Outcome::Undecided, 1));
    assert_eq!(
        refusal.to_string(),
        "undecided: the boot gate of policy.example.toml\n\
         undecided[environment-is-readable]: the environment was not looked at\n  \
         cause: assumed environment\n  help: say what it is"
    );
}

#[test]
fn an_unusable_policy_decides_nothing() {
    let error = Policy::parse("p.toml", "").unwrap_err();
    let refusal = Refusal::from(error.clone());
    assert_eq!((refusal.outcome(), refusal.findings().len()), (Outcome::Undecided, 0));
    assert_eq!(refusal.to_string(), error.to_string());
}

#[test]
fn gates_are_named_after_what_they_decide() {
    assert_eq!(Gate::WORDS, ["boot", "seed", "compare", "probe"]);
}
