//! `seed` and `sql assert`

use std::io::Write;
use std::process::{Command, Stdio};

use test_servers::{Cluster, Forwarder, PgBouncer};

use super::stage::{
    DEVELOPMENT, PRODUCTION, Stage, as_app, compute, neon_policy, password, plain, plain_policy,
    url, with_shop,
};
use crate::guard::Ran;

fn stage(dev: u16) -> Stage {
    let main = PRODUCTION.port();
    Stage::new(&neon_policy(main, dev), main, dev)
}

#[test]
fn a_seed_runs_in_the_judged_environment() {
    let stage = stage(DEVELOPMENT.port());
    let script = "tr '\\0' ' ' < /proc/$$/cmdline; echo; env";
    let command = ["seed", "--env-file", "sandbox.env", "--", "/bin/sh", "-c", script];
    let ran = stage.room().guard(command).env("PATH", "/usr/bin:/bin").env("PGHOST", "x").run();
    let ran = ran.ends(0).says("seed permitted environment=sandbox");
    let (arguments, environment) = ran.stdout.split_once('\n').unwrap();
    assert!(!arguments.contains(&password()), "{arguments}");
    assert!(environment.contains(&format!("DATABASE_URL={}", url(DEVELOPMENT.port()))));
    assert!(environment.contains("APP_ENV=sandbox") && !environment.contains("PGHOST"));
    let ran = stage.seed("sandbox").ends(0);
    let line: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(
        (&line["gate"], &line["servers_asked"]),
        (&"seed".into(), &serde_json::json!(["primary"]))
    );
}

#[test]
fn an_environment_that_may_not_be_seeded_is_not_even_asked() {
    let trap = Forwarder::start(PRODUCTION.port());
    let (main, dev) = (trap.port(), DEVELOPMENT.port());
    let stage = Stage::new(&neon_policy(main, dev), main, dev);
    let ran = stage.seed("production").ends(78);
    assert!(ran.rules().contains(&"seed-environment-is-allowed".to_owned()), "{ran:?}");
    assert!(!ran.stdout.contains("seeded"));
    assert_eq!(trap.accepted(), 0);
}

#[test]
fn a_database_that_nobody_stamped_is_not_seeded_once_it_has_tables() {
    let cluster = compute("dev");
    let stage = stage(cluster.port());
    stage.seed("sandbox").ends(0);
    as_app(&cluster, "CREATE TABLE public.orders (id int)");
    let ran = stage.seed("sandbox").ends(78);
    assert!(ran.rules().contains(&"seed-database-is-disposable".to_owned()), "{ran:?}");
    stage.run(&["stamp", "--yes"], "sandbox").ends(0);
    stage.seed("sandbox").ends(0);
}

#[test]
fn the_tripwire_knows_a_database_in_use() {
    let cluster = compute("dev");
    let (main, dev) = (PRODUCTION.port(), cluster.port());
    let policy = neon_policy(main, dev)
        + "[environments.sandbox.tripwire.\"public.orders\"]\nrows = 2\nrecent = \"at\"\n";
    let stage = Stage::new(&policy, main, dev);
    stage.run(&["stamp", "--yes"], "sandbox").ends(0);
    stage.seed("sandbox").ends(0);
    let insert = "INSERT INTO public.orders VALUES (now() - interval '1 year')";
    as_app(&cluster, &format!("CREATE TABLE public.orders (at timestamptz); {insert}; {insert}"));
    stage.seed("sandbox").ends(0);
    let trips = |text: &str| {
        as_app(&cluster, text);
        let ran = stage.seed("sandbox").ends(78);
        assert!(ran.rules().contains(&"seed-database-is-disposable".to_owned()), "{ran:?}");
        assert!(ran.stdout.contains("public.orders"), "{ran:?}");
        stage.check("sandbox").ends(0);
    };
    trips(insert);
    trips("TRUNCATE public.orders; INSERT INTO public.orders VALUES (now())");
}

/// What `sql assert` prints.
fn assertion(stage: &Stage) -> String {
    let ran = stage.run(&["sql", "assert"], "sandbox").ends(0);
    let named = stage.room().guard(["sql", "assert", "--environment", "sandbox"]).run().ends(0);
    assert_eq!(ran.stdout, named.stdout);
    ran.stdout
}

/// Runs SQL in one transaction, through a URL.
fn transaction(url: &str, stage: &Stage, text: &str) -> Result<(), String> {
    let mut psql = Command::new("psql");
    psql.env_clear().env("PATH", "/usr/bin:/bin").env("PGSSLROOTCERT", stage.room().at("root.pem"));
    psql.args(["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", "-", url]);
    let mut child = psql.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    if output.status.success() { Ok(()) } else { Err(said) }
}

