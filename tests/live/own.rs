//! Connections that a program continues to use.

use std::cell::RefCell;
use std::path::Path;
use std::time::Instant;

use koomy_guard::Policy;
use koomy_guard::facts::{Cause, Identity, Rows};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::observe::database::Patience;
use koomy_guard::observe::database::postgres::{connect, identify, identify_async};
use koomy_guard::policy::Tripwire;
use koomy_guard::source::Place;
use postgres::{Client, NoTls};
use test_servers::{Cluster, PgBouncer, Refusing, Silent, Tls};

use crate::world::{PASSWORD, SHORT, Way, with_shop};

/// Connects under `policy`, and returns the notices so far as well.
fn open(way: &Way<'_>, policy: &Policy) -> (Result<Client, Cause>, Vec<String>) {
    let facts = way.facts();
    let verdict = decide(Gate::Boot, policy, &facts);
    let to = verdict.destination("primary").unwrap();
    let told = RefCell::new(Vec::new());
    let notice = |text: &str| told.borrow_mut().push(text.to_owned());
    let client = connect(policy, to, way.patience, &notice);
    if let Err(cause) = &client {
        assert!(!format!("{cause:?} {told:?}").contains("canary"), "{cause:?}");
    }
    (client, told.into_inner())
}

fn opened(way: &Way<'_>) -> Client {
    open(way, &way.policy()).0.unwrap_or_else(|cause| panic!("{cause:?}"))
}

fn place() -> Place {
    Place::whole(&koomy_guard::source::Source::named("here"))
}

fn ask(client: &mut Client) -> Result<Identity, String> {
    identify(client, &[], &place()).map_err(|cause| cause.message)
}

#[test]
fn a_connection_is_asked_and_left_as_it_was() {
    let cluster = with_shop(Cluster::start());
    let plain = Way::to(cluster.port(), "shop");
    for way in [plain.clone(), plain.encrypted(&cluster.root_certificate())] {
        let mut client = opened(&way);
        let all = "SELECT name, setting FROM pg_settings ORDER BY name";
        let settings = |client: &mut Client| {
            let rows = client.query(all, &[]).unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect::<Vec<(String, String)>>()
        };
        client
            .batch_execute("SET search_path = pg_temp; CREATE TEMP TABLE pg_settings ()")
            .unwrap();
        client
            .batch_execute("SET search_path = pg_catalog, pg_temp; SET statement_timeout = 1234567")
            .unwrap();
        // The language adds settings of its own when it is first used.
        client.batch_execute("DO $$ BEGIN END $$").unwrap();
        let before = settings(&mut client);
        assert_eq!(ask(&mut client), Ok(way.identity()));
        assert!(settings(&mut client) == before, "a setting is another");
        let is_read_only: &str = "SHOW transaction_read_only";
        assert_eq!(client.query_one(is_read_only, &[]).unwrap().get::<_, &str>(0), "off");
        let row = client.query_one("SHOW application_name", &[]).unwrap();
        assert_eq!(row.get::<_, &str>(0), "koomy-guard");
    }
}

#[test]
fn a_transaction_is_neither_judged_nor_ended() {
    let cluster = with_shop(Cluster::start());
    let mut client = opened(&Way::to(cluster.port(), "shop"));
    let inside = Err("the connection is inside a transaction".to_owned());
    client.batch_execute("CREATE TEMP TABLE mine (x int)").unwrap();
    client.batch_execute("BEGIN; INSERT INTO mine VALUES (1)").unwrap();
    assert_eq!(ask(&mut client), inside);
    client.batch_execute("SAVEPOINT s").unwrap();
    assert_eq!(ask(&mut client), inside);
    client.batch_execute("INSERT INTO mine VALUES (2); ROLLBACK").unwrap();
    assert!(client.query("SELECT FROM mine", &[]).unwrap().is_empty(), "it could still be undone");
    client.batch_execute("BEGIN").unwrap();
    assert!(client.batch_execute("SELECT 1 / 0").is_err());
    assert_eq!(ask(&mut client), inside);
    client.batch_execute("ROLLBACK").unwrap();
    assert!(ask(&mut client).is_ok());
}

#[test]
fn an_asynchronous_connection_is_asked_the_same() {
    let cluster = with_shop(Cluster::start());
    cluster.sql("shop", "CREATE TABLE few AS SELECT 1; GRANT SELECT ON few TO app");
    let way = Way {
        tripwire: "[environments.sandbox.tripwire.'public.few']\nrows = 0\n",
        gate: Gate::Seed,
        ..Way::to(cluster.port(), "shop")
    };
    let policy = way.policy();
    let tripwires: &[Tripwire] = &policy.environments()[0].tripwires;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let identity = runtime.block_on(async {
        let mut config = tokio_postgres::Config::new();
        config.host("localhost").port(way.port).user("app").password(PASSWORD).dbname("shop");
        let (client, connection) = config.connect(NoTls).await.unwrap();
        let running = tokio::spawn(connection);
        client.batch_execute("BEGIN").await.unwrap();
        let inside = identify_async(&client, tripwires, &place()).await.unwrap_err();
        assert_eq!(inside.message, "the connection is inside a transaction");
        client.batch_execute("ROLLBACK").await.unwrap();
        // A blocking function may be called from here as well.
        let blocking = way.identity();
        let identity = identify_async(&client, tripwires, &place()).await.unwrap();
        assert_eq!(identity, blocking);
        drop(client);
        running.await.unwrap().unwrap();
        identity
    });
    assert_eq!(identity.tripwires[0].rows, Rows::Seen { too_many: true, recent: false });
}

