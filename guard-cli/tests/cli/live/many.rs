//! Many at once.

use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use super::stage::{PRODUCTION, Stage, compute, neon_policy};
use crate::guard::MACHINE;

#[test]
fn two_hundred_checks_leave_no_connection() {
    let cluster = compute("dev");
    let (main, dev) = (PRODUCTION.port(), cluster.port());
    let stage = Stage::new(&neon_policy(main, dev), main, dev);
    let alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    let check = || {
        let guard = stage.guard(&["check", "--live", "--timeout", "60"], "sandbox");
        let output = guard.command().output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    thread::scope(|scope| {
        for _ in 0..200 {
            scope.spawn(check);
        }
    });
    drop(alone);
    // The server ends a session a moment after its client has gone.
    let start = Instant::now();
    while cluster.active_connections() > 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "{}", cluster.active_connections());
        thread::sleep(Duration::from_millis(50));
    }
    assert!(!cluster.log().contains("deadlock"));
}
