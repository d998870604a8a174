//! Pins in every form in which a policy may be written.

use toml_edit::Document;

use super::edit::{with_branch, with_endpoints};
use super::list::{Slot, Slots};
use super::names::Host;

const OLD: &str = "ep-old.x";

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn slots(front: &[&str], written: &[Slot], back: &[&str]) -> Slots {
    let hosts = |names: &[&str]| names.iter().map(|name| host(name)).collect();
    Slots { front: hosts(front), written: written.to_vec(), back: hosts(back) }
}

fn keep() -> Slot {
    Slot::Keep(OLD.to_owned())
}

/// In both kinds of line breaks, and what comes before and after stays.
#[track_caller]
fn becomes(before: &str, after: &str, edit: impl Fn(&str) -> Option<String>) {
    const HEAD: &str = "# é\n[databases.c]\nproject = 'p' # [x\n\n";
    const TAIL: &str = "\n[other] # it's\na = \"\"\"\n[databases.d]\n\"\"\"\n";
    for line_break in ["\n", "\r\n"] {
        for tail in [TAIL, ""] {
            let whole = |text: &str| [HEAD, text, tail].concat().replace('\n', line_break);
            let edited = edit(&whole(before)).unwrap();
            assert_eq!(edited, whole(after));
            Document::parse(edited).unwrap();
        }
    }
}

#[test]
fn a_branch_is_written_where_the_policy_has_it() {
    let table = [
        (
            "[databases.d]\nbranch = { names = [\"m\"], id = \"br-0\" } # c\n",
            "[databases.d]\nbranch = { names = [\"m\"], id = \"br-1\" } # c\n",
        ),
        (
            "[databases.d]\nbranch={id='br-0',names=['m']}\n",
            "[databases.d]\nbranch={id='br-1',names=['m']}\n",
        ),
        (
            "[databases.d]\nbranch = { names = [\"m\", \"n\"] }\n",
            "[databases.d]\nbranch = { names = [\"m\", \"n\"], id = \"br-1\" }\n",
        ),
        (
            "[databases.d]\nbranch={names=['m']}\n",
            "[databases.d]\nbranch={names=['m'], id=\"br-1\"}\n",
        ),
        (
            "[databases.d.branch]\nnames = [\n  \"m\", # c\n] # d\n",
            "[databases.d.branch]\nnames = [\n  \"m\", # c\n] # d\nid    = \"br-1\"\n",
        ),
        (
            "[databases.d.branch]\n  # c\n  id = \"br-0\" # d\n  names = [\"m\"]\n",
            "[databases.d.branch]\n  # c\n  id = \"br-1\" # d\n  names = [\"m\"]\n",
        ),
        (
            "[databases.d]\nbranch.names = [\"m\"]\n",
            "[databases.d]\nbranch.names = [\"m\"]\nbranch.id    = \"br-1\"\n",
        ),
        (
            "[databases]\nd = { project = \"p\", branch.names = [\"m\"] }\n",
            "[databases]\nd = { project = \"p\", branch.names = [\"m\"], branch.id = \"br-1\" }\n",
        ),
    ];
    for (before, after) in table {
        becomes(before, after, |text| with_branch(text, "d", "br-1"));
    }
}

#[test]
fn the_last_line_of_a_file_may_have_no_end() {
    let text = "[databases.d.branch]\nnames = [\"m\"]";
    let edited = with_branch(text, "d", "br-1").unwrap();
    assert_eq!(edited, format!("{text}\nid    = \"br-1\""));
}

