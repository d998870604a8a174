//! Where a connection leads, whatever environment it is for.

pub(crate) mod report;

use koomy_guard::facts::{Facts, Observed, Seen};
use koomy_guard::policy::{Database, Policy};
use koomy_guard::rules::{Case, ConnectionReading, Reading};
use koomy_guard::secret::value::Value;
use koomy_guard::target::{Ambiguity, Engine, Target};

/// Where one connection leads.
#[derive(Debug)]
pub(crate) struct Lead<'a> {
    /// The policy's name of the connection; `None` for a URL that was given.
    pub(crate) connection: Option<&'a str>,
    /// What was judged: the name of a variable, or "URL".
    pub(crate) subject: String,
    /// What came out.
    pub(crate) answer: Answer<'a>,
}

/// What came out.
#[derive(Debug)]
pub(crate) enum Answer<'a> {
    /// Every driver goes to this target.
    Accept {
        /// The target.
        target: Box<Target>,
        /// The database of the policy that this is.
        database: Option<&'a Database>,
    },
    /// Two drivers could go to two targets.
    Refuse {
        /// Why.
        message: String,
        /// The way out.
        help: String,
        /// The URL that would be accepted, with `PASSWORD` for the password.
        canonical: Option<String>,
    },
}

/// Judges a URL together with the `PG*` variables among the facts.
pub(crate) fn of_url<'a>(policy: &'a Policy, facts: &Facts, url: Value) -> Lead<'a> {
    let answer = match url.text() {
        None => not_text(),
        Some(url) => match Target::parse(engine(policy, url.expose()), url) {
            Err(ambiguity) => ambiguous(&ambiguity),
            Ok(target) => {
                let mover = mover(policy, facts, &target);
                accept(policy, target, mover)
            }
        },
    };
    Lead { connection: None, subject: "URL".to_owned(), answer }
}

/// A variable that would move the URL; one that gives a connection of the policy
/// moves it only if it says more than the URL does.
fn mover<'a>(policy: &Policy, facts: &'a Facts, target: &Target) -> Option<&'a Seen> {
    let Observed::Seen(variables) = &facts.variables else { return None };
    let engine = target.engine();
    let says_same = |seen: &Seen| {
        let port = target.port().to_string();
        let is_port = matches!(seen.name.as_str(), "PGPORT" | "MYSQL_TCP_PORT");
        let same_port = is_port && seen.text().is_some_and(|text| text.expose() == port);
        engine.always_says(&seen.name) || seen.name == "PGSSLMODE" || same_port
    };
    let mut movers = engine.movers().iter().filter_map(|name| variables.find(name));
    movers.find(|seen| !(policy.is_part_of_connection(&seen.name) && says_same(seen)))
}

/// Judges the connections that the environment sets.
pub(crate) fn of_environment<'a>(policy: &'a Policy, facts: &'a Facts) -> Vec<Lead<'a>> {
    let Observed::Seen(variables) = &facts.variables else { return Vec::new() };
    let case = Case::new(policy, facts, variables);
    let movers: Vec<_> = case.movers().collect();
    let of_connection = |reached| of_connection(policy, reached, &movers);
    case.connections.iter().filter_map(of_connection).collect()
}

fn of_connection<'a>(
    policy: &'a Policy,
    reached: &ConnectionReading<'a>,
    movers: &[&Seen],
) -> Option<Lead<'a>> {
    let (variable, answer) = match &reached.reading {
        Reading::Unset => return None,
        Reading::Partial { set, missing } => {
            let missing: Vec<_> = missing.iter().map(|name| format!("`{}`", name.value)).collect();
            (*set, incomplete(&missing.join(", ")))
        }
        Reading::Ambiguous { variable, ambiguity } => (*variable, ambiguous(ambiguity)),
        Reading::NotText(variable) => (*variable, not_text()),
        Reading::Target(destination) => {
            let moves =
                |seen: &&&Seen| Engine::moved_by(&seen.name) == Some(destination.target.engine());
            let mover = movers.iter().find(moves).copied();
            (destination.variable, accept(policy, destination.target.clone(), mover))
        }
    };
    Some(Lead {
        connection: Some(&reached.connection.name.value),
        subject: variable.name.clone(),
        answer,
    })
}

fn accept<'a>(policy: &'a Policy, target: Target, mover: Option<&Seen>) -> Answer<'a> {
    match mover {
        Some(Seen { name, .. }) => Answer::Refuse {
            message: format!(
                "`{name}` is set; drivers that read it connect otherwise than the URL says"
            ),
            help: format!("unset `{name}`, and say what it says in the URL"),
            canonical: None,
        },
        None => {
            let database =
                policy.databases().iter().find(|database| database.is_reached_by(&target));
            Answer::Accept { target: Box::new(target), database }
        }
    }
}

fn ambiguous<'a>(ambiguity: &Ambiguity) -> Answer<'a> {
    Answer::Refuse {
        message: ambiguity.to_string(),
        help: ambiguity.help(),
        canonical: ambiguity.canonical().map(str::to_owned),
    }
}

fn not_text<'a>() -> Answer<'a> {
    Answer::Refuse {
        message: "value: is no text: it holds a NUL or is not UTF-8".to_owned(),
        help: "write it in plain ASCII, special characters percent-encoded".to_owned(),
        canonical: None,
    }
}

fn incomplete<'a>(missing: &str) -> Answer<'a> {
    Answer::Refuse {
        message: format!("{missing} is not set, and each driver has a default of its own"),
        help: format!("set {missing}"),
        canonical: None,
    }
}

/// PostgreSQL, unless the URL and the policy both say MySQL.
fn engine(policy: &Policy, url: &str) -> Engine {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let says_mysql = MYSQL.iter().any(|name| scheme.eq_ignore_ascii_case(name));
    let databases = policy.databases().iter().map(|database| database.engine);
    let mut engines = databases.chain(policy.connections().iter().map(|known| known.engine));
    if says_mysql && engines.any(|engine| engine == Engine::MySql) {
        Engine::MySql
    } else {
        Engine::Postgres
    }
}

const MYSQL: &[&str] = &["mysql", "mariadb"];
