//! The rules: one file each, asked of a [`Case`], pure and total.

mod case;
#[cfg(test)]
mod contract;
mod live;
#[cfg(test)]
mod testing;

mod database_belongs_to_environment;
mod database_connection_is_encrypted;
mod database_identity_matches;
mod database_is_not_production_like;
mod database_is_not_shared;
mod database_role_is_least_privileged;
mod database_stamp_matches;
mod database_url_is_unambiguous;
mod debug_is_allowed_here;
mod debug_secret_is_set;
mod domain_belongs_to_environment;
mod environment_is_expected;
mod environment_is_readable;
mod response_has_no_secret;
mod secret_has_class;
mod secret_is_not_placeholder;
mod secret_is_not_shared;
mod secret_is_strong;
mod secret_is_unique;
mod seed_database_is_disposable;
mod seed_environment_is_allowed;
mod variable_has_format;
mod variable_has_one_value;
mod variable_is_allowed;
mod variable_is_allowed_here;
mod variable_is_declared;
mod variable_is_set;
mod variable_pair_is_allowed;

pub use case::{Case, ConnectionReading, Destination, Reading};
pub(crate) use case::{Matched, Quality, SetSecret};
#[cfg(feature = "report")]
pub(crate) use live::is_whole;
pub(crate) use live::{
    Fit, Identified, endpoint_of, endpoint_said, foreign_trace, has_stamps, identified,
};
pub use live::{Standing, database_of, standing};

pub use database_belongs_to_environment::RULE as DATABASE_BELONGS_TO_ENVIRONMENT;
pub use database_connection_is_encrypted::RULE as DATABASE_CONNECTION_IS_ENCRYPTED;
pub use database_identity_matches::RULE as DATABASE_IDENTITY_MATCHES;
pub use database_is_not_production_like::RULE as DATABASE_IS_NOT_PRODUCTION_LIKE;
pub use database_is_not_shared::RULE as DATABASE_IS_NOT_SHARED;
pub use database_role_is_least_privileged::RULE as DATABASE_ROLE_IS_LEAST_PRIVILEGED;
pub use database_stamp_matches::RULE as DATABASE_STAMP_MATCHES;
pub use database_url_is_unambiguous::RULE as DATABASE_URL_IS_UNAMBIGUOUS;
pub use debug_is_allowed_here::RULE as DEBUG_IS_ALLOWED_HERE;
pub use domain_belongs_to_environment::RULE as DOMAIN_BELONGS_TO_ENVIRONMENT;
pub use environment_is_expected::RULE as ENVIRONMENT_IS_EXPECTED;
pub use environment_is_readable::RULE as ENVIRONMENT_IS_READABLE;
pub use response_has_no_secret::RULE as RESPONSE_HAS_NO_SECRET;
pub use seed_database_is_disposable::RULE as SEED_DATABASE_IS_DISPOSABLE;
pub use seed_environment_is_allowed::RULE as SEED_ENVIRONMENT_IS_ALLOWED;

use crate::facts::Seen;
use crate::finding::{Draft, Findings, Outcome};
use crate::gate::Gate;
use crate::policy::{Connection, Data, Environment, Given, Variable};
use crate::secret::Secret;
use crate::selftest::{Baseline, Violation};
use crate::source::Place;