#[test]
fn a_pooled_connection_is_asked() {
    let cluster = with_shop(Cluster::start());
    let bouncer = PgBouncer::start(&cluster, &[("sandbox", "shop")]);
    let mut client = opened(&Way::to(bouncer.port(), "sandbox"));
    for _ in 0..3 {
        assert_eq!(ask(&mut client).map(|identity| identity.database), Ok("shop".to_owned()));
    }
}

#[test]
fn a_connection_that_fails_says_why() {
    let cluster = with_shop(Cluster::builder().tls(Tls::Off).start());
    let (silent, refusing) = (Silent::start(), Refusing::start());
    let way = Way { patience: SHORT, ..Way::to(cluster.port(), "shop") };
    let encrypted = way.clone().encrypted(&cluster.root_certificate());
    let credentials = "the server refuses the user or the password";
    let silence = "the server accepts the connection and does not answer in time";
    let table = [
        (Way { password: "wrong", ..way.clone() }, credentials),
        (Way { password: "", ..way.clone() }, "the server asks for a password, and there is none"),
        (Way { database: "missing", ..way.clone() }, "the server has no database of that name"),
        (encrypted, "the server does not offer TLS"),
        (Way { port: silent.port(), ..way.clone() }, silence),
        (Way { port: refusing.port(), ..way.clone() }, "nothing listens at the server's address"),
    ];
    for (way, message) in table {
        let start = Instant::now();
        let (client, told) = open(&way, &way.policy());
        assert_eq!(client.err().map(|cause| cause.message).as_deref(), Some(message));
        assert!(told.is_empty(), "{told:?}");
        assert!(start.elapsed() < SHORT.connect * 3, "{message}: {:?}", start.elapsed());
    }
    let patience = Patience { retries: 2, ..SHORT };
    let way = Way { port: refusing.port(), patience, ..way };
    let (client, told) = open(&way, &way.policy());
    assert!(client.is_err());
    let expected = [1, 2].map(|n| format!("the server does not answer yet; waiting ({n} of 2)"));
    assert_eq!(told, expected);
}

#[test]
fn a_root_certificate_is_relative_to_the_policy() {
    let cluster = with_shop(Cluster::start());
    let way = Way::to(cluster.port(), "shop").encrypted(Path::new("root.crt"));
    let name = cluster.root_certificate().with_file_name("policy.toml");
    let text = way.policy().source().shown().unwrap().to_owned();
    let beside = Policy::parse(name.to_str().unwrap(), &text).unwrap();
    assert!(open(&way, &beside).0.is_ok());
    let elsewhere = open(&way, &way.policy()).0.err().unwrap();
    assert!(elsewhere.message.contains("cannot be read"), "{elsewhere:?}");
}

#[test]
fn a_socket_works_too() {
    let cluster = with_shop(Cluster::start());
    let directory = cluster.socket_directory().to_str().unwrap();
    // An address without a port means the default one.
    let socket = format!("{directory}/.s.PGSQL.{}", cluster.port());
    std::os::unix::fs::symlink(socket, format!("{directory}/.s.PGSQL.5432")).unwrap();
    let text = format!(
        "version = 1\nname = 'n'\n[environments.sandbox]\ndata = 'synthetic'\ndatabases = ['it']\n\
         [variables.APP_ENV]\nis = 'environment'\n[connections.primary]\nurl = 'DATABASE_URL'\n\
         [databases.it]\nsockets = ['{directory}']\ndatabase = 'shop'\n"
    );
    let policy = Policy::parse("policy.toml", &text).unwrap();
    let url =
        Way::to(1, "shop").url().replace("localhost:1/shop", &format!("/shop?host={directory}"));
    let facts = koomy_guard::facts::Facts::assume();
    let facts = facts.variable("APP_ENV", "sandbox").variable("DATABASE_URL", url).facts();
    let verdict = decide(Gate::Boot, &policy, &facts);
    assert!(verdict.may_ask_servers(), "{:?}", verdict.findings);
    let patience = Way::to(1, "shop").patience;
    let live = koomy_guard::observe::database::identities(&policy, &verdict, patience, &|_| {});
    let identity = live.answer("primary").unwrap().seen();
    assert_eq!(identity.map(|identity| &identity.address), Some(&None), "{live:?}");
    let client = connect(&policy, verdict.destination("primary").unwrap(), patience, &|_| {});
    assert_eq!(ask(&mut client.unwrap()).as_ref().ok(), identity);
}
