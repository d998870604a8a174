//! Tests from outside that a program gets exactly what the guard judged.
//!
//! The environment of a process cannot be assumed, so these tests start themselves again,
//! with only their own variables.

#[path = "truth/koomy.rs"]
#[expect(dead_code, reason = "shared with the truth tables, which use all of it")]
mod koomy;

use std::error::Error;
use std::process::Command;

use koomy_guard::boot_with;
use koomy_guard::gate::boot;
use koomy_guard::policy::Policy;
use serde_json::Value;

/// Prints what the gate decides about this process; not really a test.
#[test]
fn child() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let told = match boot() {
        Ok(permit) => {
            let settings: Result<Value, _> = permit.settings();
            let runtime = settings.ok().and_then(|all| all.get("node_env").cloned());
            let same = boot().is_ok_and(|again| std::ptr::eq(again, permit));
            format!("permitted {} {runtime:?} {same}", permit.environment())
        }
        Err(refusal) => {
            let rules: Vec<_> = refusal.findings().iter().map(|f| f.rule().id).collect();
            assert!(boot_with(&Policy::built_in().unwrap()).is_err(), "both look alike");
            format!("{} {}", refusal.outcome().name(), rules.join("+"))
        }
    };
    tell_parent(&told);
}

#[expect(clippy::print_stderr, reason = "the parent reads it")]
fn tell_parent(told: &str) {
    eprintln!("told: {told}");
}

/// What a process with only these variables prints.
fn told(variables: &[(String, String)]) -> String {
    let Ok(program) = std::env::current_exe() else { return String::new() };
    let mut command = Command::new(program);
    command.args(["--exact", "child", "--nocapture"]).env_clear();
    let output = command.envs(variables.iter().map(|(name, value)| (name, value))).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    let text = text.unwrap_or_default();
    let line = text.lines().find_map(|line| line.split_once("told: "));
    line.map_or(text.clone(), |(_, told)| told.to_owned())
}

#[test]
fn a_process_is_judged_by_its_own_variables() {
    for place in &koomy::PLACES {
        let mut variables = koomy::variables(place);
        let runtime = if place.name == "local" { "development" } else { "production" };
        let said = format!("permitted {} Some(String(\"{runtime}\")) true", place.name);
        assert_eq!(told(&variables), said);
        koomy::set(&mut variables, "KOOMY_ENV", Some("staging".to_owned()));
        assert_eq!(told(&variables), "refused variable-is-allowed");
    }
    assert_eq!(told(&[]), "undecided environment-is-readable");
}

/// Returns the gate's answer, like the program in the README; not really a test.
#[test]
#[expect(clippy::disallowed_methods, reason = "tells the program from the test")]
fn main_of_a_program() -> Result<(), Box<dyn Error>> {
    match std::env::var_os(PROGRAM) {
        Some(_) => Ok(boot().map(drop)?),
        None => Ok(()),
    }
}

#[test]
fn an_error_that_main_returns_shows_every_finding() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "main_of_a_program", "--nocapture"]).env_clear().env(PROGRAM, "yes");
    command.envs([("KOOMY_ENV", "sandbox"), ("NODE_ENV", "test"), ("PORT", "many")]);
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let shown = String::from_utf8(output.stderr).unwrap();
    for said in [
        "Error: refused: the boot gate of policy.example.toml, environment `sandbox`\n",
        "\nrefused[variable-is-allowed]: `NODE_ENV` ",
        "\nrefused[variable-is-set]: `DATABASE_URL` ",
        "\nrefused[variable-is-set]: `JWT_SECRET` ",
        "\nrefused[variable-is-set]: `STRIPE_WEBHOOK_SECRET` ",
        "\n  help: ",
    ] {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    for of_structs in ["Shut", "findings: [", "Some(", "\\n"] {
        assert!(!shown.contains(of_structs), "{of_structs} in {shown}");
    }
}

#[test]
fn what_was_decided_is_one_event_without_a_value() {
    let events = |variables: &[(String, String)]| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child", "--nocapture"]).env_clear();
        let output = command.envs(variables.iter().map(|(name, value)| (name, value))).output();
        let shown = String::from_utf8_lossy(&output.unwrap().stderr).into_owned();
        for (_, value) in variables.iter().filter(|(_, value)| value.len() > 16) {
            assert!(!shown.contains(value.as_str()), "{shown}");
        }
        let is_event = |line: &&str| line.contains("koomy_guard::gate: boot ");
        shown.lines().filter(is_event).map(str::to_owned).collect::<Vec<_>>()
    };
    let [_, sandbox, _] = &koomy::PLACES;
    let mut variables = koomy::variables(sandbox);
    let told = events(&variables);
    let [event] = told.as_slice() else { panic!("{told:?}") };
    let policy = Policy::built_in().unwrap();
    for said in [
        "outcome=\"permitted\"",
        "environment=\"sandbox\"",
        "policy=\"koomy\"",
        policy.sha256(),
        "rules_asked=\"database-belongs-to-environment,",
        "targets=\"primary:koomy-development\"",
    ] {
        assert!(event.contains(said), "{said} in {event}");
    }

    koomy::set(&mut variables, "NODE_ENV", Some("test".to_owned()));
    let told = events(&variables);
    assert!(told.iter().all(|event| event.contains("outcome=\"refused\"")), "{told:?}");
    assert!(told[0].contains("rules=\"variable-is-allowed\""), "{told:?}");
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_text_is_kept_and_judged() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;

    let program = std::env::current_exe().unwrap();
    let [_, _, local] = &koomy::PLACES;
    let mut command = Command::new(program);
    command.args(["--exact", "child", "--nocapture"]).env_clear().envs(koomy::variables(local));
    command.env("JWT_SECRET", OsString::from_vec(b"canary\xff".to_vec()));
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(shown.contains("told: refused variable-has-format"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}

/// Set if a test is to act as a program.
const PROGRAM: &str = "BOOT_PROGRAM";
