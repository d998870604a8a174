//! Every combination of what servers say, compared with the tables of `docs/database.md`
//! as one function.

use super::violations::{answered_by, neon, stamp};
use super::*;
use crate::facts::{
    Answer, Binding, Cluster, Counted, Identity, Live, Neon, Right, Rows as Counts, Server,
    StampState, Tables, Trace,
};

/// One combination.
#[derive(Clone, Copy, Debug)]
struct Cell {
    gate: Gate,
    setting: &'static Setting,
    neon: Rows,
    cluster: Id,
    trace: Service,
    stamp: Mark,
    rest: Rest,
}

macro_rules! fact {
    ($(#[$doc:meta])* $name:ident: $($variant:ident),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum $name { $($variant),+ }

        impl $name {
            const ALL: &[Self] = &[$(Self::$variant),+];
        }
    };
}

fact! {
    /// What a Neon server says about itself; `Own` is what the policy expects.
    Rows: None, Own, NewBranch, MainsBranch, PlaysBranch, NoProject, NoBranch, NoEndpoint,
    OtherProject, OtherEndpoint
}
fact! {
    /// The system identifier; `Pinned` is pinned for `copy`.
    Id: NotSaid, Free, Other, Pinned
}
fact! {
    /// The service that left a trace.
    Service: None, Neon, Rds
}
fact! {
    /// The stamp: none, this database's own, or a copy's.
    Mark: Fresh, Unstamped, Emptied, OwnHere, OwnOther, OwnGone, CopyOfReal, CopyOfOther, CopyOfGone,
    Illegible
}
fact! {
    /// At most one other deviation.
    Rest: Fine, Right, Name, ReadOnly, NoTable, TooMany, Recent, Locked, Uncounted, Allowed
}

const GATES_THAT_LISTEN: [Gate; 2] = [Gate::Boot, Gate::Seed];

/// An environment, its address, and the facts on which the tables depend.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    address: &'static str,
    is_neon: bool,
    is_real: bool,
    may_seed: bool,
    /// Whether nothing else can be behind the address.
    is_pinned: bool,
}

pub(super) const SETTINGS: [Setting; 5] = [
    Setting {
        name: "production",
        address: "ep-main-1.eu.aws.neon.tech",
        is_neon: true,
        is_real: true,
        may_seed: false,
        is_pinned: true,
    },
    Setting {
        name: "sandbox",
        address: "ep-play-2.eu.aws.neon.tech",
        is_neon: true,
        is_real: false,
        may_seed: true,
        is_pinned: true,
    },
    Setting {
        name: "local",
        address: "localhost",
        is_neon: false,
        is_real: false,
        may_seed: true,
        is_pinned: false,
    },
    Setting {
        name: "staging",
        address: "copy.koomy.app",
        is_neon: false,
        is_real: false,
        may_seed: true,
        is_pinned: true,
    },
    Setting {
        name: "archive",
        address: "attic",
        is_neon: false,
        is_real: true,
        may_seed: true,
        is_pinned: false,
    },
];

const POLICY: &str = "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
    [connections.primary]\nurl = 'DATABASE_URL'\n\
    [environments.production]\ndata = 'real'\ndatabases = ['main']\n\
    forbidden_rights = ['superuser']\n\
    [environments.sandbox]\ndata = 'synthetic'\ndatabases = ['play']\nseed = true\n\
    forbidden_rights = ['superuser']\ntripwire.'public.users' = { rows = 50 }\n\
    [environments.local]\ndata = 'synthetic'\ndatabases = ['here']\nseed = true\n\
    forbidden_rights = ['superuser']\ntripwire.'public.users' = { rows = 50 }\n\
    [environments.staging]\ndata = 'masked'\ndatabases = ['copy']\nseed = true\n\
    forbidden_rights = ['superuser']\ntripwire.'public.users' = { rows = 50 }\n\
    [environments.archive]\ndata = 'real'\ndatabases = ['attic']\nseed = true\n\
    forbidden_rights = ['superuser']\ntripwire.'public.users' = { rows = 50 }\n\
    [databases.main]\nprovider = 'neon'\nproject = 'p1'\nbranch.id = 'br-main'\n\
    endpoints = ['ep-main-1.eu.aws.neon.tech']\ndatabase = 'koomy'\n\
    [databases.play]\nprovider = 'neon'\nproject = 'p1'\nbranch.id = 'br-play'\n\
    endpoints = ['ep-play-2.eu.aws.neon.tech']\ndatabase = 'koomy'\n\
    [databases.here]\nhosts = ['localhost']\ndatabase = 'koomy'\n\
    [databases.copy]\nendpoints = ['copy.koomy.app']\ndatabase = 'koomy'\n\
    system_identifier = '7000'\n\
    [databases.attic]\nhosts = ['attic']\nnetwork = 'private'\ndatabase = 'koomy'\n";

