//! Debug routes that are not compiled in at all.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::http::Request;
use crate::stage::{
    BINARY, PRODUCTION, SANDBOX, SANDBOX_ENV, Stage, debug_secret, sandbox_url, variables,
};

/// What debug routes leave in a binary: their paths, and their functions' names.
const TRACES: [&str; 3] = ["/api/_debug/db-identity", "/api/_debug/settings", SYMBOL];

/// The module `axum_service::debug`, as it appears in both mangling schemes.
const SYMBOL: &str = "12axum_service5debug";

/// What every build of the shop has, so that the search can be trusted.
const KEPT: [&str; 2] = ["/products", "12axum_service6routes"];

#[test]
fn a_release_without_the_feature_has_no_trace_of_debug_routes() {
    let with = build(&["--features", "debug-routes"]);
    assert_eq!(found(&with, &TRACES), TRACES, "the search finds what is there");
    let without = build(&[]);
    assert_eq!(found(&without, &TRACES), [""; 0]);
    for binary in [&with, &without] {
        assert_eq!(found(binary, &KEPT), KEPT);
    }

    // In an environment that allows them, and with the right secret.
    let stage = Stage::new(&PRODUCTION, SANDBOX.port());
    let url = sandbox_url(SANDBOX.port());
    let environment = variables(SANDBOX_ENV, &[("DATABASE_URL", &url)]);
    let secret = debug_secret();
    for (binary, status) in [(&with, 200), (&without, 404)] {
        let shop = stage.open(binary.to_str().unwrap(), &environment);
        let request = Request::get("localhost", "/api/_debug/db-identity");
        let request = Request { headers: &[("X-Debug-Secret", &secret)], ..request };
        assert_eq!(request.to(shop.port).status(), status);
    }
}

fn found<'a>(binary: &Path, texts: &[&'a str]) -> Vec<&'a str> {
    let bytes = std::fs::read(binary).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    texts.iter().copied().filter(|part| text.contains(part)).collect()
}

/// Builds a release of the shop, beside this test's build, and returns a copy.
fn build(more: &[&str]) -> PathBuf {
    let target = Path::new(BINARY).ancestors().nth(2).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--locked", "--profile", "inspected", "--target-dir"]);
    cargo.arg(target).args(["--package", "axum-service"]).args(more);
    let done = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let name = if more.is_empty() { "without" } else { "with" };
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("axum-service-{name}"));
    // A running program cannot be overwritten, but can be replaced.
    let _ = std::fs::remove_file(&copy);
    std::fs::copy(target.join("inspected/axum-service"), &copy).unwrap();
    copy
}
