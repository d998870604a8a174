//! What each edit of a policy does.

use super::Policy;
use super::diff::Direction::{self, Changed, Looser, Stricter};
use super::diff::{Change, diff};

/// The directions and subjects of what `edit` makes of the built-in policy.
fn changes(edit: impl Fn(&str) -> String) -> Vec<(Direction, String)> {
    let old = Policy::built_in().unwrap();
    let text = old.source().shown().unwrap();
    let edited = edit(text);
    assert_ne!(text, edited, "the edit does nothing");
    let new = Policy::parse("new.toml", &edited).unwrap();
    diff(&old, &new).into_iter().map(|it| (it.direction, it.subject)).collect()
}

#[test]
fn each_edit_is_looser_or_stricter_or_neither() {
    for (old, new, expected) in EDITS {
        let expected: Vec<_> =
            expected.iter().map(|(it, name)| (*it, (*name).to_owned())).collect();
        assert_eq!(changes(|text| text.replacen(old, new, 1)), expected, "{old:?} -> {new:?}");
    }
}

#[test]
fn the_way_back_is_the_opposite() {
    let old = Policy::built_in().unwrap();
    let text = old.source().shown().unwrap().replace("[\"staging\"]", "[\"staging\", \"x\"]");
    let new = Policy::parse("new.toml", &text).unwrap();
    let of = |changes: Vec<Change>| changes.into_iter().map(|it| it.direction).collect::<Vec<_>>();
    assert_eq!(of(diff(&old, &new)), [Direction::Looser]);
    assert_eq!(of(diff(&new, &old)), [Direction::Stricter]);
    assert_eq!(of(diff(&new, &new)), []);
}

#[test]
fn a_declaration_that_goes_is_stricter_only_where_its_name_is_refused() {
    let new = Policy::built_in().unwrap();
    let koomy = new.source().shown().unwrap();
    let table = [
        ("EXTRA_TOKEN", "is = 'secret'", Direction::Stricter),
        ("KOOMY_EXTRA", "", Direction::Stricter),
        ("EXTRA", "", Direction::Looser),
        ("EXTRA_TOKEN", "is = 'secret'\nrequired = ['local']", Direction::Looser),
        ("*_TOKEN", "allowed = ['local']", Direction::Looser),
    ];
    for (name, keys, direction) in table {
        let text = format!("{koomy}\n[variables.'{name}']\n{keys}\n");
        let old = Policy::parse("old.toml", &text).unwrap();
        let told: Vec<_> =
            diff(&old, &new).into_iter().map(|it| (it.direction, it.subject)).collect();
        assert_eq!(told, [(direction, format!("variables.{name}"))], "{name} {keys}");
    }
}

/// What a pattern goes on to refuse for its value was not refused as undeclared.
#[test]
fn a_declaration_that_goes_is_looser_where_a_pattern_declares_the_name_too() {
    let koomy = Policy::built_in().unwrap();
    let koomy = koomy.source().shown().unwrap();
    let new = format!("{koomy}\n[variables.'EXTRA_*']\nallowed = []\n");
    let old = format!("{new}\n[variables.EXTRA_TOKEN]\n");
    let (old, new) = (Policy::parse("p", &old).unwrap(), Policy::parse("p", &new).unwrap());
    let told: Vec<_> = diff(&old, &new).into_iter().map(|it| (it.direction, it.subject)).collect();
    assert_eq!(told, [(Direction::Looser, "variables.EXTRA_TOKEN".to_owned())]);
}

#[test]
fn an_environment_that_goes_is_stricter() {
    let new = Policy::built_in().unwrap();
    let koomy = new.source().shown().unwrap();
    let extra = "\n[environments.extra]\ndata = 'synthetic'\nruntime = ['development']\n";
    let old = Policy::parse("old.toml", &format!("{koomy}{extra}")).unwrap();
    let of = |changes: Vec<Change>| {
        changes.into_iter().map(|it| (it.direction, it.subject)).collect::<Vec<_>>()
    };
    let extra = "environments.extra".to_owned();
    assert!(of(diff(&old, &new)).contains(&(Direction::Stricter, extra.clone())));
    assert!(of(diff(&new, &old)).contains(&(Direction::Looser, extra)));
}

