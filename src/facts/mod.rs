//! What was seen, never what it means.

mod identity;
mod observed;
mod variables;

use std::mem;
use std::sync::Arc;

pub use identity::{
    Answer, Binding, Cluster, Counted, Identity, Live, Marked, Neon, Right, Role, Rows, Server,
    Stamp, Tables, Trace,
};
pub use observed::{Cause, Causes, Observed};
pub use variables::{Seen, Variables};

use crate::policy::Phase;
use crate::secret::value::Value;
use crate::source::{Place, Source};

/// Everything that a gate judges.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What was looked at, by name.
    pub source: Arc<Source>,
    /// The variables.
    pub variables: Observed<Variables>,
    /// The environment that the caller expects, where it said so.
    pub expected: Option<String>,
    /// The moment at which the environment is judged.
    pub phase: Phase,
    /// What the servers at the other ends said, where they were asked.
    pub live: Live,
}

impl Facts {
    /// Facts for a test or a "what if", from the worst upward.
    ///
    /// Everything starts [`Unreadable`](Observed::Unreadable), so a test that
    /// forgets to say something is refused, not waved through. The name is the
    /// audit: outside tests and the self-test, `assume` has no business in a
    /// call site.
    pub fn assume() -> Assumed {
        let source = Source::named("assumed environment");
        let not_tried = Cause {
            message: "the environment was not looked at".to_owned(),
            help: "say what it is".to_owned(),
            place: Place::whole(&source),
        };
        Assumed(Self {
            variables: Observed::Unreadable(Causes { first: not_tried, rest: Vec::new() }),
            source,
            expected: None,
            phase: Phase::Boot,
            live: Live::NotAsked,
        })
    }
}

/// Facts that nobody observed. See [`Facts::assume`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Assumed(Facts);

impl Assumed {
    /// Assumes a variable.
    pub fn variable(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        let place = Place::whole(&self.0.source);
        let seen = Seen {
            name: name.to_owned(),
            value: Value::new(value),
            place,
            also: Vec::new(),
            doubt: None,
        };
        self.edit(|variables| variables.set(seen));
        self
    }

    /// Assumes several.
    pub fn variables<'a>(self, list: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        list.into_iter().fold(self, |assumed, (name, value)| assumed.variable(name, value))
    }

    /// Assumes that a variable is not there.
    pub fn without(mut self, name: &str) -> Self {
        self.edit(|variables| variables.remove(name));
        self
    }

    /// Assumes the environment that the caller expects.
    pub fn expecting(mut self, environment: &str) -> Self {
        self.0.expected = Some(environment.to_owned());
        self
    }

    /// Assumes the phase.
    pub fn phase(mut self, phase: Phase) -> Self {
        self.0.phase = phase;
        self
    }

    /// Assumes what the server of a connection says of itself.
    pub fn identity(self, connection: &str, identity: Identity) -> Self {
        self.answer(connection, Observed::Seen(identity))
    }

    /// Assumes what came of asking the server of a connection.
    pub fn answer(mut self, connection: &str, identity: Observed<Identity>) -> Self {
        let mut answers = match mem::replace(&mut self.0.live, Live::NotAsked) {
            Live::NotAsked => Vec::new(),
            Live::Asked(answers) => answers,
        };
        answers.retain(|answer| answer.connection != connection);
        answers.push(Answer { connection: connection.to_owned(), identity });
        self.0.live = Live::Asked(answers);
        self
    }

    /// The facts.
    pub fn facts(self) -> Facts {
        self.0
    }

    fn edit(&mut self, change: impl FnOnce(&mut Variables)) {
        let mut variables = match mem::replace(&mut self.0.variables, Observed::Absent) {
            Observed::Seen(variables) => variables,
            Observed::Absent | Observed::Unreadable(_) => Variables::default(),
        };
        change(&mut variables);
        self.0.variables = Observed::Seen(variables);
    }
}
