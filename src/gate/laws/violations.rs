//! A complete set of variables for each environment, and a change for each rule.

use super::*;
use crate::facts::{Identity, Live, Neon, Right, Server, Stamp, StampState};

/// A change that makes a rule refuse, in an environment that was permitted before.
pub(super) struct Change {
    pub(super) rule: &'static str,
    pub(super) environment: &'static str,
    /// The values to set; `None` removes a variable. `=NAME` copies another variable's
    /// value, and `@…` is the end of a database URL.
    pub(super) set: &'static [(&'static str, Option<&'static str>)],
    pub(super) expecting: Option<&'static str>,
    /// The gate that is asked.
    pub(super) gate: Gate,
    /// What the server says instead, if it is asked.
    pub(super) live: Option<fn(&mut Identity)>,
}

/// A variable that `sandbox` copies from `production` and that a rule refuses.
pub(super) struct Shared {
    pub(super) rule: &'static str,
    pub(super) name: &'static str,
}

const fn change(
    rule: &'static str,
    environment: &'static str,
    set: &'static [(&'static str, Option<&'static str>)],
) -> Change {
    Change { rule, environment, set, expecting: None, gate: Gate::Boot, live: None }
}

const fn told(
    rule: &'static str,
    environment: &'static str,
    gate: Gate,
    live: fn(&mut Identity),
) -> Change {
    Change { gate, live: Some(live), ..change(rule, environment, &[]) }
}

/// A row for each rule that looks at one environment.
pub(super) const ALONE: &[Change] = &[
    change("database-belongs-to-environment", "sandbox", &[("DATABASE_URL", Some(MAIN))]),
    change("database-belongs-to-environment", "production", &[("DATABASE_URL", Some(DEVELOPMENT))]),
    change("database-connection-is-encrypted", "production", &[("DATABASE_URL", Some(PLAIN))]),
    change(
        "database-is-not-production-like",
        "local",
        &[("DATABASE_URL", Some("@localhost/prod"))],
    ),
    told("database-identity-matches", "local", Gate::Boot, |identity| {
        neon(identity).branch = None;
    }),
    told("database-identity-matches", "sandbox", Gate::Boot, |identity| {
        neon(identity).branch = Some("br-koomy-main-10000001".to_owned());
    }),
    told("database-identity-matches", "sandbox", Gate::Seed, |identity| {
        identity.database = "other".to_owned();
    }),
    told("database-role-is-least-privileged", "production", Gate::Boot, |identity| {
        identity.role.rights.insert(Right::Superuser);
    }),
    told("database-stamp-matches", "sandbox", Gate::Boot, |identity| {
        stamp(identity).environment = "production".to_owned();
    }),
    told("database-stamp-matches", "sandbox", Gate::Seed, |identity| {
        identity.stamp = StampState::Unreadable { why: "it has two rows".to_owned() };
    }),
    change("database-url-is-unambiguous", "local", &[("DATABASE_URL", Some("@a,b/koomy"))]),
    change("database-url-is-unambiguous", "production", &[("PGHOST", Some("elsewhere.net"))]),
    change("debug-secret-is-set", "sandbox", &[("DEBUG_SECRET", None)]),
    change("debug-secret-is-set", "sandbox", &[("DEBUG_SECRET", Some("=JWT_SECRET"))]),
    change(
        "domain-belongs-to-environment",
        "sandbox",
        &[("PUBLIC_URL", Some("https://koomy.app"))],
    ),
    change(
        "domain-belongs-to-environment",
        "production",
        &[("NOTE", Some("http://sandbox.koomy.app"))],
    ),
    Change {
        rule: "environment-is-expected",
        environment: "sandbox",
        set: &[],
        expecting: Some("production"),
        gate: Gate::Boot,
        live: None,
    },
    change("environment-is-readable", "local", EVERYTHING),
    change(
        "secret-has-class",
        "production",
        &[("STRIPE_SECRET_KEY", Some("of no form of theirs"))],
    ),
    change("secret-is-not-placeholder", "production", &[("JWT_SECRET", Some("changeme"))]),
    change("secret-is-strong", "sandbox", &[("SESSION_SECRET", Some("kJ2"))]),
    change("secret-is-unique", "sandbox", &[("SESSION_SECRET", Some("=JWT_SECRET"))]),
    told("seed-database-is-disposable", "sandbox", Gate::Seed, |identity| {
        identity.stamp = StampState::Emptied;
    }),
    told("seed-database-is-disposable", "sandbox", Gate::Seed, |identity| {
        identity.read_only = true;
    }),
    Change {
        gate: Gate::Seed,
        live: Some(|_| ()),
        ..change("seed-environment-is-allowed", "sandbox", &[("KOOMY_ENV", Some("local"))])
    },
    change("variable-has-format", "local", &[("API_URL", Some("no address"))]),
    change("variable-is-allowed", "production", &[("NODE_ENV", Some("Production"))]),
    change("variable-is-allowed", "production", &[("KOOMY_ENV", Some("prod"))]),
    change("variable-is-allowed-here", "production", &[("DEBUG_SQL", Some("1"))]),
    change(
        "variable-is-declared",
        "local",
        &[("SHADOW_DATABASE_URL", Some("@localhost/koomy_local"))],
    ),
    change("variable-is-declared", "production", &[("KOOMY_NEW", Some("1"))]),
    change("variable-is-set", "production", &[("JWT_SECRET", None)]),
    change("variable-is-set", "sandbox", &[("DATABASE_URL", Some(""))]),
    change("variable-has-one-value", "sandbox", &[("PUBLIC_URL", Some("twice"))]),
    change("variable-pair-is-allowed", "production", &[("NODE_ENV", Some("development"))]),
];

