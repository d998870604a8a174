//! A server that is replaced by another while the shop is open.

use std::time::{Duration, Instant};

use test_servers::Forwarder;

use crate::http::Request;
use crate::stage::{ALIKE, SANDBOX, Stage};

#[test]
fn a_shop_whose_server_is_re_pointed_is_not_ready_and_does_not_sell() {
    let tunnel = Forwarder::start(SANDBOX.port());
    let stage = Stage::new(&ALIKE, tunnel.port());
    let shop = stage.sandbox(tunnel.port());
    let ask = |path| Request::get("localhost", path).to(shop.port);
    assert_eq!(ask("/products").status(), 200);
    assert_eq!(ask("/ready").said(), (200, r#"{"ready":true,"rules":[]}"#));

    tunnel.lead_to(ALIKE.port());
    tunnel.hang_up();
    // The connection is lost, and none to the other server replaces it.
    for _ in 0..3 {
        assert_eq!(ask("/products").said(), (503, r#"{"error":"try again later"}"#));
    }
    let end = Instant::now() + Duration::from_secs(90);
    while ask("/ready").status() == 200 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(250));
    }
    let not_ready = r#"{"ready":false,"rules":["database-identity-matches"]}"#;
    assert_eq!(ask("/ready").said(), (503, not_ready), "{}", shop.log());

    tunnel.lead_to(SANDBOX.port());
    tunnel.hang_up();
    assert_eq!(ask("/products").status(), 200, "{}", shop.log());
}
