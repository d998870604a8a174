//! Where a connection leads, whatever environment it is for.

pub(crate) mod report;

use koomy_guard::Finding;
use koomy_guard::facts::{Facts, Observed, Seen};
use koomy_guard::policy::{Database, Policy};
use koomy_guard::rules::{
    Case, ConnectionReading, DATABASE_URL_IS_UNAMBIGUOUS, Destination, Reading,
};
use koomy_guard::secret::value::Value;
use koomy_guard::source::{Place, Source};
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
        finding: Finding,
        /// The URL that would be accepted, with `PASSWORD` for the password.
        canonical: Option<String>,
    },
}

/// Judges a URL together with the `PG*` variables among the facts.
pub(crate) fn of_url<'a>(policy: &'a Policy, facts: &Facts, url: Value) -> Lead<'a> {
    let asked = Asked { name: "URL", place: Place::whole(&Source::named("command line")) };
    let answer = match url.text() {
        None => asked.not_text(),
        Some(url) => match Target::parse(engine(policy, url.expose()), url) {
            Err(ambiguity) => asked.ambiguous(&ambiguity),
            Ok(target) => {
                let mover = mover(policy, facts, &target);
                asked.accept(policy, target, mover)
            }
        },
    };
    Lead { connection: None, subject: asked.name.to_owned(), answer }
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
            (*set, Asked::of(set).incomplete(&missing.join(", ")))
        }
        Reading::Ambiguous { variable, ambiguity } => {
            (*variable, Asked::of(variable).ambiguous(ambiguity))
        }
        Reading::NotText(variable) => (*variable, Asked::of(variable).not_text()),
        Reading::Target(destination) => {
            let Destination { variable, target, database: _ } = &**destination;
            let moves = |seen: &&&Seen| Engine::moved_by(&seen.name) == Some(target.engine());
            let mover = movers.iter().find(moves).copied();
            (*variable, Asked::of(variable).accept(policy, target.clone(), mover))
        }
    };
    Some(Lead {
        connection: Some(&reached.connection.name.value),
        subject: variable.name.clone(),
        answer,
    })
}

/// What is asked about.
struct Asked<'a> {
    name: &'a str,
    place: Place,
}

impl<'a> Asked<'a> {
    fn of(Seen { name, place, .. }: &'a Seen) -> Self {
        Self { name, place: place.clone() }
    }

    fn accept<'p>(&self, policy: &'p Policy, target: Target, mover: Option<&Seen>) -> Answer<'p> {
        let Some(Seen { name, .. }) = mover else {
            let mut databases = policy.databases().iter();
            let database = databases.find(|database| database.is_reached_by(&target));
            return Answer::Accept { target: Box::new(target), database };
        };
        self.refuse(
            format!(
                "`{name}` is set; drivers that read it connect to somewhere else than the URL says"
            ),
            format!("unset `{name}`, and put its value into the URL"),
        )
    }

    fn ambiguous<'p>(&self, ambiguity: &Ambiguity) -> Answer<'p> {
        let finding = self.finding(ambiguity.to_string(), ambiguity.help());
        Answer::Refuse { finding, canonical: ambiguity.canonical().map(str::to_owned) }
    }

    fn not_text<'p>(&self) -> Answer<'p> {
        self.refuse(
            "value: is not text: it holds a NUL or is not UTF-8",
            "write it in plain ASCII, special characters percent-encoded",
        )
    }

    fn incomplete<'p>(&self, missing: &str) -> Answer<'p> {
        self.refuse(
            format!("{missing} is not set, and each driver has a default of its own"),
            format!("set {missing}"),
        )
    }

    fn refuse<'p>(&self, message: impl Into<String>, help: impl Into<String>) -> Answer<'p> {
        Answer::Refuse { finding: self.finding(message, help), canonical: None }
    }

    fn finding(&self, message: impl Into<String>, help: impl Into<String>) -> Finding {
        let rule = &DATABASE_URL_IS_UNAMBIGUOUS;
        Finding::refused(rule, self.name, self.place.clone(), message, help)
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
