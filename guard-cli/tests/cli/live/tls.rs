//! Servers that cannot prove their name are refused, and nothing is sent in
//! the clear instead.

use test_servers::{Authority, Builder, Cluster, Tls};

use super::stage::{AUTHORITY, PLAIN_MAIN, Stage, certified, plain, plain_policy, with_shop};

fn stage(cluster: &Cluster) -> Stage {
    let policy = plain_policy((PLAIN_MAIN.port(), &PLAIN_MAIN), (cluster.port(), cluster));
    Stage::new(&policy, PLAIN_MAIN.port(), cluster.port())
}

fn is_refused(builder: Builder, words: &str) {
    let cluster = with_shop(builder.start());
    let logged = |cluster: &Cluster| {
        cluster
            .log()
            .lines()
            .filter(|line| line.contains("connection authorized: user=app"))
            .count()
    };
    let before = logged(&cluster);
    stage(&cluster).cannot_decide("sandbox", words);
    assert_eq!(logged(&cluster), before, "nobody logged in");
}

#[test]
fn a_wrong_name() {
    is_refused(Cluster::builder().certificate(AUTHORITY.issue(&["db.example"])), "certificate");
}

#[test]
fn an_unknown_authority() {
    let unknown = Authority::new().issue(&["localhost"]);
    is_refused(Cluster::builder().certificate(unknown), "certificate");
}

#[test]
fn an_expired_certificate() {
    let expired = AUTHORITY.issue_expired(&["localhost"]);
    is_refused(Cluster::builder().certificate(expired), "certificate");
}

#[test]
fn no_encryption_at_all() {
    is_refused(certified().tls(Tls::Off), "TLS");
}

#[test]
fn a_certificate_that_proves_the_name_is_enough() {
    let cluster = with_shop(certified().tls(Tls::Required).start());
    stage(&cluster).check("sandbox").ends(0);
}

#[test]
fn the_platforms_authorities_do_not_know_ours() {
    let cluster = with_shop(plain());
    let policy = plain_policy((PLAIN_MAIN.port(), &PLAIN_MAIN), (cluster.port(), &cluster));
    let policy = policy.replace("root_certificate = \"root.pem\"\n", "");
    let stage = Stage::new(&policy, PLAIN_MAIN.port(), cluster.port());
    stage.cannot_decide("sandbox", "certificate");
}

#[test]
fn a_root_certificate_that_is_none() {
    let cluster = with_shop(plain());
    for content in
        ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        let stage = stage(&cluster);
        std::fs::write(stage.room().at("root.pem"), content).unwrap();
        stage.cannot_decide("sandbox", "root_certificate");
    }
    let stage = stage(&cluster);
    std::fs::remove_file(stage.room().at("root.pem")).unwrap();
    stage.cannot_decide("sandbox", "root_certificate");
}
