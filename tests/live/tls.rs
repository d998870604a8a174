//! TLS that cannot be trusted, and servers without TLS.

use std::path::PathBuf;

use test_servers::{Authority, Cluster, PgBouncer, Tls};

use crate::world::{Way, with_shop};

fn encrypted<'a>(cluster: &Cluster, root: &std::path::Path) -> Way<'a> {
    Way::to(cluster.port(), "shop").encrypted(root)
}

/// Checks the message, and a part of the way out.
fn cause(way: &Way<'_>, message: &str, help: &str) {
    let cause = way.cause();
    assert_eq!(cause.message, message);
    assert!(cause.help.contains(help), "{}", cause.help);
}

fn no_session(cluster: &Cluster) {
    let log = cluster.log();
    assert!(!log.contains("connection authorized: user=app"), "{log}");
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let certificate = Authority::new().issue(&["db.example"]);
    let cluster = with_shop(Cluster::builder().certificate(certificate).start());
    let way = encrypted(&cluster, &cluster.root_certificate());
    let message = "the server's certificate is for another host";
    for mode in ["require", "verify-ca", "verify-full"] {
        let query = format!("sslmode={mode}");
        cause(&Way { query, ..way.clone() }, message, "connect by a name in the certificate");
    }
    no_session(&cluster);
}

#[test]
fn a_certificate_may_name_an_address() {
    let cluster = with_shop(Cluster::start());
    let way = encrypted(&cluster, &cluster.root_certificate());
    Way { host: "127.0.0.1", ..way.clone() }.identity();
    let certificate = Authority::new().issue(&["localhost"]);
    let cluster = with_shop(Cluster::builder().certificate(certificate).start());
    let way = encrypted(&cluster, &cluster.root_certificate());
    way.identity();
    let way = Way { host: "127.0.0.1", ..way };
    cause(&way, "the server's certificate is for another host", "name");
}

#[test]
fn an_authority_that_is_not_named_is_not_trusted() {
    let [cluster, other] = [(); 2].map(|()| with_shop(Cluster::start()));
    let message = "the server's certificate is signed by an authority that is not trusted";
    let way = encrypted(&cluster, &other.root_certificate());
    cause(&way, message, "`root_certificate`");
    // This machine's authorities do not know it either, whoever names them.
    cause(&Way { policy: String::new(), ..way.clone() }, message, "`sslrootcert`");
    let query = "sslmode=verify-full&sslrootcert=system".to_owned();
    let right = encrypted(&cluster, &cluster.root_certificate()).policy;
    cause(&Way { query, policy: right, ..way.clone() }, message, "`root_certificate`");
    // The URL's own file takes precedence over the policy's.
    let query = format!("sslmode=require&sslrootcert={}", cluster.root_certificate().display());
    Way { query, ..way }.identity();
    no_session(&other);
}

#[test]
fn a_certificate_that_was_valid_once_is_refused() {
    let certificate = Authority::new().issue_expired(&["localhost"]);
    let cluster = with_shop(Cluster::builder().certificate(certificate).start());
    let way = encrypted(&cluster, &cluster.root_certificate());
    cause(&way, "the server's certificate has expired", "renew");
    no_session(&cluster);
}

#[test]
fn a_server_without_tls_gets_no_connection() {
    let cluster = with_shop(Cluster::builder().tls(Tls::Off).start());
    let way = encrypted(&cluster, &cluster.root_certificate());
    for mode in ["require", "verify-ca", "verify-full"] {
        let query = format!("sslmode={mode}");
        cause(&Way { query, ..way.clone() }, "the server does not offer TLS", "never falls back");
    }
    no_session(&cluster);
    Way { query: "sslmode=disable".to_owned(), ..way }.identity();
    assert!(cluster.log().contains("connection authorized: user=app"), "the log tells");
}

#[test]
fn a_server_that_insists_on_tls_says_so() {
    let cluster = with_shop(Cluster::builder().tls(Tls::Required).start());
    let way = encrypted(&cluster, &cluster.root_certificate());
    way.identity();
    for query in ["", "sslmode=disable", "sslmode=allow", "sslmode=prefer"] {
        let message = "the server does not let this user in from here, or not in this way";
        cause(&Way { query: query.to_owned(), ..way.clone() }, message, "add `sslmode=require`");
    }
}

#[test]
fn the_password_is_bound_to_the_channel_where_that_is_asked_for() {
    let cluster = with_shop(Cluster::start());
    let way = encrypted(&cluster, &cluster.root_certificate());
    for word in ["require", "prefer", "disable"] {
        let query = format!("sslmode=require&channel_binding={word}");
        Way { query, ..way.clone() }.identity();
    }
    // A proxy that decrypts the connection cannot bind the password.
    let bouncer = PgBouncer::start(&cluster, &[("shop", "shop")]);
    let way = Way { port: bouncer.port(), ..way };
    Way { query: "sslmode=require".to_owned(), ..way.clone() }.identity();
    let query = "sslmode=require&channel_binding=require".to_owned();
    let message = "server and guard find no common way to prove the password";
    cause(&Way { query, ..way }, message, "leave out `channel_binding=require`");
}

#[test]
fn a_bad_certificate_file_is_named_by_the_key_that_names_it() {
    let cluster = with_shop(Cluster::start());
    let directory = PathBuf::from(cluster.socket_directory());
    let path = |name: &str| directory.join(name);
    std::fs::write(path("empty.crt"), "nothing").unwrap();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(path("broken.crt"), broken).unwrap();
    let table = [
        ("missing.crt", "cannot be read", "check the name"),
        ("", "cannot be read", "name a file inside it"),
        ("empty.crt", "holds no certificate", "in PEM"),
        ("broken.crt", "holds something that is not the certificate of an authority", "in PEM"),
        ("server.key", "holds no certificate", "in PEM"),
    ];
    for (name, why, help) in table {
        let way = encrypted(&cluster, &path(name));
        let by = "the certificate file that `root_certificate` of the policy names cannot be used";
        cause(&way, &format!("{by}: it {why}"), help);
        if name.is_empty() {
            continue;
        }
        let query = format!("sslmode=require&sslrootcert={}", path(name).display());
        let by = "the certificate file that `sslrootcert` of the address names cannot be used";
        let way = Way { query, ..way };
        cause(&way, &format!("{by}: it {why}"), help);
        // Its name is part of a variable's value.
        assert!(!way.cause().message.contains(name));
    }
    no_session(&cluster);
}
