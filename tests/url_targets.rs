//! Compares what the grammar accepts with what nine drivers really dialed.

use std::collections::BTreeMap;

use koomy_guard::secret::Secret;
use koomy_guard::target::{Engine, MOVERS, Provider, Target};
use serde_json::Value;

const RECORDED: &str = include_str!("data/url-targets.json");

/// The complete list, so that a looser or a stricter grammar shows here.
const ACCEPTED: [u64; 22] =
    [0, 1, 2, 5, 45, 75, 86, 87, 90, 91, 92, 97, 100, 135, 136, 137, 145, 166, 171, 172, 195, 200];

fn cases() -> Vec<Value> {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap_or_default();
    recorded.get("cases").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn id(case: &Value) -> u64 {
    case.get("id").and_then(Value::as_u64).unwrap_or(u64::MAX)
}

/// The target of a case, unless the URL or its environment is refused.
fn accepted(case: &Value) -> Option<Target> {
    let moved = MOVERS.iter().any(|mover| case.pointer(&format!("/env/{mover}")).is_some());
    let url = Secret::new(text(case, "input"));
    Target::parse(Engine::Postgres, &url).ok().filter(|_| !moved)
}

fn clients(case: &Value) -> impl Iterator<Item = (&String, &Value)> {
    case.get("clients").and_then(Value::as_object).into_iter().flatten()
}

fn dials(client: &Value) -> Vec<&str> {
    let dials = client.get("dials").and_then(Value::as_array);
    dials.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn exactly_these_inputs_are_accepted() {
    let cases = cases();
    assert_eq!(cases.len(), 156);
    let found: Vec<u64> = cases.iter().filter(|case| accepted(case).is_some()).map(id).collect();
    assert_eq!(found, ACCEPTED);
}

#[test]
fn no_driver_dials_what_an_accepted_input_does_not_list() {
    let mut dialed = BTreeMap::new();
    for case in cases() {
        let Some(target) = accepted(&case) else { continue };
        let listed = target.dials();
        for (client, seen) in clients(&case) {
            let about = format!("case {} with {client}", id(&case));
            let dials = dials(seen);
            for dial in &dials {
                assert!(
                    listed.iter().any(|listed| listed == dial),
                    "{about}: {dial}, not {listed:?}"
                );
            }
            if !dials.is_empty() {
                assert_eq!(text(seen, "dbname"), target.database(), "{about}");
                assert_eq!(text(seen, "user"), target.user(), "{about}");
                *dialed.entry(client.clone()).or_insert(0) += 1;
            }
        }
    }
    // A test that compares nothing would pass, too.
    assert_eq!(dialed.len(), 9, "{dialed:?}");
    assert!(dialed.values().all(|count| *count >= 18), "{dialed:?}");
}

#[test]
fn what_a_parser_reports_is_the_target_too() {
    for case in cases() {
        let Some(target) = accepted(&case) else { continue };
        for (client, seen) in clients(&case).filter(|(client, _)| *client != "pgjdbc") {
            let hosts = seen.get("hosts").and_then(Value::as_array).into_iter().flatten();
            for host in hosts.filter_map(Value::as_str) {
                let listed = target.dials().concat();
                let host = host.trim_end_matches("/.s.PGSQL.5432");
                assert!(listed.contains(host), "case {} with {client}: {host}", id(&case));
            }
        }
    }
}

#[test]
fn the_canonical_form_of_a_refused_input_is_accepted() {
    let mut offered = Vec::new();
    for case in cases() {
        let url = Secret::new(text(&case, "input"));
        let Err(ambiguity) = Target::parse(Engine::Postgres, &url) else { continue };
        let Some(canonical) = ambiguity.canonical() else { continue };
        let target = Target::parse(Engine::Postgres, &Secret::new(canonical));
        let shown = target.as_ref().map(Target::shown);
        assert_eq!(shown.as_deref().ok(), Some(canonical), "case {}", id(&case));
        offered.push(id(&case));
    }
    assert_eq!(
        offered,
        [6, 7, 21, 22, 31, 76, 96, 101, 130, 132, 150, 170, 196, 197, 201, 206, 217, 221]
    );
}

#[test]
fn the_ordinary_forms_are_accepted() {
    for (url, dial, provider) in ORDINARY {
        let parsed = Target::parse(Engine::Postgres, &Secret::new(url));
        let target = parsed.unwrap_or_else(|ambiguity| panic!("{url}: {ambiguity}"));
        assert_eq!(target.dials(), [dial], "{url}");
        assert_eq!(target.provider(), provider, "{url}");
        let again = Target::parse(Engine::Postgres, &target.url());
        assert!(
            again.is_ok_and(|again| again == target && again.shown() == target.shown()),
            "{url}"
        );
    }
}

const ORDINARY: [(&str, &str, Provider); 36] = [
    (
        "postgresql://app:pw@ep-calm-hill-a1b2c3d4.us-east-2.aws.neon.tech/shop?sslmode=require&channel_binding=require",
        "ep-calm-hill-a1b2c3d4.us-east-2.aws.neon.tech:5432",
        Provider::Neon,
    ),
    (
        "postgresql://app:pw@ep-calm-hill-a1b2c3d4-pooler.us-east-2.aws.neon.tech/shop?sslmode=require",
        "ep-calm-hill-a1b2c3d4-pooler.us-east-2.aws.neon.tech:5432",
        Provider::Neon,
    ),
    (
        "postgresql://app:pw@ep-calm-hill-a1b2c3d4.c-2.eu-central-1.aws.neon.tech/shop?sslmode=require",
        "ep-calm-hill-a1b2c3d4.c-2.eu-central-1.aws.neon.tech:5432",
        Provider::Neon,
    ),
    (
        "postgres://app:pw@ep-calm-hill-a1b2c3d4-pooler.c-3.eu-central-1.aws.neon.tech/shop?sslmode=require&channel_binding=require",
        "ep-calm-hill-a1b2c3d4-pooler.c-3.eu-central-1.aws.neon.tech:5432",
        Provider::Neon,
    ),
    (
        "postgresql://app:pw@ep-calm-hill-a1b2c3d4.eastus2.azure.neon.tech/shop?sslmode=require",
        "ep-calm-hill-a1b2c3d4.eastus2.azure.neon.tech:5432",
        Provider::Neon,
    ),
    (
        "postgresql://app:pw@ep-calm-hill-a1b2c3d4.us-east-2.aws.neon.tech/shop?pgbouncer=true&connect_timeout=15&pool_timeout=15&sslmode=require",
        "ep-calm-hill-a1b2c3d4.us-east-2.aws.neon.tech:5432",
        Provider::Neon,
    ),
    (
        "postgres://default:pw@ep-calm-hill-a1b2c3d4-pooler.us-east-1.postgres.vercel-storage.com/verceldb?sslmode=require",
        "ep-calm-hill-a1b2c3d4-pooler.us-east-1.postgres.vercel-storage.com:5432",
        Provider::Neon,
    ),
    (
        "postgresql://postgres:pw@db.abcdefghijklmnopqrst.supabase.co:5432/postgres",
        "db.abcdefghijklmnopqrst.supabase.co:5432",
        Provider::Supabase,
    ),
    (
        "postgresql://postgres.abcdefghijklmnopqrst:pw@aws-0-eu-west-3.pooler.supabase.com:5432/postgres",
        "aws-0-eu-west-3.pooler.supabase.com:5432",
        Provider::Supabase,
    ),
    (
        "postgres://postgres.abcdefghijklmnopqrst:pw@aws-0-eu-west-3.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1",
        "aws-0-eu-west-3.pooler.supabase.com:6543",
        Provider::Supabase,
    ),
    (
        "postgresql://app:pw@shop.c9akciq32abc.eu-west-3.rds.amazonaws.com:5432/shop?sslmode=verify-full&sslrootcert=/certs/global-bundle.pem",
        "shop.c9akciq32abc.eu-west-3.rds.amazonaws.com:5432",
        Provider::Rds,
    ),
    (
        "postgresql://app:pw@shop.proxy-c9akciq32abc.eu-west-3.rds.amazonaws.com/shop?sslmode=require",
        "shop.proxy-c9akciq32abc.eu-west-3.rds.amazonaws.com:5432",
        Provider::Rds,
    ),
    (
        "postgresql://app:pw@shop.cluster-c9akciq32abc.eu-west-3.rds.amazonaws.com:5432/shop",
        "shop.cluster-c9akciq32abc.eu-west-3.rds.amazonaws.com:5432",
        Provider::Aurora,
    ),
    (
        "postgresql://app:pw@shop.cluster-ro-c9akciq32abc.eu-west-3.rds.amazonaws.com:5432/shop",
        "shop.cluster-ro-c9akciq32abc.eu-west-3.rds.amazonaws.com:5432",
        Provider::Aurora,
    ),
    (
        "postgresql://app:pw@dpg-ck1a2b3c4d5e6f7g8h9i-a/shop",
        "dpg-ck1a2b3c4d5e6f7g8h9i-a:5432",
        Provider::Render,
    ),
    (
        "postgresql://app:pw@dpg-ck1a2b3c4d5e6f7g8h9i-a.frankfurt-postgres.render.com/shop",
        "dpg-ck1a2b3c4d5e6f7g8h9i-a.frankfurt-postgres.render.com:5432",
        Provider::Render,
    ),
    (
        "postgresql://fly-user:pw@pgbouncer.q49ypo4w1x2y3z.flympg.net/fly-db",
        "pgbouncer.q49ypo4w1x2y3z.flympg.net:5432",
        Provider::Fly,
    ),
    (
        "postgresql://fly-user:pw@direct.q49ypo4w1x2y3z.flympg.net/fly-db",
        "direct.q49ypo4w1x2y3z.flympg.net:5432",
        Provider::Fly,
    ),
    (
        "postgres://shop:pw@shop-db.flycast:5432/shop?sslmode=disable",
        "shop-db.flycast:5432",
        Provider::Fly,
    ),
    (
        "postgres://postgres:pw@top2.nearest.of.shop-db.internal:5432/shop",
        "top2.nearest.of.shop-db.internal:5432",
        Provider::Fly,
    ),
    ("postgres://postgres:pw@shop-db.internal:5433/shop", "shop-db.internal:5433", Provider::Fly),
    (
        "postgresql://postgres:pw@postgres.railway.internal:5432/railway",
        "postgres.railway.internal:5432",
        Provider::Railway,
    ),
    (
        "postgresql://postgres:pw@monorail.proxy.rlwy.net:34567/railway",
        "monorail.proxy.rlwy.net:34567",
        Provider::Railway,
    ),
    (
        "postgres://uabcdefghijkl:pw@ec2-54-1-2-3.compute-1.amazonaws.com:5432/d1a2b3c4d5e6f7",
        "ec2-54-1-2-3.compute-1.amazonaws.com:5432",
        Provider::Heroku,
    ),
    (
        "postgres://uabcdefghijkl:pw@ec2-54-1-2-3.eu-west-1.compute.amazonaws.com:5432/d1a2b3c4d5e6f7",
        "ec2-54-1-2-3.eu-west-1.compute.amazonaws.com:5432",
        Provider::Heroku,
    ),
    (
        "postgresql://app.b1c2d3e4:pw@eu-central.pg.psdb.cloud:6432/shop?sslmode=verify-full",
        "eu-central.pg.psdb.cloud:6432",
        Provider::PlanetScale,
    ),
    (
        "postgres://0a1b2c:sk_x@db.prisma.io:5432/postgres?sslmode=require",
        "db.prisma.io:5432",
        Provider::PrismaPostgres,
    ),
    ("postgresql://postgres:postgres@db:5432/app", "db:5432", Provider::Plain),
    (
        "postgresql://postgres:postgres@postgres:5432/app?schema=public",
        "postgres:5432",
        Provider::Plain,
    ),
    (
        "postgresql://postgres:postgres@host.docker.internal:5432/app",
        "host.docker.internal:5432",
        Provider::Plain,
    ),
    ("postgresql://postgres@localhost/koomy_local", "localhost:5432", Provider::Local),
    (
        "postgresql://postgres:pw@localhost:5433/koomy_local?schema=public",
        "localhost:5433",
        Provider::Local,
    ),
    ("postgres://app:pw@127.0.0.1:5432/app", "127.0.0.1:5432", Provider::Local),
    (
        "postgresql://app:pw@10.0.0.5/app?sslmode=verify-full&sslrootcert=system",
        "10.0.0.5:5432",
        Provider::Plain,
    ),
    (
        "postgresql://app:pw@/app?host=/cloudsql/shop-1:europe-west1:main",
        "unix:/cloudsql/shop-1:europe-west1:main/.s.PGSQL.5432",
        Provider::CloudSql,
    ),
    (
        "postgresql://app@/app?host=/var/run/postgresql&sslmode=disable",
        "unix:/var/run/postgresql/.s.PGSQL.5432",
        Provider::Socket,
    ),
];
