//! Many checks of one server at the same time.

use std::time::{Duration, Instant};

use koomy_guard::facts::Observed;
use koomy_guard::gate::Gate;
use test_servers::{Cluster, Forwarder};

use crate::world::{Way, with_shop};

/// Waits until the server has noticed that its clients left.
fn all_gone(cluster: &Cluster) {
    let end = Instant::now() + Duration::from_secs(20);
    // The counting connection also needs a moment to leave, so one answer is enough.
    let mut left = cluster.active_connections();
    while left > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(50));
        left = cluster.active_connections();
    }
    assert_eq!(left, 0);
}

#[test]
fn two_hundred_checks_leave_no_connection() {
    let cluster = with_shop(Cluster::start());
    let plain = Way::to(cluster.port(), "shop");
    let ways = [plain.clone(), plain.encrypted(&cluster.root_certificate())];
    let expected = ways[0].identity();
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..200)
            .map(|number| {
                let way = &ways[number % 2];
                scope.spawn(|| way.identity())
            })
            .collect();
        for asked in asked {
            assert_eq!(asked.join().unwrap(), expected);
        }
    });
    all_gone(&cluster);
    let log = cluster.log();
    assert!(!log.contains("unexpected EOF") && !log.contains("reset by peer"), "{log}");
}

#[test]
fn a_check_that_gives_up_leaves_no_connection() {
    let cluster = with_shop(Cluster::start());
    let forwarder = Forwarder::start(cluster.port());
    let way = Way { patience: crate::world::SHORT, ..Way::to(forwarder.port(), "shop") };
    forwarder.stall_after(300);
    way.cause();
    let end = Instant::now() + Duration::from_secs(20);
    while forwarder.open() > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(forwarder.open(), 0);
    all_gone(&cluster);
}

/// Whether it takes no more than this number of round trips: half a trip is left for a
/// busy machine, which gets several tries.
fn within_trips(near: &Way<'_>, far: &Way<'_>, trips: u32) -> bool {
    let taken = |way: &Way<'_>| match way.look() {
        (Observed::Seen(_), _, taken) => taken,
        (found, _, _) => panic!("{found:?}"),
    };
    let own = (0..3).map(|_| taken(near)).min().unwrap_or_default();
    let bound = own + TRIP * trips + TRIP / 2;
    (0..8).any(|_| taken(far) < bound)
}

#[test]
fn everything_that_is_asked_is_one_round_trip() {
    let cluster = with_shop(Cluster::start());
    cluster.sql("shop", "CREATE TABLE a (); CREATE TABLE b (); GRANT SELECT ON a, b TO app");
    let forwarder = Forwarder::delayed(cluster.port(), TRIP / 2);
    let near = Way {
        gate: Gate::Seed,
        tripwire: "[environments.sandbox.tripwire.'public.a']\nrows = 1\n\
                   [environments.sandbox.tripwire.'public.b']\nrows = 1\n",
        ..Way::to(cluster.port(), "shop")
    };
    let far = |way: &Way<'static>| Way { port: forwarder.port(), ..way.clone() };
    assert!(within_trips(&near, &far(&near), 4), "start, two of the password, the question");
    let near = near.encrypted(&cluster.root_certificate());
    assert!(within_trips(&near, &far(&near), 6), "and two of TLS");
}

const TRIP: Duration = Duration::from_millis(300);
