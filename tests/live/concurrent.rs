//! Many checks of one server at the same time.

use std::time::{Duration, Instant};

use test_servers::{Cluster, Forwarder};

use crate::world::{Way, with_shop};

/// The server takes a moment to see that a client left.
fn all_gone(cluster: &Cluster) {
    let end = Instant::now() + Duration::from_secs(20);
    while cluster.active_connections() > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(cluster.active_connections(), 0);
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
