//! Poolers and other databases.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::Path;
use std::process::Command;

use test_servers::{Authority, Cluster, MariaDb, PgBouncer, Tls};

fn ask(program: &str, arguments: &[&str], password: &str) -> Result<String, String> {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin").env("MYSQL_PWD", password);
    let done = command.args(arguments).output().unwrap();
    let [out, error] = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap());
    if done.status.success() { Ok(out) } else { Err(error) }
}

#[test]
fn a_bouncer_gives_a_database_another_name() {
    let cluster = Cluster::start();
    cluster.create_role("app", "one password");
    cluster.create_database("production", "app");
    let bouncer = PgBouncer::start(&cluster, &[("sandbox", "production")]);
    let text = "SELECT current_database(), current_user, inet_server_port()";
    let expected = Ok(format!("production|app|{}\n", cluster.port()));
    let root = bouncer.root_certificate();
    for more in [
        "sslmode=disable".to_owned(),
        format!("sslmode=verify-full&sslrootcert={}", root.display()),
    ] {
        let url = format!("{}?{more}", bouncer.url("app", "one password", "sandbox"));
        assert_eq!(ask("psql", &["-XAt", "-c", text, &url], ""), expected, "{more}");
    }
    for (password, alias) in [("another", "sandbox"), ("one password", "production")] {
        let url = bouncer.url("app", password, alias);
        assert!(ask("psql", &["-X", "-c", text, &url], "").is_err(), "{alias}");
    }
    assert!(bouncer.log().contains("process up"));
    let process = format!("/proc/{}", bouncer.process_id().unwrap());
    assert!(Path::new(&process).exists());
    drop(bouncer);
    assert!(!Path::new(&process).exists() && !root.exists());
}

#[test]
fn mariadb_answers() {
    let server = MariaDb::start();
    let [port, root] = [server.port().to_string(), server.root_certificate().display().to_string()];
    let to = ["--no-defaults", "-N", "-h127.0.0.1", "-P", &port, "-uapp"];
    let text = "SELECT CURRENT_USER(), DATABASE(), @@port";
    let arguments = [&to[..], &["--ssl-verify-server-cert", "--ssl-ca", &root, "shop", "-e", text]];
    let said = ask("mariadb", &arguments.concat(), server.password());
    assert_eq!(said, Ok(format!("app@%\tshop\t{port}\n")));
    assert!(ask("mariadb", &arguments.concat(), "wrong").unwrap_err().contains("Access denied"));
    let other = server.try_sql(("app", server.password()), "mysql", "SELECT 1").unwrap_err();
    assert!(other.contains("Access denied"), "{other}");
    server.sql("shop", "CREATE TABLE orders (id INT)");
    assert_eq!(server.sql("shop", "SHOW TABLES"), "orders\n");
    let process = format!("/proc/{}", server.process_id().unwrap());
    assert!(Path::new(&process).exists());
    drop(server);
    assert!(!Path::new(&process).exists() && !Path::new(&root).exists());
}

#[test]
fn mariadb_uses_the_given_tls_mode() {
    let certificate = Authority::new().issue(&["localhost"]);
    for (tls, plain, encrypted) in [(Tls::Off, true, false), (Tls::Required, false, true)] {
        let server = MariaDb::start_with(tls, &certificate);
        let port = server.port().to_string();
        let to = ["--no-defaults", "-N", "-h127.0.0.1", "-P", &port, "-uapp", "-e", "SELECT 1"];
        for (option, expected) in [("--skip-ssl", plain), ("--ssl", encrypted)] {
            let text = "SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS \
                        WHERE VARIABLE_NAME = 'Ssl_cipher'";
            let arguments = [&to[..7], &[text, option]].concat();
            let said = ask("mariadb", &arguments, server.password());
            let is_encrypted = said.as_deref() == Ok("1\n");
            let has_answered = said.is_ok() && is_encrypted == (option == "--ssl");
            assert_eq!(has_answered, expected, "{tls:?} {option} {said:?}");
        }
    }
}