/// A row for each rule that compares.
pub(super) const ACROSS: &[Shared] = &[
    Shared { rule: "database-is-not-shared", name: "DATABASE_URL" },
    Shared { rule: "secret-is-not-shared", name: "JWT_SECRET" },
];

const MAIN: &str = "@ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=require";
const DEVELOPMENT: &str =
    "@ep-koomy-development-20000002.eu-central-1.aws.neon.tech/koomy?sslmode=require";
const PLAIN: &str = "@ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy";
const EVERYTHING: &[(&str, Option<&str>)] = &[
    ("KOOMY_ENV", None),
    ("NODE_ENV", None),
    ("DATABASE_URL", None),
    ("STRIPE_SECRET_KEY", None),
    ("STRIPE_WEBHOOK_SECRET", None),
    ("SENDGRID_API_KEY", None),
    ("JWT_SECRET", None),
    ("SESSION_SECRET", None),
];

impl Change {
    pub(super) fn facts(&self) -> Facts {
        let mut facts = complete(self.environment, self.set);
        facts.expected = self.expecting.map(str::to_owned);
        if self.rule == "variable-has-one-value" {
            let place = Place::whole(&facts.source);
            let variables = every::variables(&mut facts);
            let seen = variables.find("NODE_ENV").unwrap().clone();
            variables.set(Seen { also: vec![place], ..seen });
        }
        self.tell(facts)
    }

    /// Adds what the servers say to facts, if they are asked.
    pub(super) fn tell(&self, facts: Facts) -> Facts {
        match self.live {
            Some(change) => answered(facts, change),
            None => facts,
        }
    }

    /// The facts before the change.
    pub(super) fn before(&self) -> Facts {
        let facts = complete(self.environment, &[]);
        if self.live.is_some() { answered(facts, |_| ()) } else { facts }
    }
}

/// Facts whose servers say what they should, except for `change`.
pub(super) fn answered(facts: Facts, change: impl Fn(&mut Identity)) -> Facts {
    answered_by(&Policy::built_in().unwrap(), facts, change)
}

pub(super) fn answered_by(policy: &Policy, facts: Facts, change: impl Fn(&mut Identity)) -> Facts {
    let mut facts = crate::selftest::answered(policy, facts);
    let Live::Asked(answers) = &mut facts.live else { panic!("nothing was asked") };
    for answer in answers {
        match &mut answer.identity {
            Observed::Seen(identity) => change(identity),
            Observed::Absent | Observed::Unreadable(_) => panic!("nothing was said"),
        }
    }
    facts
}

