//! A program that starts after its servers have said who they are.

use koomy_guard::facts::{Facts, Live};
use koomy_guard::gate::ConnectError;
use koomy_guard::observe::{Asking, live};
use koomy_guard::policy::{Phase, Policy};
use koomy_guard::{Boot, Permit};
use test_servers::Forwarder;

use crate::world::{World, facts, said};

fn at_boot(port: u16) -> Facts {
    Facts { phase: Phase::Boot, ..facts("sandbox", port, "shop") }
}

/// The policy with the sandbox behind `port`, and `live` if given.
fn policy(world: &World, port: u16, live: &str) -> Policy {
    let policy = world.policy();
    let [from, to] = [world.sandbox.port(), port].map(|port| format!("ports = [{port}]"));
    let text = policy.source().shown().unwrap().replace(&from, &to);
    let text = text.replace("seed = true", &format!("seed = true\n{live}"));
    Policy::parse("policy.toml", &text).unwrap()
}

#[test]
fn servers_are_asked_where_the_policy_or_the_caller_says_so() {
    let world = World::stamped();
    let port = world.sandbox.port();
    let facts = at_boot(port);
    for (live_key, asking, asked) in [
        ("", Asking::where_demanded(), false),
        ("", Asking::always(), true),
        ("live = true", Asking::where_demanded(), true),
        ("live = true", Asking::always(), true),
    ] {
        let policy = policy(&world, port, live_key);
        let permit = Permit::<Boot>::ask_live(&policy, facts.clone(), &asking).unwrap();
        assert_eq!(permit.identity("primary").is_some(), asked, "{live_key}");
        let seen = live(koomy_guard::gate::Gate::Boot, &policy, facts.clone(), &asking);
        assert_eq!(matches!(seen.live, Live::Asked(_)), asked);
        let mut client = permit.connect("primary").unwrap();
        let branch: String = client.query_one("SHOW neon.branch_id", &[]).unwrap().get(0);
        assert_eq!(branch, "br-dev-1");
        said(permit.connect("secondary").map(drop).unwrap_err());
    }
    let policy = policy(&world, port, "live = true");
    let refusal = Permit::<Boot>::ask(&policy, &facts).unwrap_err();
    assert_eq!(refusal.outcome().name(), "undecided", "no server was asked");
}

#[test]
fn a_wrong_server_starts_nothing() {
    let world = World::stamped();
    let tunnel = Forwarder::start(world.production.port());
    let policy = policy(&world, tunnel.port(), "live = true");
    let facts = at_boot(tunnel.port());
    let refusal = Permit::<Boot>::ask_live(&policy, facts, &Asking::where_demanded()).unwrap_err();
    assert_eq!(refusal.outcome().name(), "refused");
    assert!(said(&refusal).contains("refused[database-identity-matches]"), "{refusal}");
}

#[test]
fn the_connection_leads_to_the_server_that_was_asked() {
    let world = World::stamped();
    let tunnel = Forwarder::start(world.sandbox.port());
    let policy = policy(&world, tunnel.port(), "live = true");
    let facts = at_boot(tunnel.port());
    let permit = Permit::<Boot>::ask_live(&policy, facts, &Asking::where_demanded()).unwrap();
    drop(permit.connect("primary").unwrap());
    tunnel.lead_to(world.production.port());
    let error = permit.connect("primary").map(drop).unwrap_err();
    assert!(matches!(error, ConnectError::Another { .. }), "{error:?}");
    assert_eq!(
        said(&error),
        "`primary` leads to another server than the one that was asked; start again"
    );
}

#[test]
fn a_program_in_a_runtime_may_ask() {
    let world = World::stamped();
    let policy = policy(&world, world.sandbox.port(), "live = true");
    let facts = at_boot(world.sandbox.port());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let permit = Permit::<Boot>::ask_live(&policy, facts, &Asking::where_demanded()).unwrap();
        assert_eq!(permit.environment(), "sandbox");
    });
}
