//! Servers that do not answer: each failure is distinguished, and none takes long.

use std::time::Duration;

use koomy_guard::facts::Observed;
use koomy_guard::observe::database::Patience;
use test_servers::{Cluster, Forwarder, Garbage, PgBouncer, Refusing, Silent};

use crate::world::{SHORT, Way, with_shop};

/// Asks, and checks the message, the way out and the duration.
fn fails(way: &Way<'_>, message: &str, help: &str) {
    let (found, told, taken) = way.look();
    let Observed::Unreadable(causes) = found else { panic!("{found:?}") };
    assert_eq!(causes.first.message, message);
    assert!(causes.first.help.contains(help), "{}", causes.first.help);
    assert_eq!(told.len(), usize::try_from(way.patience.retries).unwrap_or(0), "{told:?}");
    let Patience { connect, answer, .. } = way.patience;
    assert!(taken < connect + answer + BUSY, "{taken:?}");
}

/// The time that a busy machine may add.
const BUSY: Duration = Duration::from_secs(3);

fn short(port: u16) -> Way<'static> {
    Way { patience: SHORT, ..Way::to(port, "shop") }
}

fn encrypted(way: Way<'_>) -> Way<'_> {
    Way { query: "sslmode=require".to_owned(), ..way }
}

#[test]
fn an_endless_patience_does_not_fail() {
    let refusing = Refusing::start();
    let patience = Patience { connect: Duration::MAX, answer: Duration::MAX, retries: 0 };
    let way = Way { patience, ..Way::to(refusing.port(), "shop") };
    let (found, ..) = way.look();
    let Observed::Unreadable(causes) = found else { panic!("{found:?}") };
    assert_eq!(causes.first.message, "nothing listens at the server's address");
}

#[test]
fn a_refused_login_says_why() {
    let cluster = with_shop(Cluster::start());
    cluster.sql("shop", "CREATE DATABASE private; REVOKE ALL ON DATABASE private FROM PUBLIC");
    cluster.sql("shop", "CREATE ROLE nobody LOGIN; ALTER ROLE owner CONNECTION LIMIT 0");
    let way = Way::to(cluster.port(), "shop");
    let credentials = "the server refuses the user or the password";
    let limited = "the server has no connection left";
    let table = [
        (Way { password: "wrong", ..way.clone() }, credentials, "check the user's name"),
        (Way { user: "stranger", ..way.clone() }, credentials, "password"),
        (Way { user: "nobody", ..way.clone() }, credentials, "password"),
        (Way { user: "owner", ..way.clone() }, limited, "close unused connections"),
        (
            Way { password: "", ..way.clone() },
            "the server asks for a password, and there is none",
            "give",
        ),
        (
            Way { database: "missing", ..way.clone() },
            "the server has no database of that name",
            "create",
        ),
        (
            Way { database: "private", ..way.clone() },
            "the role may not connect to the database, or may not ask who the server is",
            "grant the role CONNECT",
        ),
    ];
    for (way, message, help) in table {
        fails(&way, message, help);
    }
    way.identity();
}

#[test]
fn a_refused_login_at_a_pooler_says_why() {
    let cluster = with_shop(Cluster::start());
    let bouncer = PgBouncer::start(&cluster, &[("sandbox", "shop")]);
    let way = Way::to(bouncer.port(), "sandbox");
    let wrong = Way { password: "wrong", ..way.clone() };
    fails(&wrong, "the server refuses the user or the password", "check");
    way.identity();
}

#[test]
fn a_port_without_a_listener_is_tried_again() {
    let refusing = Refusing::start();
    let way = short(refusing.port());
    let message = "nothing listens at the server's address";
    fails(&way, message, "check that the server runs");
    let way = Way { patience: Patience { retries: 2, ..SHORT }, ..way };
    fails(&way, message, "check that the server runs");
    let (_, told, taken) = way.look();
    let expected = [1, 2].map(|number| {
        format!("the server of `DATABASE_URL` does not answer yet; waiting ({number} of 2)")
    });
    assert_eq!(told, expected);
    assert!(taken >= Duration::from_millis(750), "{taken:?}: there is a pause");
}

#[test]
fn a_server_that_wakes_up_is_waited_for() {
    let cluster = with_shop(Cluster::start());
    let way = Way::to(cluster.port(), "shop");
    let way = Way { patience: Patience { retries: 20, ..way.patience }, ..way };
    cluster.stop();
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| way.look());
        std::thread::sleep(Duration::from_millis(400));
        cluster.restart();
        let (found, told, _) = asked.join().unwrap();
        assert!(matches!(found, Observed::Seen(_)), "{found:?}");
        assert!(!told.is_empty());
    });
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let silent = Silent::start();
    let message = "the server accepts the connection and does not answer in time";
    let patience = Patience { retries: 3, ..SHORT };
    for way in [short(silent.port()), encrypted(short(silent.port()))] {
        let way = Way { patience, ..way };
        let (found, told, taken) = way.look();
        let Observed::Unreadable(causes) = found else { panic!("{found:?}") };
        assert_eq!(causes.first.message, message);
        assert!(causes.first.help.contains("listens there"));
        assert_eq!(told, Vec::<String>::new(), "it is there, so it is not tried again");
        assert!(taken >= SHORT.connect && taken < SHORT.connect + BUSY, "{taken:?}");
    }
    assert_eq!(silent.accepted(), 2);
}