#[test]
fn a_change_says_what_was_and_what_is() {
    let old = Policy::built_in().unwrap();
    let said = |from: &str, to: &str| {
        let text = old.source().shown().unwrap().replacen(from, to, 1);
        let new = Policy::parse("new.toml", &text).unwrap();
        let told = diff(&old, &new).into_iter();
        told.map(|it| format!("{} {}: {}", it.direction.name(), it.subject, it.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        said("\"main\", \"production\"]", "\"main\"]"),
        ["changed databases.koomy-main.branch.names: `main`, `production` became `main`"]
    );
    let tripwire = |limits: &str| {
        let local = "[environments.local]";
        Policy::parse(
            "p",
            &old.source().shown().unwrap().replacen(
                local,
                &format!("{local}\ntripwire.'public.users' = {{ {limits} }}"),
                1,
            ),
        )
        .unwrap()
    };
    let of_tripwire: Vec<_> =
        diff(&tripwire("rows = 50"), &tripwire("rows = 40, recent = 'created_at'"))
            .into_iter()
            .map(|it| format!("{}: {}", it.subject, it.message))
            .collect();
    let [come, gone] = of_tripwire.as_slice() else { panic!("{of_tripwire:?}") };
    for (told, said) in [
        (gone, "public.users at most 50 rows"),
        (come, "public.users at most 40 rows no recent `created_at`"),
    ] {
        assert!(told.starts_with("environments.local.tripwire"), "{told}");
        assert!(told.contains(said), "{told}");
    }
    let url = said("url = \"DATABASE_URL\"", "url = \"OTHER_URL\"");
    assert!(url.iter().any(|told| told.starts_with("looser connections.primary.url")), "{url:?}");
    assert_eq!(
        said("url = \"DATABASE_URL\"", "url = \"DATABASE_URL\"\nrequired = [\"production\"]").len(),
        1,
        "sandbox and local may do without it"
    );
    assert_eq!(
        said(
            "url = \"DATABASE_URL\"",
            "url = \"DATABASE_URL\"\nrequired = [\"production\", \"sandbox\", \"local\"]"
        ),
        [""; 0],
        "as it was without a word"
    );
}

#[test]
fn places_are_in_the_policy_that_has_the_thing() {
    let old = Policy::built_in().unwrap();
    let text = old.source().shown().unwrap().replace("[variables.ADMIN_URL]\nis = \"url\"", "");
    let new = Policy::parse("new.toml", &text).unwrap();
    let [change] = <[Change; 1]>::try_from(diff(&old, &new)).unwrap();
    let span = change.place.span.unwrap();
    assert_eq!(change.place.source.name(), old.source().name());
    assert_eq!(change.place.source.slice(span), Some("ADMIN_URL"));
}

#[test]
fn a_change_is_placed_at_the_key_that_says_it() {
    let old = Policy::built_in().unwrap();
    let table = [
        ("# seed, debug", "seed = true #", "seed = true"),
        ("data      = \"real\"", "data = \"masked\"", "data = \"masked\""),
        ("X-Debug-Secret", "X-Other", "header = \"X-Other\""),
        ("br-koomy-main-10000001", "br-other", "id = \"br-other\""),
        ("Fondateur / CTO", "CTO", "owner   = \"CTO\""),
        ("url = \"DATABASE_URL\"", "url = \"OTHER_URL\"", "url = \"OTHER_URL\""),
        ("seed      = true", "", "sandbox]"),
    ];
    for (from, to, at) in table {
        let text = old.source().shown().unwrap().replacen(from, to, 1);
        let new = Policy::parse("new.toml", &text).unwrap();
        for change in diff(&old, &new) {
            let start = change.place.span.unwrap().start;
            assert!(text[start..].starts_with(at), "{}: {}", change.subject, &text[start..][..20]);
        }
    }
}

/// What is replaced in the built-in policy, by what, and what that does.
type Edit = (&'static str, &'static str, &'static [(Direction, &'static str)]);