/// Whether the tables permit a cell.
fn is_permitted(cell: Cell) -> bool {
    let Setting { name, is_neon, is_real, may_seed, is_pinned, .. } = *cell.setting;
    let boot = cell.gate == Gate::Boot;
    let identity = match is_neon {
        true => {
            let restored = boot && is_real && cell.neon == Rows::NewBranch;
            let own = if is_real { Rows::MainsBranch } else { Rows::PlaysBranch };
            (cell.neon == Rows::Own || cell.neon == own || restored) && cell.trace != Service::Rds
        }
        false => {
            let fits = match cell.cluster {
                Id::NotSaid => false,
                Id::Free | Id::Other => name != "staging",
                Id::Pinned => name == "staging",
            };
            cell.neon == Rows::None && cell.trace == Service::None && fits
        }
    };
    let stamp = match cell.stamp {
        Mark::Fresh | Mark::OwnHere => true,
        Mark::Unstamped | Mark::Emptied | Mark::CopyOfOther => boot,
        Mark::CopyOfReal | Mark::CopyOfGone => boot && (!is_real || is_pinned),
        Mark::OwnOther | Mark::OwnGone | Mark::Illegible => false,
    };
    let rest = match cell.rest {
        Rest::Fine | Rest::NoTable | Rest::Allowed => true,
        Rest::ReadOnly | Rest::TooMany | Rest::Recent | Rest::Locked | Rest::Uncounted => boot,
        Rest::Right | Rest::Name => false,
    };
    identity && stamp && rest && (boot || (may_seed && !is_real))
}

