//! Every combination of the most decisive facts at the boot gate.

use std::sync::LazyLock;

use super::*;

/// One combination, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell(usize);

/// Every combination, each judged once.
pub(super) struct Cells {
    domains: Vec<Vec<Given>>,
    permitted: Vec<bool>,
}

/// The state of one fact.
#[derive(Clone, Debug)]
enum Given {
    Value(String),
    Unset,
    Blind,
}

const NAMES: [&str; 5] =
    ["KOOMY_ENV", "NODE_ENV", "DATABASE_URL", "STRIPE_SECRET_KEY", "DEBUG_SECRET"];
const BASES: [&str; 3] = ["production", "sandbox", "local"];
const EXPECTATIONS: [Option<&str>; 2] = [None, Some("production")];

impl Cells {
    /// Judges all combinations, once for all tests.
    pub(super) fn judged() -> &'static Self {
        static JUDGED: LazyLock<Cells> = LazyLock::new(|| {
            let policy = Policy::built_in().unwrap();
            let bases = BASES.map(|name| complete(name, &[]));
            let mut cells = Cells { domains: domains(), permitted: Vec::new() };
            let count = cells.domains.iter().map(Vec::len).product::<usize>() * EXPECTATIONS.len();
            let facts = (0..count).map(|at| cells.facts(Cell(at), &bases));
            cells.permitted = facts.map(|facts| permits(Gate::Boot, &policy, &facts)).collect();
            cells
        });
        &JUDGED
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Cell> {
        (0..self.permitted.len()).map(Cell)
    }

    pub(super) fn permits(&self, cell: Cell) -> bool {
        self.permitted[cell.0]
    }

    /// The same cell with one fact unreadable, for each fact that is not.
    pub(super) fn blinded(&self, cell: Cell) -> impl Iterator<Item = Cell> {
        (0..NAMES.len())
            .filter(move |fact| !matches!(self.given(cell, *fact), Given::Blind))
            .map(move |fact| self.with(cell, fact, self.domains[fact].len() - 1))
    }

    /// The same cell without one fact that its environment requires.
    pub(super) fn without_one_required(
        &self,
        cell: Cell,
        policy: &Policy,
    ) -> impl Iterator<Item = Cell> {
        let environment = match self.given(cell, 0) {
            Given::Value(name) => policy.environment(name),
            Given::Unset | Given::Blind => None,
        };
        let is_required = move |name: &str| match (
            policy.variables().find(|v| v.name.value == name),
            environment,
        ) {
            (Some(variable), Some(environment)) => variable.required.contains(environment.id),
            // The connection, wherever there is a database.
            (None, Some(environment)) => !environment.databases.is_empty(),
            (Some(_) | None, None) => name == "KOOMY_ENV",
        };
        (0..NAMES.len())
            .filter(move |fact| is_required(NAMES[*fact]))
            .map(move |fact| self.with(cell, fact, self.domains[fact].len() - 2))
    }

    pub(super) fn is_blind(&self, cell: Cell) -> bool {
        (0..NAMES.len()).any(|fact| matches!(self.given(cell, fact), Given::Blind))
    }

    /// Describes the cell, for a test that fails.
    pub(super) fn describe(&self, cell: Cell) -> String {
        let facts =
            (0..NAMES.len()).map(|fact| format!("{}={:?}", NAMES[fact], self.given(cell, fact)));
        format!("{} expecting {:?}", facts.collect::<Vec<_>>().join(" "), self.expected(cell))
    }

    fn facts(&self, cell: Cell, bases: &[Facts; 3]) -> Facts {
        let name = match self.given(cell, 0) {
            Given::Value(name) => name.as_str(),
            Given::Unset | Given::Blind => "",
        };
        let base = BASES.iter().position(|known| *known == name);
        let mut facts = bases[base.unwrap_or_default()].clone();
        facts.expected = self.expected(cell).map(str::to_owned);
        for (fact, name) in NAMES.iter().enumerate() {
            match self.given(cell, fact) {
                Given::Value(value) => set(&mut facts, name, value.as_bytes()),
                Given::Unset => variables(&mut facts).remove(name),
                Given::Blind => set(&mut facts, name, b"\xff"),
            }
        }
        facts
    }

    fn expected(&self, cell: Cell) -> Option<&'static str> {
        EXPECTATIONS[cell.0 % EXPECTATIONS.len()]
    }

    fn stride(&self, fact: usize) -> usize {
        self.domains[..fact].iter().map(Vec::len).product::<usize>() * EXPECTATIONS.len()
    }

    fn position(&self, cell: Cell, fact: usize) -> usize {
        cell.0 / self.stride(fact) % self.domains[fact].len()
    }

    fn given(&self, cell: Cell, fact: usize) -> &Given {
        &self.domains[fact][self.position(cell, fact)]
    }

    fn with(&self, cell: Cell, fact: usize, position: usize) -> Cell {
        Cell(cell.0 - self.position(cell, fact) * self.stride(fact) + position * self.stride(fact))
    }
}

/// The states of each fact; the last two are always "unset" and "unreadable".
fn domains() -> Vec<Vec<Given>> {
    let strong = |seed| Kind::HOME_MADE.sample(None, seed).unwrap();
    let stripe = |class| Kind::by_id("stripe-secret-key").unwrap().sample(Some(class), 5).unwrap();
    let url = |rest: &str| format!("postgresql://app:{}@{rest}", strong(6));
    let values: [Vec<String>; 5] = [
        ["production", "sandbox", "local", "staging", ""].map(str::to_owned).to_vec(),
        ["production", "development", "test"].map(str::to_owned).to_vec(),
        [
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=require",
            "ep-koomy-development-20000002.eu-central-1.aws.neon.tech/koomy?sslmode=require",
            "localhost/koomy_local",
            "elsewhere.net/koomy?sslmode=require",
            "localhost/koomy_local?host=elsewhere.net",
        ]
        .map(url)
        .to_vec(),
        vec![stripe(Class::Live), stripe(Class::Test), strong(7)],
        vec![strong(8), "weak".to_owned()],
    ];
    let with_none = |values: Vec<String>| {
        values.into_iter().map(Given::Value).chain([Given::Unset, Given::Blind]).collect()
    };
    values.into_iter().map(with_none).collect()
}

/// Makes a variable unreadable, except for what is still visible of its value.
pub(super) fn blind(facts: &mut Facts, name: &str) {
    let value = variables(facts).find(name).map(|seen| seen.value.expose().to_vec());
    set(facts, name, &[value.unwrap_or_default().as_slice(), b"\xff"].concat());
}

pub(super) fn set(facts: &mut Facts, name: &str, value: &[u8]) {
    let place = Place::whole(&facts.source);
    let value = crate::secret::value::Value::new(value);
    variables(facts).set(Seen {
        name: name.to_owned(),
        value,
        place,
        also: Vec::new(),
        doubt: None,
    });
}

pub(super) fn variables(facts: &mut Facts) -> &mut Variables {
    match &mut facts.variables {
        Observed::Seen(variables) => variables,
        Observed::Absent | Observed::Unreadable(_) => panic!("nothing was seen"),
    }
}
