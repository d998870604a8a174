//! The connections of a pool.

use koomy_guard::SeedCheck;
use koomy_guard::gate::Refusal;

use crate::verified::open;
use crate::world::{World, client, facts, raised, said};

#[test]
fn each_connection_of_a_pool_is_asked() {
    let world = World::stamped();
    let check = SeedCheck::new(world.policy(), world.facts(), "primary").unwrap();
    assert_eq!(format!("{check:?}"), "SeedCheck(..)");
    let [good, bad] = [&world.sandbox, &world.production].map(|cluster| cluster.port());
    assert_eq!(check.verify(&mut client(good, "shop")).unwrap().environment(), "sandbox");
    let rule = |refusal: Refusal| {
        said(&refusal);
        refusal.findings()[0].rule().id
    };
    let refusal = check.clone().verify(&mut client(bad, "shop")).unwrap_err();
    assert_eq!(rule(refusal), "database-identity-matches");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let task = async move {
        let verdicts = [
            check.verify_async(&open(good).await).await,
            check.verify_async(&open(bad).await).await,
        ];
        (check, verdicts)
    };
    let (check, [good, refused]) = runtime.block_on(runtime.spawn(task)).unwrap();
    assert_eq!(good.unwrap().environment(), "sandbox");
    assert_eq!(rule(refused.unwrap_err()), "database-identity-matches");

    // For a driver that only reports that a statement failed.
    let assertion = check.assertion().unwrap();
    client(world.sandbox.port(), "shop").batch_execute(&assertion).unwrap();
    let error = client(world.production.port(), "shop").batch_execute(&assertion).unwrap_err();
    assert_eq!(raised(&error).0, "KG001");
}

#[test]
fn a_pool_for_an_environment_that_may_not_be_seeded_is_refused() {
    let world = World::new();
    let facts = facts("production", world.production.port(), "shop");
    let refusal = SeedCheck::new(world.policy(), facts, "primary").unwrap_err();
    assert!(said(&refusal).contains("seed-environment-is-allowed"), "{refusal}");
    assert_eq!(world.production.active_connections(), 0);
}
