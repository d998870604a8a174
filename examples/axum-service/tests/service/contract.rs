//! What the shop answers, and to which hosts.

use crate::http::{Answer, Request};
use crate::stage::{
    ALIKE, BINARY, PRODUCTION, PRODUCTION_ENV, SANDBOX, SANDBOX_ENV, Stage, debug_secret,
    production_url, sandbox_url, variables,
};

use test_servers::{Forwarder, Refusing};

const IDENTITY: &str = "/api/_debug/db-identity";
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn order(port: u16, body: &str) -> Answer {
    let request = Request::get("localhost", "/orders");
    Request { method: "POST", headers: &[JSON], body, ..request }.to(port)
}

#[test]
fn the_shop_sells_in_its_sandbox() {
    let stage = Stage::new(&PRODUCTION, SANDBOX.port());
    let shop = stage.sandbox(SANDBOX.port());
    let products = Request::get("localhost", "/products").to(shop.port);
    let listed = r#"[{"id":1,"name":"Teapot","cents":3900},{"id":2,"name":"Cup","cents":900}]"#;
    assert_eq!(products.said(), (200, listed));
    assert_eq!(order(shop.port, r#"{"product":2,"quantity":6}"#).status(), 201);
    assert_eq!(order(shop.port, r#"{"product":7,"quantity":6}"#).status(), 422);
    assert_eq!(order(shop.port, r#"{"product":2,"quantity":0}"#).status(), 422);
    let kept = SANDBOX.sql("shop_sandbox", "SELECT product, quantity FROM orders");
    assert_eq!(kept, "2|6\n");
}

#[test]
fn a_request_for_another_host_is_misdirected() {
    let stage = Stage::new(&PRODUCTION, SANDBOX.port());
    let [sandbox, production] = [stage.sandbox(SANDBOX.port()), stage.production()];
    let table = [
        (&sandbox, "sandbox.shop.example", 200),
        (&sandbox, "localhost:8080", 200),
        (&sandbox, "www.shop.example", 421),
        (&sandbox, "nobody.example", 421),
        (&production, "www.shop.example", 200),
        (&production, "WWW.shop.example:443", 200),
        (&production, "sandbox.shop.example", 421),
        (&production, "localhost", 421),
    ];
    for (shop, host, status) in table {
        let answer = Request::get(host, "/products").to(shop.port);
        assert_eq!(answer.status(), status, "{host}: {answer:?}");
        // A load balancer may use any host name.
        assert_eq!(Request::get(host, "/ready").to(shop.port).status(), 200, "{host}");
    }
    assert!(sandbox.log().contains("production"), "contamination is logged: {}", sandbox.log());
}

#[test]
fn debug_endpoints_of_the_sandbox_need_its_secret() {
    let stage = Stage::new(&PRODUCTION, SANDBOX.port());
    let shop = stage.sandbox(SANDBOX.port());
    let secret = debug_secret();
    let open = [("X-Debug-Secret", secret.as_str())];
    let twice = [open[0], open[0]];
    let ask = |path: &str, headers: &[(&str, &str)]| {
        Request { headers, ..Request::get("localhost", path) }.to(shop.port)
    };
    let absent = ask("/api/_trash/db-identity", &[]);
    assert_eq!(absent.said(), (404, r#"{"error":"nothing here"}"#));
    for headers in [&[][..], &[("X-Debug-Secret", "guess")], &twice] {
        assert_eq!(ask(IDENTITY, headers), absent);
    }
    let identity = ask(IDENTITY, &open);
    assert_eq!(identity.status(), 200, "{identity:?}");
    let told: serde_json::Value = serde_json::from_str(identity.body()).unwrap();
    assert_eq!(told["environment"], "sandbox");
    assert_eq!(told["connections"][0]["policy_database"], "shop-sandbox");
    let cluster = &told["connections"][0]["identity"]["system_identifier"];
    assert_eq!(cluster, &SANDBOX.system_identifier());

    // The settings are shown, and nothing else from the environment.
    let settings = format!(r#"{{"port":{},"public_url":"http://localhost:8080"}}"#, shop.port);
    assert_eq!(ask("/api/_debug/settings", &open).said(), (200, settings.as_str()));
    for name in ["port", "database_url", "debug_secret"] {
        let answer = ask(&format!("/api/_debug/settings/{name}"), &open);
        assert_eq!(answer.status(), 404, "{name}: {answer:?}");
    }
}

#[test]
fn in_production_a_debug_path_is_absent_to_the_byte() {
    let stage = Stage::new(&PRODUCTION, SANDBOX.port());
    let shop = stage.production();
    let secret = debug_secret();
    let mut asked = 0;
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        for headers in [&[][..], &[("X-Debug-Secret", "x")], &[("X-Debug-Secret", &secret)]] {
            for below in ["", "/", "/db-identity", "/settings", "/settings/port"] {
                let ask = |root: &str| {
                    let path = format!("/api/{root}{below}");
                    let request = Request::get("www.shop.example", &path);
                    Request { method, headers, ..request }.to(shop.port)
                };
                let hidden = ask("_debug");
                assert_eq!(hidden, ask("_trash"), "{method} {below}");
                assert_eq!(hidden.status(), 404, "{method} {below}");
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 7 * 3 * 5);
}

#[test]
fn the_sandbox_does_not_open_on_the_database_of_production() {
    let tunnel = Forwarder::start(ALIKE.port());
    let nobody = Refusing::start();
    let table = [
        // Refused by its address.
        (&*PRODUCTION, SANDBOX.port(), production_url(), 78, "database-belongs-to-environment"),
        // Refused by what the server says, behind the sandbox's own address.
        (&*ALIKE, tunnel.port(), sandbox_url(tunnel.port()), 78, "database-identity-matches"),
        // A server that says nothing does not count as the right one.
        (&*ALIKE, nobody.port(), sandbox_url(nobody.port()), 75, "database-identity-matches"),
    ];
    for (main, port, url, code, rule) in table {
        let stage = Stage::new(main, port);
        let mut shop = stage.start(BINARY, &variables(SANDBOX_ENV, &[("DATABASE_URL", &url)]));
        assert_eq!(shop.ended(), Some(code), "{}", shop.log());
        assert!(shop.log().contains(&format!("[{rule}]")), "{rule}: {}", shop.log());
    }
    let stage = Stage::new(&PRODUCTION, SANDBOX.port());
    let url = sandbox_url(SANDBOX.port());
    for (file, changes, rule) in [
        (PRODUCTION_ENV, &[("DATABASE_URL", url.as_str())][..], "database-belongs-to-environment"),
        (SANDBOX_ENV, &[("DATABASE_URL", &url), ("DEBUG_SECRET", "")], "variable-is-set"),
        (
            PRODUCTION_ENV,
            &[("DATABASE_URL", &production_url()), ("DEBUG_SECRET", &debug_secret())],
            "variable-is-allowed-here",
        ),
    ] {
        let mut shop = stage.start(BINARY, &variables(file, changes));
        assert_eq!(shop.ended(), Some(78), "{}", shop.log());
        assert!(shop.log().contains(&format!("[{rule}]")), "{rule}: {}", shop.log());
    }
}