pub(super) fn neon(identity: &mut Identity) -> &mut Neon {
    match &mut identity.server {
        Server::Postgres { neon, .. } => neon.get_or_insert_default(),
        Server::MySql { .. } => panic!("no PostgreSQL"),
    }
}

pub(super) fn stamp(identity: &mut Identity) -> &mut Stamp {
    match &mut identity.stamp {
        StampState::Stamped(stamp) => stamp,
        StampState::No { .. } | StampState::Emptied | StampState::Unreadable { .. } => {
            panic!("no stamp")
        }
    }
}

impl Shared {
    /// `production`, and `sandbox` with one of its values.
    pub(super) fn environments(&self) -> [Facts; 2] {
        let production = complete("production", &[]);
        let value = production.variables.seen().unwrap().find(self.name).unwrap();
        let mut sandbox = complete("sandbox", &[]);
        every::set(&mut sandbox, self.name, value.value.expose());
        [production, sandbox]
    }
}

/// Variables of an environment that the built-in policy permits, then changed.
pub(super) fn complete(environment: &str, changes: &[(&str, Option<&str>)]) -> Facts {
    let pairs = pairs(environment, changes);
    let empty = Facts::assume().variable("X", "").without("X");
    empty.variables(pairs.iter().map(|(name, value)| (*name, value.as_str()))).facts()
}

/// The same as pairs, in no particular order.
pub(super) fn pairs<'a>(
    environment: &str,
    changes: &[(&'a str, Option<&str>)],
) -> Vec<(&'a str, String)> {
    let (seed, database, class) = match environment {
        "production" => (100_u64, MAIN, Class::Live),
        "sandbox" => (200, DEVELOPMENT, Class::Test),
        _ => (300, "@localhost/koomy_local", Class::Test),
    };
    let of_kind = |kind: &str, class, more: u64| {
        Kind::by_id(kind).unwrap().sample(class, seed + more).unwrap()
    };
    let written = |value: &str| match value.strip_prefix('@') {
        Some(rest) => format!("postgresql://app:{}@{rest}", of_kind("random", None, 1)),
        None => value.to_owned(),
    };
    let mut pairs = vec![
        ("KOOMY_ENV", environment.to_owned()),
        ("NODE_ENV", if environment == "local" { "development" } else { "production" }.to_owned()),
        ("DATABASE_URL", written(database)),
        ("STRIPE_SECRET_KEY", of_kind("stripe-secret-key", Some(class), 2)),
        ("STRIPE_WEBHOOK_SECRET", of_kind("stripe-webhook-secret", None, 3)),
        ("SENDGRID_API_KEY", of_kind("sendgrid-api-key", None, 4)),
        ("JWT_SECRET", of_kind("random", None, 5)),
        ("SESSION_SECRET", of_kind("random", None, 6)),
    ];
    if environment == "sandbox" {
        pairs.push(("DEBUG_SECRET", of_kind("random", None, 7)));
    }
    for (name, value) in changes {
        let value = value.map(|value| match value.strip_prefix('=') {
            Some(other) => pairs.iter().find(|(known, _)| *known == other).unwrap().1.clone(),
            None => written(value),
        });
        pairs.retain(|(known, _)| known != name);
        pairs.extend(value.map(|value| (*name, value)));
    }
    pairs
}

/// Facts with one violation, and facts with every violation of an environment.
pub(super) fn planted() -> Vec<(Gate, Facts)> {
    let mut planted: Vec<_> = ALONE.iter().map(|change| (change.gate, change.facts())).collect();
    for environment in ["production", "sandbox", "local"] {
        planted.push((Gate::Boot, complete(environment, &every_change(environment))));
    }
    planted
}

/// Every change to one environment that does not rename it.
pub(super) fn every_change(environment: &str) -> Vec<(&'static str, Option<&'static str>)> {
    let of_environment = ALONE.iter().filter(|change| change.environment == environment);
    let changes = of_environment.filter(|change| change.set != EVERYTHING);
    changes
        .flat_map(|change| change.set)
        .filter(|(name, _)| *name != "KOOMY_ENV")
        .copied()
        .collect()
}
