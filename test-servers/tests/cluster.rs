//! A cluster is what it says it is.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::process::Command;

use test_servers::{Authority, Cluster, Neon, Tls};

/// Asks through TCP and TLS, with the root certificate of `trusted`.
fn ask(cluster: &Cluster, trusted: &Cluster, more: &str) -> Result<String, String> {
    let url = cluster.url("app", PASSWORD, "shop");
    let root = trusted.root_certificate();
    let url = format!("{url}?sslmode=verify-full&sslrootcert={}{more}", root.display());
    let mut psql = Command::new("psql");
    psql.env_clear().env("PATH", "/usr/bin");
    let text = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let done = psql.args(["-XAt", "-c", text, &url]).output().unwrap();
    let [out, error] = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap());
    if done.status.success() { Ok(out) } else { Err(error) }
}

fn with_app(cluster: Cluster) -> Cluster {
    cluster.create_role("app", PASSWORD);
    cluster.create_database("shop", "app");
    cluster
}

fn neon() -> Neon {
    let [project_id, branch_id] = ["calm-field-1".to_owned(), "br-calm-1".to_owned()];
    Neon { project_id, branch_id, endpoint_id: "ep-calm-1".to_owned(), ..Neon::default() }
}

#[test]
fn a_client_that_knows_the_authority_connects() {
    let [cluster, other] = [Cluster::start(), Cluster::start()].map(with_app);
    assert_eq!(ask(&cluster, &cluster, ""), Ok("t|TLSv1.3\n".to_owned()));
    assert!(ask(&cluster, &other, "").unwrap_err().contains("certificate verify failed"));
    let wrong = cluster.try_sql(("app", "wrong"), "shop", "SELECT 1").unwrap_err();
    assert!(wrong.contains("password authentication failed"), "{wrong}");
    let stored = cluster.sql("shop", "SELECT rolpassword FROM pg_authid WHERE rolname = 'app'");
    assert!(stored.starts_with("SCRAM-SHA-256$"), "{stored}");
    assert_ne!(cluster.superuser_password(), other.superuser_password());
    assert_ne!(cluster.system_identifier(), other.system_identifier());
}

#[test]
fn a_certificate_can_be_wrong_in_every_way() {
    let authority = Authority::new();
    let certificates = [
        (authority.issue(&["db.example"]), "does not match host name"),
        (authority.issue_expired(&["localhost"]), "certificate verify failed"),
    ];
    for (certificate, expected) in certificates {
        let cluster = with_app(Cluster::builder().certificate(certificate).start());
        assert_eq!(cluster.root_pem(), authority.pem());
        let said = ask(&cluster, &cluster, "").unwrap_err();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_cluster_uses_the_given_tls_mode() {
    let cluster = with_app(Cluster::builder().tls(Tls::Off).start());
    let said = ask(&cluster, &cluster, "").unwrap_err();
    assert!(said.contains("server does not support SSL"), "{said}");
    assert_eq!(ask(&cluster, &cluster, "&sslmode=prefer"), Ok("f|\n".to_owned()));
    let cluster = with_app(Cluster::builder().tls(Tls::Required).start());
    assert_eq!(ask(&cluster, &cluster, ""), Ok("t|TLSv1.3\n".to_owned()));
    let said = ask(&cluster, &cluster, "&sslmode=disable").unwrap_err();
    assert!(said.contains("no encryption"), "{said}");
}

#[test]
fn the_ids_of_neon_cannot_be_changed_from_within() {
    let cluster = with_app(Cluster::builder().neon(neon()).start());
    let rows = "SELECT name, setting, context, source FROM pg_settings \
                WHERE name LIKE 'neon.%' ORDER BY name";
    let expected = "neon.branch_id|br-calm-1|postmaster|configuration file\n\
                    neon.endpoint_id|ep-calm-1|postmaster|configuration file\n\
                    neon.project_id|calm-field-1|postmaster|configuration file\n\
                    neon.tenant_id||postmaster|default\n\
                    neon.timeline_id||postmaster|default\n";
    // Only the superuser may see where a setting comes from.
    assert_eq!(cluster.sql("shop", rows), expected);
    let spoof = "SET neon.branch_id = 'br-dev-1'";
    let said = cluster.try_sql(("app", PASSWORD), "shop", spoof).unwrap_err();
    assert!(said.contains("cannot be changed without restarting the server"), "{said}");
    // The prefix is reserved.
    let said = cluster.try_sql(("app", PASSWORD), "shop", "SET neon.other = 'x'").unwrap_err();
    assert!(said.contains("neon.other"), "{said}");

    let plain = with_app(Cluster::start());
    assert_eq!(plain.sql("shop", &format!("{spoof}; SHOW neon.branch_id; {rows}")), "br-dev-1\n");

    cluster.restart_as(Neon { branch_id: "br-restored-1".to_owned(), ..neon() });
    assert_eq!(cluster.sql("shop", "SHOW neon.branch_id"), "br-restored-1\n");
}

#[test]
fn a_copy_differs_from_a_fresh_cluster() {
    let origin = with_app(Cluster::start());
    origin.sql("shop", "CREATE TABLE orders AS SELECT 1 AS id");
    let child = origin.basebackup_as(Cluster::builder().neon(neon()));
    let copies = [origin.basebackup(), child];
    for copy in &copies {
        assert_eq!(copy.system_identifier(), origin.system_identifier());
        assert_eq!(copy.sql("shop", "SELECT id FROM orders"), "1\n");
        assert_ne!(copy.port(), origin.port());
        copy.sql("shop", "UPDATE orders SET id = 2");
    }
    assert_eq!(copies[1].sql("shop", "SHOW neon.branch_id"), "br-calm-1\n");
    assert_eq!(origin.sql("shop", "SELECT id FROM orders"), "1\n");

    let other = Cluster::start();
    other.create_role("app", PASSWORD);
    other.create_database("restored", "app");
    other.sql("restored", &origin.dump("shop"));
    assert_eq!(other.sql("restored", "SELECT id FROM orders"), "1\n");
}

#[test]
fn a_server_that_died_starts_again() {
    let cluster = with_app(Cluster::start());
    for die in [Cluster::stop, Cluster::kill] {
        die(&cluster);
        assert_eq!(cluster.process_id(), None);
        assert!(cluster.try_sql(("app", PASSWORD), "shop", "SELECT 1").is_err());
        cluster.restart();
        assert_eq!(cluster.sql("shop", "SELECT 1"), "1\n");
        assert_eq!(cluster.active_connections(), 0);
    }
}

/// Another program's connection may use the port while no server does.
#[test]
fn a_port_that_is_taken_meanwhile_is_waited_for() {
    let cluster = with_app(Cluster::start());
    cluster.stop();
    let taken = std::net::TcpListener::bind(("127.0.0.1", cluster.port())).unwrap();
    let ends = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(1));
        drop(taken);
    });
    cluster.restart();
    assert_eq!(cluster.sql("shop", "SELECT 1"), "1\n");
    ends.join().unwrap();
}

#[test]
fn nothing_is_left_behind() {
    let cluster = Cluster::start();
    let home = cluster.socket_directory().to_owned();
    let process = format!("/proc/{}", cluster.process_id().unwrap());
    let exists = |path: &str| std::path::Path::new(path).exists();
    assert!(exists(&process) && home.exists());
    drop(cluster);
    assert!(!exists(&process) && !home.exists());
}

const PASSWORD: &str = "pass'word/%\"1";
