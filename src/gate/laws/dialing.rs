//! Which servers may be contacted.

use super::live::given;
use super::violations::answered_by;
use super::*;

/// No server is contacted while a rule refuses or could not look; it is while rules only
/// wait for its answer.
#[test]
fn no_server_is_contacted_that_the_policy_does_not_permit() {
    let policy = Policy::built_in().unwrap();
    for environment in ["production", "sandbox", "local"] {
        assert!(may_ask(&policy, &complete(environment, &[])), "{environment}");
    }
    for change in ALONE.iter().filter(|change| change.live.is_none()) {
        let facts = change.facts();
        let verdict = decide(change.gate, &policy, &facts);
        assert!(!verdict.may_ask_servers(), "{} {:?}", change.rule, change.set);
    }
    let mut unread = complete("sandbox", &[]);
    every::blind(&mut unread, "NODE_ENV");
    assert!(!may_ask(&policy, &unread));
    let nothing = Facts::assume().variables([("UNRELATED", "1")]).facts();
    assert!(!may_ask(&policy, &nothing));
}

#[test]
fn a_server_that_the_policy_waits_for_is_contacted() {
    let (policy, facts) = given();
    let not_asked = Facts { live: Live::NotAsked, ..facts[1].clone() };
    assert!(decide(Gate::Seed, &policy, &not_asked).findings.outcome().is_some());
    for gate in [Gate::Boot, Gate::Seed] {
        assert!(decide(gate, &policy, &not_asked).may_ask_servers());
    }
    let another = answered_by(&policy, not_asked, |it| it.database = "another".to_owned());
    assert!(!may_ask(&policy, &another), "who has answered wrongly is not asked again");
}

#[test]
fn a_destination_is_found_by_the_name_of_its_connection() {
    let policy = "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
        [connections.first]\nurl = 'A_URL'\n[connections.second]\nurl = 'B_URL'\n\
        [environments.local]\ndata = 'synthetic'\ndatabases = ['a', 'b']\n\
        [databases.a]\nhosts = ['localhost']\ndatabase = 'a'\n\
        [databases.b]\nhosts = ['localhost']\ndatabase = 'b'\n";
    let policy = Policy::parse("p", policy).unwrap();
    let facts = Facts::assume().variables([
        ("E", "local"),
        ("A_URL", "postgresql://app@localhost/a"),
        ("B_URL", "postgresql://app@localhost/b"),
    ]);
    let facts = facts.facts();
    let verdict = decide(Gate::Boot, &policy, &facts);
    let all: Vec<_> = verdict.destinations().collect();
    assert_eq!(all.len(), 2);
    for (connection, to) in all {
        let found = verdict.destination(&connection.name.value).unwrap();
        assert!(std::ptr::eq(found, to), "{}", connection.name.value);
    }
    assert!(verdict.destination("third").is_none());
}

/// In a phase without servers, none is waited for.
#[test]
fn a_phase_without_servers_demands_none() {
    let policy = "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
        [connections.first]\nurl = 'A_URL'\n\
        [environments.local]\ndata = 'synthetic'\ndatabases = ['a']\nlive = true\n\
        [databases.a]\nhosts = ['localhost']\ndatabase = 'a'\n";
    let policy = Policy::parse("p", policy).unwrap();
    let facts = Facts::assume()
        .variables([("E", "local"), ("A_URL", "postgresql://app@localhost/a")])
        .facts();
    for (phase, permitted) in [(Phase::Boot, false), (Phase::Ci, true), (Phase::Build, true)] {
        let facts = Facts { phase, ..facts.clone() };
        assert_eq!(permits(Gate::Boot, &policy, &facts), permitted, "{}", phase.name());
    }
}

fn may_ask(policy: &Policy, facts: &Facts) -> bool {
    decide(Gate::Boot, policy, facts).may_ask_servers()
}
