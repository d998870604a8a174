//! `explain`, `rules`, `init`, `completions`, `man`

use koomy_guard::rules::RULES;

use crate::guard::{FORMATS, Room};

#[test]
fn every_rule_is_listed_and_explained() {
    let room = Room::new();
    let listed = room.guard(["rules"]).run().ends(0).stdout;
    let document = room.guard(["rules", "--format", "json"]).run().ends(0).json();
    assert_eq!(listed.lines().count(), RULES.len());
    for (rule, line) in RULES.iter().zip(listed.lines()) {
        assert!(line.starts_with(rule.id) && line.ends_with(rule.summary), "{line}");
        let page = room.guard(["explain", rule.id]).run().ends(0).stdout;
        assert!(page.contains("## Way out") && page.contains(rule.id), "{page}");
    }
    let ids: Vec<_> = document["rules"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
}

#[test]
fn a_rule_that_is_not_there_is_misuse() {
    let room = Room::new();
    let ran = room.guard(["explain", "variable-is-sett"]).run().ends(2);
    let ran = ran.says("did you mean `variable-is-set`?");
    assert!(ran.stdout.is_empty());
    room.guard(["explain", "xyzzy"]).run().ends(2).says("guard-cli rules");
    room.guard(["explain"]).run().ends(2);
    let json = room.guard(["explain", "variable-is-set", "--format", "json"]).run().ends(0).json();
    assert_eq!(json["gates"][0], "boot");
}

/// What judges nothing has no findings for those formats.
#[test]
fn a_document_has_the_forms_of_a_document() {
    let room = Room::new();
    let documents: [&[&str]; 6] = [
        &["rules"],
        &["explain", "variable-is-set"],
        &["policy", "show"],
        &["policy", "schema"],
        &["sql", "assert", "--environment", "local"],
        &["init"],
    ];
    let scripts: [&[&str]; 2] = [&["completions", "bash"], &["man"]];
    for (commands, known) in [(&documents[..], 2), (&scripts[..], 1)] {
        for command in commands {
            for format in &FORMATS[known..] {
                let ran = room.guard(command.iter().chain(&["--format", format])).run().ends(2);
                let ran = ran.says(&format!("this command has no `{format}` format"));
                assert!(ran.stdout.is_empty(), "{ran:?}");
            }
        }
    }
    assert!(!room.at("policy.toml").exists());
}

#[test]
fn init_writes_a_policy_that_passes_and_overwrites_nothing() {
    let room = Room::new();
    room.guard(["init"]).run().ends(0);
    let written = room.text("policy.toml");
    assert!(written.contains("# The policy of environments and secrets"));
    room.guard(["policy", "check"]).run().ends(0);
    room.guard(["init"]).run().ends(2).says("already exists");
    assert_eq!(room.text("policy.toml"), written);
    room.guard(["init", "--policy", "other.toml"]).run().ends(0);
    assert_eq!(room.text("other.toml"), written);
    room.guard(["init", "--policy", "no/such/directory.toml"]).run().ends(2);
    std::os::unix::fs::symlink("nowhere", room.at("link.toml")).unwrap();
    room.guard(["init", "--policy", "link.toml"]).run().ends(2);
}

#[test]
fn init_takes_names_and_no_values_from_an_env_file() {
    let value = ["canary", "value"].concat();
    let env = format!("KOOMY_ENV={value}\nDATABASE_URL={value}\nAPI_TOKEN={value}\nWHAT={value}\n");
    let room = Room::new().file("e", env);
    room.guard(["init", "--env-file", "e"]).run().ends(0);
    let written = room.text("policy.toml");
    assert!(!written.contains(&value), "{written}");
    for table in ["[variables.KOOMY_ENV]", "[variables.API_TOKEN]", "[variables.WHAT]"] {
        assert!(written.contains(table), "{table} in {written}");
    }
    room.guard(["policy", "check"]).run().ends(0);
    room.guard(["init", "--policy", "b.toml", "--env-file", "none"]).run().ends(2);
    assert!(!room.at("b.toml").exists());
}

#[test]
fn completions_and_manual_pages_name_the_commands() {
    let room = Room::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = room.guard(["completions", shell]).run().ends(0).stdout;
        assert!(script.contains("env-file") && script.contains("explain"), "{shell}");
    }
    room.guard(["completions", "tcsh"]).run().ends(2);
    let page = room.guard(["man"]).run().ends(0).stdout;
    assert!(page.contains(".TH guard-cli 1") && page.contains("exec"));
    let page = room.guard(["man", "check"]).run().ends(0).stdout;
    assert!(page.contains("matrix"), "{page}");
    assert!(room.guard(["man", "policy", "diff"]).run().ends(0).stdout.contains("since"));
    room.guard(["man", "chekc"]).run().ends(2).says("did you mean `check`?");
}

/// The commands that the help of `path` lists, each with what is said of it.
fn listed(room: &Room, path: &[String]) -> Vec<(String, String)> {
    let help = room.guard(path.iter().map(String::as_str).chain(["--help"])).run().ends(0).stdout;
    let list = help.split_once("\nCommands:\n").map_or("", |(_, list)| list);
    let lines = list.lines().take_while(|line| line.starts_with("  "));
    let pairs = lines.filter_map(|line| line.trim().split_once("  "));
    let pairs = pairs.map(|(name, about)| (name.to_owned(), about.trim().to_owned()));
    pairs.filter(|(name, _)| name != "help").collect()
}

#[test]
fn a_command_says_the_same_of_itself_wherever_it_is_described() {
    let (room, mut paths, mut seen) = (Room::new(), vec![Vec::new()], 0);
    while let Some(path) = paths.pop() {
        for (name, about) in listed(&room, &path) {
            let command = [&path[..], &[name]].concat();
            let own = room.guard(command.iter().map(String::as_str).chain(["--help"])).run();
            assert_eq!(own.ends(0).stdout.lines().next(), Some(&*about), "{command:?}");
            let page = room.guard(["man"].into_iter().chain(command.iter().map(String::as_str)));
            let page = page.run().ends(0).stdout.replace("\\*(Aq", "'").replace('\\', "");
            let title = format!(".TH guard-cli-{} 1  \"guard-cli ", command.join("-"));
            assert!(page.contains(&title), "{title} in {page}");
            let name = format!("\nguard-cli-{} - {about}\n", command.join("-"));
            assert!(page.contains(&name), "{name} in {page}");
            paths.push(command);
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn help_is_about_this_program_whatever_lies_around() {
    let room = Room::new().file("policy.toml", "broken");
    for args in
        [&["--help"][..], &["-h"], &["help"], &["check", "--help"], &["exec", "-h"], &["--version"]]
    {
        let ran = room.guard(args).run().ends(0);
        assert!(ran.stdout.contains("guard-cli") && ran.stderr.is_empty(), "{ran:?}");
    }
    room.guard([] as [&str; 0]).run().ends(2).says("Usage");
}