#[test]
fn garbage_is_not_a_server() {
    let protocol = "what listens there does not speak the protocol of the database";
    let plain = Garbage::start();
    // Read as a message, its first bytes announce one without an end.
    let flood = "the server's answer is longer than any answer can be";
    fails(&short(plain.port()), flood, "listens on the port");
    // Its first byte does not mean yes.
    fails(&encrypted(short(plain.port())), "the server does not offer TLS", "TLS");
    let yes = Garbage::after(b"S");
    fails(&encrypted(short(yes.port())), protocol, "listens on the port");
}

#[test]
fn an_answer_without_end_is_cut() {
    // One notice follows another.
    let endless = Garbage::after(b"N\0\xff\xff\xff");
    let flood = "the server's answer is longer than any answer can be";
    fails(&short(endless.port()), flood, "listens on the port");
}

/// How much a server sends until it has answered.
fn said(cluster: &Cluster, way: &Way<'_>) -> usize {
    // Doubles the limit at each try, then finds the exact number.
    let forwarder = Forwarder::start(cluster.port());
    let through = |bytes| {
        forwarder.cut_after(bytes);
        let (found, ..) = Way { port: forwarder.port(), ..way.clone() }.look();
        matches!(found, Observed::Seen(_))
    };
    let (mut low, mut high) = (0, 1 << 14);
    assert!(through(high));
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if through(middle) { high = middle } else { low = middle }
    }
    high
}

#[test]
fn a_server_that_stops_at_any_point_is_given_up() {
    let cluster = with_shop(Cluster::start());
    let plain = Way::to(cluster.port(), "shop");
    for way in [plain.clone(), plain.encrypted(&cluster.root_certificate())] {
        let all = said(&cluster, &way);
        let forwarder = Forwarder::start(cluster.port());
        let way = Way { port: forwarder.port(), ..way };
        for part in 0..12 {
            let bytes = all * part / 12;
            forwarder.cut_after(bytes);
            let cause = way.cause();
            let lost = "the connection to the server was lost";
            assert_eq!(cause.message, lost, "{bytes} of {all}");
        }
        let way = Way { patience: SHORT, ..way };
        for part in [1, 5, 11] {
            forwarder.stall_after(all * part / 12);
            let silent = "the server accepts the connection and does not answer in time";
            fails(&way, silent, "try again");
        }
    }
}

#[test]
fn a_server_that_is_killed_while_it_answers_is_given_up() {
    let cluster = with_shop(Cluster::start());
    // The lock makes the probe wait in the middle of its answer.
    cluster.sql("shop", "CREATE TABLE busy (id int); GRANT SELECT ON busy TO app");
    let way = Way {
        tripwire: "[environments.sandbox.tripwire.'public.busy']\nrows = 1\n",
        gate: koomy_guard::gate::Gate::Seed,
        ..Way::to(cluster.port(), "shop")
    };
    std::thread::scope(|scope| {
        let lock = scope.spawn(|| {
            let superuser = (cluster.superuser(), cluster.superuser_password());
            let text = "BEGIN; LOCK busy; SELECT pg_sleep(600)";
            cluster.try_sql(superuser, "shop", text)
        });
        while cluster.sql("shop", "SELECT count(*) FROM pg_locks WHERE relation = 'busy'::regclass")
            != "1\n"
        {}
        let asked = scope.spawn(|| way.look());
        while cluster.sql("shop", "SELECT count(*) FROM pg_locks WHERE NOT granted") != "1\n" {}
        cluster.kill();
        let (found, _, _) = asked.join().unwrap();
        let Observed::Unreadable(causes) = found else { panic!("{found:?}") };
        assert_eq!(causes.first.message, "the connection to the server was lost");
        assert!(lock.join().unwrap().is_err());
    });
}
