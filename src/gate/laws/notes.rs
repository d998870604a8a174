//! What is permitted, but noted.

use super::live::{SETTINGS, given};
use super::violations::{answered, neon, stamp};
use super::*;
use crate::facts::{Binding, Identity, Live, Rows, StampState, Tables};

/// The notes about a setting's server at a gate, except for a missing pin.
fn noted(setting: &str, gate: Gate, change: impl Fn(&mut Identity)) -> Vec<String> {
    let mut notes = all_noted(setting, gate, change);
    notes.retain(|note| *note != NO_PIN);
    notes
}

const NO_PIN: &str = "`DATABASE_URL` leads to a server that only its address and names \
    distinguish from others; pin `system_identifier` of `here`, which `guard-cli identify` shows";

fn all_noted(setting: &str, gate: Gate, change: impl Fn(&mut Identity)) -> Vec<String> {
    let (policy, facts) = given();
    let at = SETTINGS.iter().position(|known| known.name == setting).unwrap();
    let mut facts = facts[at].clone();
    let Live::Asked(answers) = &mut facts.live else { panic!("nothing was asked") };
    let Observed::Seen(identity) = &mut answers[0].identity else { panic!("nothing was said") };
    change(identity);
    let verdict = decide(gate, &policy, &facts);
    assert!(verdict.notes.iter().all(|note| note.subject == "DATABASE_URL"));
    verdict.notes.iter().map(|note| format!("{}; {}", note.message, note.help)).collect()
}

fn copied_from(environment: &str) -> impl Fn(&mut Identity) {
    move |identity| {
        let stamp = stamp(identity);
        stamp.environment = environment.to_owned();
        stamp.binding = Binding::Neon { project: "p0".to_owned(), branch: "br-0".to_owned() };
    }
}

#[test]
fn a_server_as_expected_needs_no_note() {
    for setting in &SETTINGS {
        for gate in [Gate::Boot, Gate::Seed] {
            assert_eq!(noted(setting.name, gate, |_| ()), [""; 0], "{}", setting.name);
        }
    }
}

/// A stamp of its own distinguishes a server as well as a pin does.
#[test]
fn a_server_that_nothing_distinguishes_is_noted() {
    let unstamped = |it: &mut Identity| it.stamp = StampState::No { tables: Tables::Absent };
    for (setting, is_pinned) in [("production", true), ("sandbox", true), ("local", false)] {
        let said = |change: &dyn Fn(&mut Identity)| {
            let notes = all_noted(setting, Gate::Boot, change);
            notes.iter().any(|note| note == NO_PIN)
        };
        assert!(!said(&|_| ()), "{setting}");
        assert_eq!(said(&unstamped), !is_pinned, "{setting}");
    }
}

#[test]
fn a_table_of_the_tripwire_that_is_missing_is_noted() {
    let gone = |it: &mut Identity| {
        it.tripwires.iter_mut().for_each(|counted| counted.rows = Rows::NoTable);
    };
    let notes = noted("sandbox", Gate::Seed, gone);
    assert!(!notes.is_empty());
    for note in notes {
        assert!(note.starts_with("`DATABASE_URL` leads to a database without `"), "{note}");
        assert!(note.ends_with("if the table has another name, correct the `tripwire`"), "{note}");
    }
    assert_eq!(noted("sandbox", Gate::Boot, gone), [""; 0], "not counted");
}

#[test]
fn a_restore_is_noted() {
    let new_branch = |it: &mut Identity| neon(it).branch = Some("br-new".to_owned());
    let restored = |it: &mut Identity| {
        new_branch(it);
        copied_from("production")(it);
    };
    let branch = "`DATABASE_URL` leads to `main` on a branch that is not the pinned one, as after \
        a restore; if it was restored, pin the new branch: `guard-cli neon sync`";
    let copy = "`DATABASE_URL` leads to a copy of `production`, with real data: its stamp was \
        written for another database; if it was restored, write its stamp again: `guard-cli stamp`";
    assert_eq!(noted("production", Gate::Boot, restored), [branch, copy]);
    assert_eq!(noted("production", Gate::Seed, restored), [""; 0], "refused");
    assert_eq!(noted("sandbox", Gate::Boot, new_branch), [""; 0], "refused");
}