const EDITS: &[Edit] = &[
    ("# seed, debug", "seed = true #", &[(Looser, "environments.production.seed")]),
    ("seed      = true", "", &[(Stricter, "environments.sandbox.seed")]),
    ("data      = \"real\"", "data = \"masked\"", &[(Looser, "environments.production.data")]),
    (
        "\"koomy-local\", \"koomy-dedicated\"",
        "\"koomy-local\"",
        &[(Stricter, "environments.local.databases")],
    ),
    (
        "[\"localhost\"]",
        "[\"localhost\", \"a.b\"]",
        &[
            (Looser, "environments.local.domains"),
            (Looser, "variables.ADMIN_URL.hosts"),
            (Looser, "variables.API_URL.hosts"),
            (Looser, "variables.APP_URL.hosts"),
            (Looser, "variables.BACKOFFICE_URL.hosts"),
            (Looser, "variables.PUBLIC_URL.hosts"),
        ],
    ),
    (
        "[\"staging\"]",
        "[\"main\"]",
        &[(Looser, "environments.sandbox.branches"), (Stricter, "environments.sandbox.branches")],
    ),
    ("after     = \"sandbox\"", "", &[(Looser, "environments.production.after")]),
    (
        "\"/api/_debug\"]",
        "\"/api/_debug\", \"/x\"]",
        &[(Looser, "environments.sandbox.debug.paths")],
    ),
    ("X-Debug-Secret", "X-Other", &[(Changed, "environments.sandbox.debug.header")]),
    (
        "# seed, debug",
        "web = { proxies = [\"::1\"], foreign_origins = \"refuse\" } #",
        &[
            (Stricter, "environments.production.web.foreign_origins"),
            (Looser, "environments.production.web.proxies"),
        ],
    ),
    (
        "# seed, debug",
        "web = { health_paths = [\"/up\"], encoded_responses = \"pass\" } #",
        &[
            (Looser, "environments.production.web.encoded_responses"),
            (Looser, "environments.production.web.health_addresses"),
            (Looser, "environments.production.web.health_paths"),
        ],
    ),
    ("Fondateur / CTO", "CTO", &[(Changed, "owner")]),
    ("prefix  = \"KOOMY_\"", "", &[(Looser, "prefix")]),
    ("id = \"br-koomy-main-10000001\"", "", &[(Looser, "databases.koomy-main.branch.id")]),
    (
        "database = \"koomy_local\"",
        "database = \"koomy_local\"\nnetwork = \"private\"",
        &[(Looser, "databases.koomy-local.network")],
    ),
    (
        "database = \"koomy_local\"",
        "database = \"koomy_local\"\nusers = [\"a\"]",
        &[(Stricter, "databases.koomy-local.users")],
    ),
    ("database = \"koomy_local\"", "database = \"koomy_local\"\nports = [5432]", &[]),
    (
        "database = \"koomy_local\"",
        "database = \"koomy_local\"\nports = [5432, 5433]",
        &[(Looser, "databases.koomy-local.ports")],
    ),
    (
        "url = \"DATABASE_URL\"",
        "url = \"DATABASE_URL\"\ndatabases = [\"koomy-main\"]",
        &[(Stricter, "connections.primary.databases")],
    ),
    ("values = [\"production\", \"development\"]", "", &[(Looser, "variables.NODE_ENV.values")]),
    (
        "live\", sandbox = \"test\", local = \"test\" }\nrequired = [\"production\", \"sandbox\"]",
        "live\", sandbox = \"test\" }\nrequired = [\"production\"]",
        &[
            (Stricter, "variables.STRIPE_SECRET_KEY.class"),
            (Looser, "variables.STRIPE_SECRET_KEY.required"),
        ],
    ),
    (
        "required = [\"sandbox\"]\nallowed  = [\"sandbox\"]",
        "required = [\"sandbox\"]",
        &[(Looser, "variables.DEBUG_SECRET.allowed")],
    ),
    ("[variables.\"DEBUG*\"]\nallowed = [\"sandbox\"]", "", &[(Looser, "variables.DEBUG*")]),
    (
        "[variables.API_URL]",
        "[variables.API_TOKEN]\n[variables.API_URL]",
        &[(Looser, "variables.API_TOKEN")],
    ),
    (
        "[variables.API_URL]",
        "[variables.COLOUR]\n[variables.API_URL]",
        &[(Stricter, "variables.COLOUR")],
    ),
    (
        "[variables.API_URL]",
        "[variables.\"*_TOKEN\"]\n[variables.API_URL]",
        &[(Looser, "variables.*_TOKEN")],
    ),
    (
        "[variables.API_URL]",
        "[variables.\"NO*\"]\nallowed = []\n[variables.API_URL]",
        &[(Stricter, "variables.NO*")],
    ),
    ("[variables.ADMIN_URL]\nis = \"url\"", "", &[(Looser, "variables.ADMIN_URL")]),
    (
        "[variables.STRIPE_PUBLISHABLE_KEY]\nis    = \"secret\"\nkind  = \"stripe-publishable-key\"\nclass = { production = \"live\", sandbox = \"test\", local = \"test\" }",
        "",
        &[(Looser, "variables.STRIPE_PUBLISHABLE_KEY")],
    ),
    ("[connections.primary]\nurl = \"DATABASE_URL\"", "", &[(Looser, "connections.primary")]),
    (
        "[connections.primary]",
        "[connections.second]\nurl = \"SECOND_DATABASE_URL\"\n[connections.primary]",
        &[(Looser, "connections.second")],
    ),
    (
        "[databases.koomy-local]",
        "[databases.more]\nhosts = [\"localhost\"]\ndatabase = \"more\"\n[databases.koomy-local]",
        &[(Changed, "databases.more")],
    ),
    (
        "[environments.local]",
        "[environments.staging]\ndata = \"masked\"\nruntime = [\"production\"]\n[environments.local]",
        &[(Looser, "environments.staging")],
    ),
    (
        "KOOMY_ENV]",
        "OTHER_ENV]",
        &[
            (Looser, "variables"),
            (Stricter, "variables.OTHER_ENV"),
            (Looser, "variables.KOOMY_ENV"),
        ],
    ),
    (
        "[variables.API_URL]\nis = \"url\"",
        "[variables.API_URL]\nis = \"url\"\nmatches = \"h.*\"\nexample = \"http://h\"",
        &[(Stricter, "variables.API_URL.matches")],
    ),
    (
        "[variables.JWT_SECRET]",
        "[variables.JWT_SECRET]\nmin_bits = 128",
        &[(Stricter, "variables.JWT_SECRET.min_bits")],
    ),
    (
        "[variables.JWT_SECRET]",
        "[variables.JWT_SECRET]\nphases = [\"boot\", \"ci\"]",
        &[(Stricter, "variables.JWT_SECRET.phases")],
    ),
    ("# Variables", "# Comments mean nothing", &[]),
];