fn rows(cluster: &Cluster) -> String {
    as_app(cluster, "SELECT count(*) FROM public.cities")
}

/// The seed writes where it should, and not once the way leads elsewhere.
fn stops_a_seed(stage: &Stage, url: &str, dev: &Cluster, main: &Cluster, re_point: impl FnOnce()) {
    stage.run(&["stamp", "--yes"], "sandbox").ends(0);
    for cluster in [dev, main] {
        as_app(cluster, "CREATE TABLE public.cities (name text)");
    }
    let block = assertion(stage);
    let text = format!("{block}\nINSERT INTO public.cities VALUES ('Nantes');");
    transaction(url, stage, &text).unwrap();
    assert_eq!((rows(dev), rows(main)), ("1\n".to_owned(), "0\n".to_owned()));
    re_point();
    let said = transaction(url, stage, &text).unwrap_err();
    assert!(said.contains("koomy-guard"), "{said}");
    assert_eq!((rows(dev), rows(main)), ("1\n".to_owned(), "0\n".to_owned()));
}

#[test]
fn a_seed_that_is_pointed_elsewhere_writes_nothing() {
    let (main, dev) = (compute("main"), compute("dev"));
    let way = Forwarder::start(dev.port());
    let stage = Stage::new(&neon_policy(main.port(), way.port()), main.port(), way.port());
    stops_a_seed(&stage, &url(way.port()), &dev, &main, || way.lead_to(main.port()));

    let (main, dev) = (with_shop(plain()), with_shop(plain()));
    let way = Forwarder::start(dev.port());
    let policy = plain_policy((main.port(), &main), (way.port(), &dev));
    let stage = Stage::new(&policy, main.port(), way.port());
    stops_a_seed(&stage, &url(way.port()), &dev, &main, || way.lead_to(main.port()));
}

#[test]
fn a_seed_through_a_pooler_writes_nothing_elsewhere() {
    let (main, dev) = (compute("main"), compute("dev"));
    let poolers = [&dev, &main].map(|cluster| PgBouncer::start(cluster, &[("shop", "shop")]));
    let way = Forwarder::start(poolers[0].port());
    let stage = Stage::new(&neon_policy(main.port(), way.port()), main.port(), way.port());
    let url = url(way.port()).replace("verify-full", "require");
    stops_a_seed(&stage, &url, &dev, &main, || way.lead_to(poolers[1].port()));
}

#[test]
fn an_environment_that_may_not_be_seeded_has_no_assertion() {
    let stage = stage(DEVELOPMENT.port());
    let refused = |ran: Ran| {
        let ran = ran.keeps_secrets().ends(1);
        assert!(!ran.stdout.contains("DO $"), "{ran:?}");
    };
    refused(stage.guard(&["sql", "assert"], "production").run());
    refused(stage.room().guard(["sql", "assert", "--environment", "production"]).run());
    let named = |name: &str| stage.room().guard(["sql", "assert", "--environment", name]);
    let ran = named("production").run().says("refused[seed-database-is-disposable]: ");
    assert!(ran.stderr.contains("--> policy.toml:") && ran.stderr.contains("= help: "), "{ran:?}");
    let json = ["sql", "assert", "--environment", "production", "--format", "json"];
    let document = stage.room().guard(json).run().ends(1).json();
    assert_eq!(
        (&document["outcome"], &document["gate"]),
        (&"refused".into(), &"sql-assert".into())
    );
    let finding = &document["findings"][0];
    assert_eq!(finding["subject"], "DATABASE_URL");
    assert_eq!(finding["places"][0]["source"], "policy.toml");
    assert!(finding["places"][0]["line"].is_number() && document["sql"].is_null(), "{document}");
    let json = ["sql", "assert", "--format", "json"];
    let document = stage.room().guard(json).env("APP_ENV", "staging").run().ends(1).json();
    assert_eq!(document["findings"][0]["rule"], "variable-is-allowed");
    for format in ["sarif", "github"] {
        let of = ["sql", "assert", "--environment", "sandbox", "--format", format];
        stage.room().guard(of).run().ends(2).says("this command has no");
    }
    named("staging").run().ends(2);
    stage.room().guard(["sql", "assert"]).run().keeps_secrets().ends(3);
    stage.room().guard(["sql", "assert"]).env("APP_ENV", "staging").run().ends(1);
    stage.room().guard(["sql"]).run().ends(2);
}