#[test]
fn endpoints_are_written_as_the_list_is() {
    let table = [
        ("endpoints = ['ep-old.x'] # c", "endpoints = ['ep-new.x'] # c", REPLACE),
        ("endpoints=[\"ep-old.x\",\"ep-b.x\"]", "endpoints=[\"ep-new.x\",\"ep-b.x\"]", REPLACE),
        ("endpoints = [\"ep-old.x\"]", "endpoints = [\"ep-new.x\", \"ep-old.x\"]", FRONT),
        ("endpoints = [ \"ep-old.x\" ]", "endpoints = [ \"ep-old.x\", \"ep-new.x\" ]", BACK),
        ("endpoints = [\"ep-old.x\",]", "endpoints = [\"ep-old.x\", \"ep-new.x\",]", BACK),
        ("endpoints = [ # c\n]", "endpoints = [\"ep-new.x\" # c\n]", BACK),
        (
            "endpoints = [\n  \"ep-old.x\", # c\n]",
            "endpoints = [\n  \"ep-old.x\", # c\n  \"ep-new.x\",\n]",
            BACK,
        ),
        (
            "endpoints = [\n  \"ep-old.x\" # c\n  # d\n]",
            "endpoints = [\n  \"ep-old.x\", # c\n  \"ep-new.x\"\n  # d\n]",
            BACK,
        ),
        ("endpoints = [\n  \"ep-old.x\"]", "endpoints = [\n  \"ep-old.x\", \"ep-new.x\"]", BACK),
        (
            "endpoints = [\n  \"ep-old.x\"\n  , # c\n]",
            "endpoints = [\n  \"ep-old.x\", \"ep-new.x\"\n  , # c\n]",
            BACK,
        ),
        (
            "endpoints = [\n  # c\n  \"ep-old.x\",\n]",
            "endpoints = [\n  # c\n  \"ep-new.x\",\n  \"ep-old.x\",\n]",
            FRONT,
        ),
    ];
    for (before, after, what) in table {
        let [before, after] = [before, after].map(|it| format!("[databases.d]\n{it}\n"));
        let others = vec![keep(); before.matches("ep-").count().saturating_sub(1)];
        let slots = match what {
            REPLACE => {
                let first = vec![Slot::Replace(host("ep-new.x"))];
                slots(&[], &[first, others].concat(), &[])
            }
            FRONT => slots(&["ep-new.x"], &[keep()], &[]),
            _ => slots(&[], &[keep()], &["ep-new.x"]),
        };
        becomes(&before, &after, |text| with_endpoints(text.to_owned(), "d", &slots));
    }
}

#[test]
fn an_endpoint_that_goes_takes_its_line_and_leaves_comments() {
    let drop = |at: usize| {
        let mut slots = vec![keep(), keep(), keep()];
        slots[at] = Slot::Drop;
        slots
    };
    let one = "endpoints = [\"ep-a.x\", \"ep-b.x\", \"ep-c.x\"]";
    let lines = "endpoints = [\n  \"ep-a.x\", # a\n  \"ep-b.x\",\n  # c\n  \"ep-c.x\"\n]";
    let table = [
        (one, 0, "endpoints = [\"ep-b.x\", \"ep-c.x\"]"),
        (one, 1, "endpoints = [\"ep-a.x\", \"ep-c.x\"]"),
        (one, 2, "endpoints = [\"ep-a.x\", \"ep-b.x\"]"),
        (lines, 0, "endpoints = [\n  # a\n  \"ep-b.x\",\n  # c\n  \"ep-c.x\"\n]"),
        (lines, 1, "endpoints = [\n  \"ep-a.x\", # a\n  # c\n  \"ep-c.x\"\n]"),
        (lines, 2, "endpoints = [\n  \"ep-a.x\", # a\n  \"ep-b.x\",\n  # c\n]"),
    ];
    for (before, at, after) in table {
        let [before, after] = [before, after].map(|it| format!("[databases.d]\n{it}\n"));
        let slots = slots(&[], &drop(at), &[]);
        becomes(&before, &after, |text| with_endpoints(text.to_owned(), "d", &slots));
    }
}

#[test]
fn a_list_that_is_missing_comes_below_the_project() {
    let table = [
        (
            "[databases.d]\n  project  = \"p\" # c\n  hosts = [\"h\"]\n[databases.d.branch]\nid = \"b\"\n",
            "[databases.d]\n  project  = \"p\" # c\n  endpoints = [\"ep-new.x\"]\n  hosts = [\"h\"]\n\
             [databases.d.branch]\nid = \"b\"\n",
        ),
        (
            "[databases]\nd = { project = \"p\", hosts = [\"h\"] }\n",
            "[databases]\nd = { project = \"p\", endpoints = [\"ep-new.x\"], hosts = [\"h\"] }\n",
        ),
        (
            "[databases]\nd.project = \"p\"\nd.hosts = [\"h\"]\n",
            "[databases]\nd.project = \"p\"\nd.endpoints = [\"ep-new.x\"]\nd.hosts = [\"h\"]\n",
        ),
    ];
    let slots = slots(&["ep-new.x"], &[], &[]);
    for (before, after) in table {
        becomes(before, after, |text| with_endpoints(text.to_owned(), "d", &slots));
    }
}

const REPLACE: u8 = 0;
const FRONT: u8 = 1;
const BACK: u8 = 2;