impl Cell {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for gate in GATES_THAT_LISTEN {
            for setting in &SETTINGS {
                for &neon in Rows::ALL {
                    for &cluster in Id::ALL {
                        for &trace in Service::ALL {
                            for &stamp in Mark::ALL {
                                let cell = |&rest| Self {
                                    gate,
                                    setting,
                                    neon,
                                    cluster,
                                    trace,
                                    stamp,
                                    rest,
                                };
                                all.extend(Rest::ALL.iter().map(cell));
                            }
                        }
                    }
                }
            }
        }
        all
    }

    /// The same, with less known about the server.
    fn blinded(self) -> impl Iterator<Item = Self> {
        let neon = [Rows::NoProject, Rows::NoBranch, Rows::NoEndpoint];
        let neon = neon.map(|neon| Self { neon, ..self });
        let others =
            [Self { cluster: Id::NotSaid, ..self }, Self { stamp: Mark::Illegible, ..self }];
        let is_counted = [Rest::TooMany, Rest::Recent].contains(&self.rest);
        let counted = [Rest::Locked, Rest::Uncounted].map(|rest| Self { rest, ..self });
        neon.into_iter().chain(others).chain(counted.into_iter().filter(move |_| is_counted))
    }

    /// Makes a server say what is in the cell.
    fn say(self, identity: &mut Identity) {
        self.say_neon(identity);
        self.say_cluster(identity);
        let (service, by) = match self.trace {
            Service::None | Service::Neon => ("neon", "neon_superuser".to_owned()),
            Service::Rds => ("rds", "rds_superuser".to_owned()),
        };
        if self.trace != Service::None {
            identity.traces.insert(Trace { service, by });
        }
        self.say_stamp(identity);
        self.say_rest(identity);
    }

    fn say_neon(self, identity: &mut Identity) {
        if !self.setting.is_neon && self.neon != Rows::None {
            let [project, branch, endpoint] = ["p9", "br-9", "ep-9"].map(|id| Some(id.to_owned()));
            *neon(identity) = Neon { project, branch, endpoint, timeline: None };
        }
        let rows = neon(identity);
        match self.neon {
            Rows::NewBranch => rows.branch = Some("br-new".to_owned()),
            Rows::MainsBranch => rows.branch = Some("br-main".to_owned()),
            Rows::PlaysBranch => rows.branch = Some("br-play".to_owned()),
            Rows::NoProject => rows.project = None,
            Rows::NoBranch => rows.branch = None,
            Rows::NoEndpoint => rows.endpoint = None,
            Rows::OtherProject => rows.project = Some("p2".to_owned()),
            Rows::OtherEndpoint => rows.endpoint = Some("ep-other-9".to_owned()),
            Rows::None | Rows::Own => {}
        }
    }

    fn say_cluster(self, identity: &mut Identity) {
        let Server::Postgres { neon, cluster } = &mut identity.server else { panic!("another") };
        if self.neon == Rows::None {
            *neon = None;
        }
        let digits = match self.cluster {
            Id::NotSaid => None,
            Id::Free => Some("1"),
            Id::Other => Some("7001"),
            Id::Pinned => Some("7000"),
        };
        *cluster =
            digits.map(|digits| Cluster { system_identifier: digits.to_owned(), database_oid: 5 });
    }

    fn say_stamp(self, identity: &mut Identity) {
        let here = self.setting.name;
        let other = if here == "sandbox" { "local" } else { "sandbox" };
        let (environment, is_own) = match self.stamp {
            Mark::Fresh => return identity.stamp = StampState::No { tables: Tables::Absent },
            Mark::Unstamped => return identity.stamp = StampState::No { tables: Tables::Present },
            Mark::Emptied => return identity.stamp = StampState::Emptied,
            Mark::Illegible => {
                return identity.stamp = StampState::Unreadable { why: String::new() };
            }
            Mark::OwnHere => (here, true),
            Mark::OwnOther => (other, true),
            Mark::OwnGone => ("gone", true),
            Mark::CopyOfReal => ("production", false),
            Mark::CopyOfOther => (other, false),
            Mark::CopyOfGone => ("gone", false),
        };
        let own = identity.binding();
        let elsewhere = Binding::Neon { project: "p0".to_owned(), branch: "br-0".to_owned() };
        let stamp = stamp(identity);
        stamp.environment = environment.to_owned();
        stamp.binding = own.filter(|_| is_own).unwrap_or(elsewhere);
    }

    fn say_rest(self, identity: &mut Identity) {
        let mut count = |rows| {
            identity.tripwires = vec![Counted { table: "public.users".to_owned(), rows }];
        };
        match self.rest {
            Rest::NoTable => count(Counts::NoTable),
            Rest::TooMany => count(Counts::Seen { too_many: true, recent: false }),
            Rest::Recent => count(Counts::Seen { too_many: false, recent: true }),
            Rest::Locked => count(Counts::Unreadable { why: String::new() }),
            Rest::Uncounted => identity.tripwires = Vec::new(),
            Rest::Right => identity.role.rights.extend([Right::Superuser]),
            Rest::Allowed => identity.role.rights.extend([Right::Owner]),
            Rest::Name => identity.database.push('2'),
            Rest::ReadOnly => identity.read_only = true,
            Rest::Fine => {}
        }
    }
}

