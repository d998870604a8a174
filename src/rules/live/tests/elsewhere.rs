//! Databases that are not Neon's.

use super::*;

const HERE: &str = "localhost/koomy";
const TUBE: &str = "/koomy?host=/run/b";
const VAULT: &str = "vault.koomy.app/koomy";
const INNER: &str = "inner.internal/koomy";
const OUTER: &str = "outer.koomy.app/koomy";
const RDS: &str = "db.abc.eu-west-3.rds.amazonaws.com/koomy";
const SQL: &str = "sql.koomy.app/koomy";
const OTHER: &str = "sql.internal/koomy";

fn of(host: &str, service: &str) -> String {
    format!("behind `{host}` is a server of {service}, recognised by `a trace`")
}

#[test]
fn no_server_of_neons_hides_behind_another_name() {
    let behind = |host: &str| {
        format!("behind `{host}` is a Neon server, which is `main`, a database of `production`")
    };
    let (here, vault) = (behind("localhost"), behind("vault.koomy.app"));
    let new = |it: &mut Identity| {
        *rows(it) = Some(Neon { branch: Some("br-new".to_owned()), ..main() });
    };
    hold(&[
        ("sandbox", HERE, |it| *rows(it) = Some(main()), BOTH, &here),
        ("sandbox", HERE, new, BOTH, &here),
        ("production", VAULT, |it| *rows(it) = Some(main()), BOTH, &vault),
        (
            "sandbox",
            HERE,
            |it| *rows(it) = Some(Neon::default()),
            BOTH,
            "behind `localhost` is a Neon server",
        ),
        ("sandbox", HERE, |it| trace(it, "neon"), BOTH, &of("localhost", "neon")),
    ]);
}

#[test]
fn the_traces_of_a_service_fit_its_provider() {
    let vault = "vault.koomy.app";
    hold(&[
        ("sandbox", HERE, |it| trace(it, "rds"), BOTH, &of("localhost", "rds")),
        ("sandbox", TUBE, |it| trace(it, "rds"), BOTH, &of("/run/b", "rds")),
        ("production", VAULT, |it| trace(it, "rds"), BOTH, &of(vault, "rds")),
        ("production", VAULT, |it| trace(it, "supabase"), BOTH, &of(vault, "supabase")),
        ("production", RDS, |it| trace(it, "rds"), NONE, ""),
        (
            "production",
            RDS,
            |it| trace(it, "heroku"),
            BOTH,
            &of("db.abc.eu-west-3.rds.amazonaws.com", "heroku"),
        ),
        // A policy has no word for this one: it needs an address of its own.
        ("production", VAULT, |it| trace(it, "azure"), NONE, ""),
        ("sandbox", HERE, |it| trace(it, "azure"), BOTH, &of("localhost", "azure")),
        ("sandbox", OUTER, |it| trace(it, "azure"), BOTH, &of("outer.koomy.app", "azure")),
        ("sandbox", INNER, |it| trace(it, "azure"), BOTH, &of("inner.internal", "azure")),
    ]);
}

#[test]
fn a_cluster_is_the_pinned_one() {
    const NOT_SAID: &str = "it does not report its system identifier";
    let on_vaults = "it reports the system identifier `7000`, on the server of `vault`, a database of `production`";
    let another_on_vaults = |it: &mut Identity| {
        cluster(it, "7000");
        it.database = "x".to_owned();
    };
    let of_vault =
        "it reports the system identifier `7000`, which is `vault`, a database of `production`";
    hold(&[
        ("sandbox", HERE, |_| (), NONE, ""),
        ("production", VAULT, |_| (), NONE, ""),
        (
            "production",
            VAULT,
            |it| cluster(it, "7001"),
            BOTH,
            "it reports the system identifier `7001`",
        ),
        ("production", VAULT, no_cluster, BOTH, NOT_SAID),
        ("sandbox", HERE, |it| cluster(it, "7001"), NONE, ""),
        ("sandbox", HERE, |it| cluster(it, "7000"), BOTH, of_vault),
        ("sandbox", HERE, another_on_vaults, BOTH, on_vaults),
        ("sandbox", HERE, no_cluster, BOTH, NOT_SAID), // it could be `vault`
        ("sandbox", HERE, |it| it.database = "x".to_owned(), BOTH, "it reports the database `x`"),
        ("sandbox", HERE, mysql, BOTH, "it does not speak postgresql"),
    ]);
}

/// An address of its own, a pin, or a network of one's own tells a server apart.
#[test]
fn a_seed_goes_to_no_server_that_an_address_alone_names() {
    let said = "only its address tells it from others";
    hold(&[
        ("sandbox", OUTER, |_| (), SEED, said),
        ("sandbox", OUTER, |it| it.stamp = marked(it, "sandbox", "own"), SEED, said),
        ("sandbox", INNER, |_| (), NONE, ""),
        ("sandbox", HERE, |_| (), NONE, ""),
        ("production", VAULT, |_| (), NONE, ""),
        ("production", RDS, |_| (), NONE, ""),
        ("sandbox", SQL, |_| (), NONE, ""),
    ]);
    for (line, refused) in [("", true), ("network = 'private'\n", false)] {
        let own = "hosts = ['outer.koomy.app']\n";
        let ask = Ask::by(&RULE, &POLICY.replace(own, &format!("{own}{line}"))).at(Gate::Seed);
        let outer = url(OUTER);
        let facts = ask.told(&[("E", "sandbox"), ("DATABASE_URL", &*outer)], |_| ());
        assert_eq!(!ask.says_of(&facts).is_empty(), refused, "{line}");
    }
}

#[test]
fn a_mysql_server_is_the_pinned_one() {
    let of_sql = "it reports the host name `a`, which is `sql`, a database of `sandbox`";
    hold(&[
        ("sandbox", SQL, |_| (), NONE, ""),
        ("sandbox", SQL, |it| hostname(it, "b"), BOTH, "it reports the host name `b`"),
        ("sandbox", OTHER, |_| (), NONE, ""),
        ("sandbox", OTHER, |it| hostname(it, "b"), NONE, ""),
        ("sandbox", OTHER, |it| hostname(it, "a"), BOTH, of_sql),
        ("sandbox", OTHER, |it| it.database = "x".to_owned(), BOTH, "it reports the database `x`"),
        ("sandbox", OTHER, no_cluster, BOTH, "it does not speak mysql"),
    ]);
}
