//! A seed in a process of its own, with variables of its own.

use std::process::Command;

use koomy_guard::gate::{Permit, Refusal};
use koomy_guard::{Policy, Seed, Verified, boot_live, seed_with};
use postgres::Client;

use crate::world::{PASSWORD, World, cities, url};

/// Seeds with its own variables; not really a test.
#[test]
fn child() {
    if std::env::var_os("SEED_CHILD").is_none() {
        return;
    }
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    let seeded = match std::env::var("POLICY") {
        Ok(text) => seed_by(&Policy::parse("policy.toml", &text).unwrap()),
        Err(_) => koomy_guard::seed().map(drop),
    };
    let outcome = seeded.map_err(|refusal| refusal.to_string());
    tell_parent(&format!("{outcome:?}"));
}

fn seed_by(policy: &Policy) -> Result<(), Refusal> {
    let boot = boot_live(policy)?;
    assert_eq!(boot.identity("primary").unwrap().database, "shop");
    let mut db: Verified<Client> = seed_with(policy)?;
    let _leave: &Permit<Seed> = db.permit();
    db.batch_execute("INSERT INTO public.cities VALUES ('Nantes')").unwrap();
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the parent reads it")]
fn tell_parent(told: &str) {
    eprintln!("told: {told}");
}

fn told(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "process::child", "--nocapture"]).env_clear();
    command.env("SEED_CHILD", "yes");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("canary") && !text.contains(PASSWORD), "{text}");
    text
}

#[test]
fn a_process_is_seeded_by_its_own_variables() {
    let world = World::stamped();
    let policy = world.policy();
    let policy = policy.source().shown().unwrap();
    let url = url(world.sandbox.port(), "shop");
    let own = [("POLICY", policy), ("APP_ENV", "sandbox"), ("DATABASE_URL", &url)];
    let text = told(&own);
    assert!(text.contains("told: Ok(())"), "{text}");
    assert!(text.contains("koomy_guard::gate: boot outcome=\"permitted\""), "{text}");
    assert!(text.contains("koomy_guard::gate: seed outcome=\"permitted\""), "{text}");
    assert_eq!(cities(&world.sandbox), "Nantes\n");

    let production = [("POLICY", policy), ("APP_ENV", "production"), ("DATABASE_URL", &url)];
    let text = told(&production);
    assert!(text.contains("refused[database-belongs-to-environment]"), "{text}");
    let text = told(&[("KOOMY_ENV", "production")]);
    assert!(text.contains("refused[seed-environment-is-allowed]: no seed may run"), "{text}");
    assert_eq!(cities(&world.sandbox), "Nantes\n");
}
