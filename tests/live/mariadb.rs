//! MariaDB, asked who it is.

use std::collections::BTreeSet;
use std::path::Path;

use koomy_guard::Policy;
use koomy_guard::facts::{
    Facts, Identity, Live, Observed, Right, Rows, Server, StampState, Tables,
};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::observe::database::{Patience, identities};
use test_servers::{Authority, Garbage, MariaDb, Refusing, Silent, Tls};

use crate::world::{LONG, SHORT};

struct Way<'a> {
    port: u16,
    user: &'a str,
    password: &'a str,
    database: &'a str,
    query: &'a str,
    root: Option<&'a Path>,
    patience: Patience,
}

impl<'a> Way<'a> {
    fn to(server: &'a MariaDb) -> Self {
        let (user, password) = (server.user(), server.password());
        let (port, patience) = (server.port(), LONG);
        Self { port, user, password, database: "shop", query: "", root: None, patience }
    }

    fn look(&self) -> Result<Identity, String> {
        let Self { port, user, password, database, query, root, patience } = self;
        let root = root.map(|root| format!("root_certificate = '{}'\n", root.display()));
        let text = format!(
            "version = 1\nname = 'n'\n\
             [environments.sandbox]\ndata = 'synthetic'\nseed = true\ndatabases = ['it']\n\
             [environments.sandbox.tripwire.'shop.orders']\nrows = 1\nrecent = 'made'\n\
             [environments.sandbox.tripwire.'shop.gone']\nrows = 1\n\
             [environments.sandbox.tripwire.'shop.lost']\nrecent = 'made'\n\
             [environments.sandbox.tripwire.'mysql.user']\nrows = 1\n\
             [variables.APP_ENV]\nis = 'environment'\n\
             [connections.primary]\nurl = 'DATABASE_URL'\nengine = 'mysql'\n\
             [databases.it]\nengine = 'mysql'\nhosts = ['localhost']\nports = [{port}]\n\
             database = '{database}'\n{}",
            root.unwrap_or_default()
        );
        let policy = Policy::parse("policy.toml", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let url = format!("mysql://{user}:{password}@localhost:{port}/{database}{query}");
        let facts = Facts::assume().variable("APP_ENV", "sandbox").variable("DATABASE_URL", url);
        let facts = facts.facts();
        let verdict = decide(Gate::Seed, &policy, &facts);
        assert!(verdict.may_ask_servers(), "{:?}", verdict.findings);
        let Live::Asked(mut answers) = identities(&policy, &verdict, *patience, &|_| {}) else {
            panic!("nothing was asked")
        };
        assert!(!format!("{answers:?}").contains(password), "the password is printed");
        match answers.remove(0).identity {
            Observed::Seen(identity) => Ok(identity),
            Observed::Absent => panic!("absent"),
            Observed::Unreadable(causes) => Err(causes.first.message),
        }
    }
}

#[test]
fn a_server_is_its_host_and_the_role_is_its_grants() {
    let server = MariaDb::start();
    let root = server.root_certificate();
    let plain = Way::to(&server);
    let encrypted =
        Way { query: "?ssl-mode=VERIFY_IDENTITY", root: Some(&root), ..Way::to(&server) };
    let hostname = server.sql("shop", "SELECT @@hostname");
    for way in [&plain, &encrypted] {
        let identity = way.look().unwrap();
        let expected = Server::MySql { hostname: hostname.trim().to_owned(), uuid: None };
        assert_eq!(identity.server, expected);
        assert_eq!((identity.database.as_str(), identity.role.name.as_str()), ("shop", "app@%"));
        assert!(identity.version.contains("MariaDB"), "{}", identity.version);
        assert_eq!(identity.role.rights, BTreeSet::from([Right::Owner]));
        assert!(!identity.read_only);
        assert_eq!(identity.stamp, StampState::No { tables: Tables::Absent });
        let rows: Vec<_> = identity.tripwires.into_iter().map(|counted| counted.rows).collect();
        let why = "the role has no right to read it".to_owned();
        assert_eq!(rows, [Rows::NoTable, Rows::NoTable, Rows::NoTable, Rows::Unreadable { why }]);
    }
}

#[test]
fn tables_rows_and_grants_show() {
    let server = MariaDb::start();
    let plain = Way::to(&server);
    server.sql("shop", "CREATE VIEW shown AS SELECT 1");
    assert_eq!(plain.look().unwrap().stamp, StampState::No { tables: Tables::Absent });
    server.sql("shop", "CREATE TABLE kept (id INT) WITH SYSTEM VERSIONING");
    assert_eq!(plain.look().unwrap().stamp, StampState::No { tables: Tables::Present });
    server.sql("shop", "DROP TABLE kept");
    server.sql("shop", "CREATE TABLE orders (made DATETIME); SET GLOBAL read_only = 1");
    server.sql("shop", "INSERT INTO orders VALUES (NOW()), (NOW())");
    server.sql("shop", "SET GLOBAL sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,IGNORE_SPACE'");
    server.sql("shop", "GRANT CREATE USER, REPLICATION SLAVE ON *.* TO app");
    let identity = plain.look().unwrap();
    assert!(identity.read_only);
    assert_eq!(identity.stamp, StampState::No { tables: Tables::Present });
    assert_eq!(identity.tripwires[0].rows, Rows::Seen { too_many: true, recent: true });
    let rights = [Right::Owner, Right::CreateRole, Right::Replication];
    assert_eq!(identity.role.rights, BTreeSet::from(rights));
    let root = Way { user: "root", password: server.superuser_password(), ..plain };
    let found = root.look().map(|identity| identity.role.rights);
    assert!(
        found == Ok(BTreeSet::from(Right::ALL))
            || found == Err("the server refuses the user or the password".to_owned()),
        "{found:?}"
    );
}

#[test]
fn what_is_not_a_time_is_never_recent() {
    let server = MariaDb::start();
    let plain = Way::to(&server);
    server.sql("shop", "CREATE TABLE orders (made DATETIME)");
    for (of, is_time) in [
        ("DATE", true),
        ("TIMESTAMP NULL", true),
        ("VARCHAR(20)", false),
        ("BIGINT", false),
        ("YEAR", false),
    ] {
        server.sql("shop", &format!("DELETE FROM orders; ALTER TABLE orders MODIFY made {of}"));
        let rows = plain.look().unwrap().tripwires.swap_remove(0).rows;
        let why = "the column named by `recent` does not hold a time".to_owned();
        let expected = match is_time {
            true => Rows::Seen { too_many: false, recent: false },
            false => Rows::Unreadable { why },
        };
        assert_eq!(rows, expected, "{of}");
    }
    server.sql("shop", "ALTER TABLE orders CHANGE made placed DATETIME");
    let why = "counting it fails".to_owned();
    assert_eq!(plain.look().unwrap().tripwires[0].rows, Rows::Unreadable { why });
}

#[test]
fn a_server_that_cannot_be_asked_fails_with_the_reason() {
    let server = MariaDb::start();
    let other = MariaDb::start();
    let without = MariaDb::start_with(Tls::Off, &Authority::new().issue(&["localhost"]));
    let elsewhere = MariaDb::start_with(Tls::Offered, &Authority::new().issue(&["db.example"]));
    let old = MariaDb::start_with(Tls::Offered, &Authority::new().issue_expired(&["localhost"]));
    let servers = [&server, &other, &without, &elsewhere, &old];
    let roots = servers.map(MariaDb::root_certificate);
    let encrypted = |index: usize, root: usize| Way {
        query: "?ssl-mode=REQUIRED",
        root: Some(&roots[root]),
        ..Way::to(servers[index])
    };
    let (silent, garbage, refusing) = (Silent::start(), Garbage::start(), Refusing::start());
    let odd = |port| Way { port, patience: SHORT, ..Way::to(&server) };
    let missing = Path::new("/nowhere.crt");
    let table = [
        (
            Way { password: "wrong", ..Way::to(&server) },
            "the server refuses the user or the password",
        ),
        (
            Way { database: "mysql", ..Way::to(&server) },
            "the role may not connect to the database, or may not ask who the server is",
        ),
        (encrypted(0, 1), "the server's certificate is signed by an authority that is not trusted"),
        (encrypted(2, 2), "the server does not offer TLS"),
        (encrypted(3, 3), "the server's certificate is for another host"),
        (encrypted(4, 4), "the server's certificate has expired"),
        (
            Way { root: Some(missing), ..encrypted(0, 0) },
            "the certificate file that `root_certificate` of the policy names cannot be used: \
             it cannot be read",
        ),
        (odd(silent.port()), "the server accepts the connection and does not answer in time"),
        (odd(garbage.port()), "what listens there does not speak the protocol of the database"),
        (odd(refusing.port()), "nothing listens at the server's address"),
    ];
    for (way, message) in table {
        assert_eq!(way.look(), Err(message.to_owned()));
    }
    assert!(encrypted(0, 0).look().is_ok());
}