/// The policy, with variables and answers for each setting.
pub(super) fn given() -> (Policy, Vec<Facts>) {
    let policy = Policy::parse("p", POLICY).unwrap();
    let facts = SETTINGS.iter().map(|setting| {
        let password = Kind::HOME_MADE.sample(None, 1).unwrap();
        let tls = if setting.address.contains('.') { "?sslmode=require" } else { "" };
        let url = format!("postgresql://app:{password}@{}/koomy{tls}", setting.address);
        let facts = Facts::assume().variables([("E", setting.name), ("DATABASE_URL", &url)]);
        answered_by(&policy, facts.facts(), |_| ())
    });
    let facts = facts.collect();
    (policy, facts)
}

fn identity_of(facts: &mut Facts) -> &mut Identity {
    let Live::Asked(answers) = &mut facts.live else { panic!("nothing was asked") };
    let Observed::Seen(identity) = &mut answers[0].identity else { panic!("nothing was said") };
    identity
}

/// The guard decides what the tables say.
#[test]
fn the_tables_are_the_rules() {
    let (policy, facts) = given();
    let mut permitted = 0;
    for cell in Cell::all() {
        let of = facts.iter().zip(&SETTINGS).find(|(_, known)| known.name == cell.setting.name);
        let mut facts = of.unwrap().0.clone();
        cell.say(identity_of(&mut facts));
        let permits = permits(cell.gate, &policy, &facts);
        permitted += usize::from(permits);
        assert_eq!(permits, is_permitted(cell), "{cell:?}");
    }
    assert!(permitted > 500, "a table without permits proves nothing: {permitted}");
}

/// Not knowing never helps, and no stamp permits what would not be permitted without it.
///
/// INVARIANT: the rules decide like the tables; the test above checks that.
#[test]
fn knowing_less_about_a_server_permits_nothing_more() {
    let mut blinded = 0;
    for cell in Cell::all().into_iter().filter(|cell| !is_permitted(*cell)) {
        for less in cell.blinded() {
            blinded += 1;
            assert!(!is_permitted(less), "refuses {cell:?}, and permits {less:?}");
        }
        if cell.stamp == Mark::Fresh {
            for &stamp in Mark::ALL {
                assert!(!is_permitted(Cell { stamp, ..cell }), "{cell:?} {stamp:?}");
            }
        }
    }
    assert!(blinded > 100_000, "{blinded}");
}

/// A server that could not be asked, for whatever reason, opens no gate that asks
/// servers.
#[test]
fn a_server_that_gives_no_answer_permits_nothing() {
    let (policy, facts) = given();
    for facts in &facts {
        let causes = Causes {
            first: Cause {
                message: "no answer".to_owned(),
                help: "ask again".to_owned(),
                place: Place::whole(&facts.source),
            },
            rest: Vec::new(),
        };
        let answer =
            |identity| Live::Asked(vec![Answer { connection: "primary".to_owned(), identity }]);
        let elsewhere = Answer {
            connection: "another".to_owned(),
            identity: Observed::Seen(identity_of(&mut facts.clone()).clone()),
        };
        for gate in GATES_THAT_LISTEN {
            for live in [
                Live::Asked(Vec::new()),
                Live::Asked(vec![elsewhere.clone()]),
                answer(Observed::Absent),
                answer(Observed::Unreadable(causes.clone())),
            ] {
                let deaf = Facts { live, ..facts.clone() };
                let findings = decide(gate, &policy, &deaf).findings;
                let of_identity =
                    findings.iter().filter(|f| f.rule().id == "database-identity-matches");
                assert_eq!(of_identity.count(), 1, "one outage is reported once");
                assert!(findings.outcome().is_some());
            }
        }
        let not_asked = Facts { live: Live::NotAsked, ..facts.clone() };
        assert!(permits(Gate::Boot, &policy, &not_asked));
        assert!(!permits(Gate::Seed, &policy, &not_asked));
        let live = POLICY.replace("data =", "live = true\ndata =");
        let live = Policy::parse("p", &live).unwrap();
        assert!(!permits(Gate::Boot, &live, &not_asked));
        assert!(permits(Gate::Boot, &live, facts));
    }
}