/// Something that must hold before a gate opens.
///
/// Plain data and a function that cannot fail: a broken rule cannot be
/// skipped, and two rules cannot see different answers.
#[derive(Debug)]
pub struct Rule {
    /// Its id, as printed in a finding.
    pub id: &'static str,
    /// The gates that ask it.
    pub gates: &'static [Gate],
    /// What must hold, in one sentence without a full stop.
    pub summary: &'static str,
    /// What it refuses, why, and the way out, in Markdown.
    pub explain: &'static str,
    /// Looks at a case.
    pub(crate) check: Check,
    /// Breaks what must hold, for the self-test; `None` where the policy gives
    /// nothing to break.
    pub(crate) violate: Violate,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// One environment.
    One(fn(&Case<'_>, &mut Findings)),
    /// One environment, and what its servers say when they are asked.
    Live(fn(&Case<'_>, &mut Findings)),
    /// Several environments, side by side.
    Across(fn(&[Case<'_>], &mut Findings)),
    /// A running service: whoever asks it from outside reports by this rule.
    Outside,
}

/// Plants a violation in one environment, with the others at hand.
pub(crate) type Violate = fn(&Baseline<'_>, &[Baseline<'_>]) -> Option<Violation>;

impl Rule {
    /// The rule with this id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.id == id)
    }

    /// The rules that `gate` asks, in the order of their ids.
    pub fn of(gate: Gate) -> impl Iterator<Item = &'static Self> {
        RULES.iter().copied().filter(move |rule| rule.gates.contains(&gate))
    }

    /// Begins a finding: `subject` (a variable, mostly) is wrong at `place`.
    pub fn refuses(&'static self, subject: impl Into<String>, place: Place) -> Draft {
        self.finds(Outcome::Refused, subject, place)
    }

    /// Begins a finding: the rule could not look at `subject`.
    pub fn leaves_undecided(&'static self, subject: impl Into<String>, place: Place) -> Draft {
        self.finds(Outcome::Undecided, subject, place)
    }

    /// Begins a finding with this outcome.
    pub(crate) fn finds(
        &'static self,
        outcome: Outcome,
        subject: impl Into<String>,
        place: Place,
    ) -> Draft {
        Draft::new(self, outcome, subject, place)
    }
}

/// `refused[…]` names a rule; two rules with one name are one rule.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

macro_rules! rules {
    ($($name:ident),+ $(,)?) => {
        /// Every rule, in the order of their ids.
        pub static RULES: &[&Rule] = &[$(&$name::RULE),+];

        #[cfg(test)]
        const FILES: &[&str] = &[$(stringify!($name)),+];
    };
}

// A new rule is a new file, a `mod` line above and a word here; the tests want
// all three.
rules! {
    database_belongs_to_environment,
    database_connection_is_encrypted,
    database_identity_matches,
    database_is_not_production_like,
    database_is_not_shared,
    database_role_is_least_privileged,
    database_stamp_matches,
    database_url_is_unambiguous,
    debug_is_allowed_here,
    debug_secret_is_set,
    domain_belongs_to_environment,
    environment_is_expected,
    environment_is_readable,
    response_has_no_secret,
    secret_has_class,
    secret_is_not_placeholder,
    secret_is_not_shared,
    secret_is_strong,
    secret_is_unique,
    seed_database_is_disposable,
    seed_environment_is_allowed,
    variable_has_format,
    variable_has_one_value,
    variable_is_allowed,
    variable_is_allowed_here,
    variable_is_declared,
    variable_is_set,
    variable_pair_is_allowed,
}

pub(crate) use environment_is_readable::report as report_unreadable;
pub(crate) use variable_has_format::wrong_kind;
pub(crate) use variable_is_declared::is_refused as refuses_undeclared;

/// Every item with each that stands before it.
fn pairs<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    let before = |(at, second)| items.iter().take(at).map(move |first| (first, second));
    items.iter().enumerate().flat_map(before)
}

/// Whether two cases are of different environments; a file that is given twice
/// shares everything with itself.
fn are_different(first: &Case<'_>, second: &Case<'_>) -> bool {
    match (first.environment, second.environment) {
        (Some(first), Some(second)) => first.id != second.id,
        (Some(_) | None, None) | (None, Some(_)) => true,
    }
}

/// The environment of a case in backticks, or what was read where it names none.
fn quoted_name(case: &Case<'_>) -> String {
    match case.environment {
        Some(environment) => format!("`{}`", environment.name.value),
        None => format!("`{}`", case.facts.source.name()),
    }
}

/// Whether a variable must be set, here and now.
fn is_required(case: &Case<'_>, variable: &Variable) -> bool {
    let here = case.environment.is_some_and(|here| variable.required.contains(here.id));
    here && variable.phases.contains(case.facts.phase)
}

/// Refuses the passwords of connections in which `problem` sees one, where the
/// environment's data are real.
fn refuse_passwords(
    rule: &'static Rule,
    case: &Case<'_>,
    findings: &mut Findings,
    problem: impl Fn(&Secret) -> Option<String>,
) {
    let is_real = |environment: &&Environment| environment.data == Data::Real;
    let Some(environment) = case.environment.filter(is_real) else { return };
    for (connection, destination) in case.destinations() {
        let Some((holder, password)) = judged_password(case, connection, destination) else {
            continue;
        };
        let Some(problem) = problem(password) else { continue };
        let name = &holder.name;
        findings.push(
            rule.refuses(name, holder.place.clone())
                .says(format!("the password in `{name}` {problem}"))
                .help("give the role a random password, and put that here")
                .because(case.source(), environment.name.span, "an environment with real data"),
        );
    }
}

/// The password of a connection with the variable that holds it; nothing where
/// the password is all of a declared secret, which is judged as such.
fn judged_password<'a, 'b>(
    case: &Case<'a>,
    connection: &'a Connection,
    destination: &'b Destination<'a>,
) -> Option<(&'a Seen, &'b Secret)> {
    let password = destination.target.password()?;
    let holder = password_variable(case, connection, destination);
    let is_secret = case.policy.variable(&holder.name).is_some_and(|v| v.secret().is_some());
    let is_all = holder.text().is_some_and(|text| text.same_as(password));
    (!(is_secret && is_all)).then_some((holder, password))
}

/// The variable that holds the password of a connection.
fn password_variable<'a>(
    case: &Case<'a>,
    connection: &'a Connection,
    destination: &Destination<'a>,
) -> &'a Seen {
    let of_its_own = match &connection.given {
        Given::Url(_) => None,
        Given::Parts(parts) => parts.password.as_ref(),
    };
    of_its_own.and_then(|name| case.find(&name.value)).unwrap_or(destination.variable)
}