#[test]
fn a_copy_is_noted_where_it_may_be_used() {
    let of = |what: &str, how: &str| {
        format!(
            "`DATABASE_URL` leads to a copy of {what}: its stamp was written for another \
             database; if its data may be lost, say so: `guard-cli stamp{how}`"
        )
    };
    let adopt = " --adopt-copy --reason TEXT";
    let table = [
        ("production", "`production`, with real data", adopt),
        ("staging", "`staging`", ""),
        ("gone", "`gone`, an environment that the policy does not know", adopt),
    ];
    for (environment, what, how) in table {
        for setting in ["sandbox", "local"] {
            assert_eq!(noted(setting, Gate::Boot, copied_from(environment)), [of(what, how)]);
            assert_eq!(noted(setting, Gate::Seed, copied_from(environment)), [""; 0], "refused");
        }
    }
}

#[test]
fn a_missing_stamp_and_a_standby_are_noted() {
    let no = |tables| move |it: &mut Identity| it.stamp = StampState::No { tables };
    let leads = "`DATABASE_URL` leads to";
    let fresh = format!(
        "{leads} an empty database without a stamp; stamp it before it is filled: `guard-cli stamp`"
    );
    let stamp = "if it is the right one, stamp it: `guard-cli stamp`";
    let unstamped = format!("{leads} a database without a stamp; {stamp}");
    let emptied = format!(
        "{leads} a database whose stamp table is empty, as after a copy of the schema; {stamp}"
    );
    let standby = format!(
        "{leads} a standby, or to a session that cannot write; \
         if the program writes, point it at the primary"
    );
    for setting in ["production", "sandbox", "local"] {
        let at = |gate, change: &dyn Fn(&mut Identity)| noted(setting, gate, change);
        assert_eq!(at(Gate::Boot, &no(Tables::Absent)), [&*fresh]);
        assert_eq!(at(Gate::Boot, &no(Tables::Present)), [&*unstamped]);
        assert_eq!(at(Gate::Boot, &|it| it.stamp = StampState::Emptied), [&*emptied]);
        assert_eq!(at(Gate::Boot, &|it| it.read_only = true), [&*standby]);
        assert_eq!(at(Gate::Seed, &no(Tables::Absent)), [&*fresh]);
        assert_eq!(at(Gate::Seed, &no(Tables::Present)), [""; 0], "refused");
        assert_eq!(at(Gate::Seed, &|it| it.read_only = true), [""; 0], "refused");
    }
}

/// A rule about servers is not listed as asked if no server answered.
#[test]
fn a_rule_without_an_answer_is_not_listed_as_asked() {
    const LISTENING: [&str; 3] = [
        "database-identity-matches",
        "database-role-is-least-privileged",
        "database-stamp-matches",
    ];
    let policy = Policy::built_in().unwrap();
    let listened = |gate, facts: &Facts| {
        let asked = decide(gate, &policy, facts).rules_asked;
        LISTENING.map(|rule| asked.contains(&rule))
    };
    let facts = complete("sandbox", &[]);
    assert_eq!(listened(Gate::Boot, &facts), [false; 3]);
    assert_eq!(listened(Gate::Seed, &facts), [true, false, false]);
    assert_eq!(listened(Gate::Boot, &answered(facts, |_| ())), [true; 3]);
}

#[test]
fn a_permit_contains_the_notes() {
    let (policy, facts) = given();
    let at = SETTINGS.iter().position(|known| known.name == "local").unwrap();
    for (change, count) in [(false, 0), (true, 2)] {
        let mut facts = facts[at].clone();
        let Live::Asked(answers) = &mut facts.live else { panic!("nothing was asked") };
        let Observed::Seen(identity) = &mut answers[0].identity else { panic!("nothing was said") };
        if change {
            identity.stamp = StampState::No { tables: Tables::Absent };
        }
        let permit = Permit::<Boot>::ask(&policy, &facts).unwrap();
        let verdict = decide(Gate::Boot, &policy, &facts);
        assert_eq!(permit.notes(), verdict.notes);
        assert_eq!(permit.notes().len(), count);
    }
}
