//! Whose database it is, and which addresses are one.

use super::super::DatabaseKey;
use super::*;

fn at(host: &str) -> Target {
    let url = Secret::new(format!("postgres://postgres.abc:pw@{host}/d1a2b3c4d5e6f7"));
    Target::parse(Engine::Postgres, &url).unwrap_or_else(|why| panic!("{host}: {why}"))
}

#[test]
fn every_name_is_that_of_one_provider() {
    for provider in Provider::ALL {
        assert_eq!(Provider::from_name(provider.name()), Some(provider));
    }
    assert_eq!(Provider::from_name("Neon"), None);
}

#[test]
fn a_look_alike_is_plain() {
    let hosts = [
        "ep-dev-111.evil.example",
        "ep-dev-111.us-east-2.aws.neon.tech.evil.example",
        "ep-dev-111.neon.tech",
        "ep-dev-111.us-east-2.aws.neon.tech2",
        "ep-dev-111.us-east-2.evil.neon.tech",
        "ep-dev-111.x-2.us-east-2.aws.neon.tech",
        "ep-dev-111.c-x.us-east-2.aws.neon.tech",
        "ep-dev-111.c-2.x.us-east-2.aws.neon.tech",
        "dev-111.us-east-2.aws.neon.tech",
        "ep-dev-111.evil.us-east-1.postgres.vercel-storage.com",
        "db.x.supabase.co.attacker.example",
        "db.x.y.supabase.co",
        "db.supabase.co",
        "x.supabase.co",
        "a.b.pooler.supabase.com",
        "evil-pooler.supabase.com",
        "shop.hash.eu-west-3.rds.amazonaws.com.evil.example",
        "hash.eu-west-3.rds.amazonaws.com",
        "a.shop.hash.eu-west-3.rds.amazonaws.com",
        "postgres.railway.internal.example",
        "evilrlwy.net",
        "dpg-a",
        "dpg-x-b",
        "dpg--a",
        "dpg-x-a.evil.example",
        "dpg-x-a.evil.frankfurt-postgres.render.com",
        "x.flympg.net.example",
        "host.docker.internal",
        "ip-10-0-0-1.ec2.internal",
        "vm.c.project.internal",
        "abc.d.e.internal",
        "topper.farthest.of.app.internal",
        "ec2-1-2-3-4.compute-1.amazonaws.com.example",
        "evilpsdb.cloud",
        "x.db.prisma.io",
        "localhost.prod.example.com",
        "127.0.0.1.nip.io",
        "128.0.0.1",
    ];
    for host in hosts {
        assert_eq!(at(host).provider(), Provider::Plain, "{host}");
        assert_eq!(at(host).identity_host().as_deref(), Some(host), "{host}");
        assert!(!DatabaseKey::is_told_by_user(host), "{host}");
    }
    let heroku = "postgres://a:b@ec2-1-2-3-4.compute-1.amazonaws.com/";
    for database in ["dshort", "shop1a2b3c4d5e", "d1a2b3c4d5e-7", "D1a2b3c4d5e6f7"] {
        let target = Target::parse(Engine::Postgres, &Secret::new(format!("{heroku}{database}")));
        assert_eq!(target.unwrap().provider(), Provider::Plain, "{database}");
    }
}

#[test]
fn every_form_of_a_provider_is_known() {
    let table = [
        ("ep-a-1.us-east-2.aws.neon.tech", Provider::Neon),
        ("ep-a-1.c-2.us-east-2.aws.neon.tech", Provider::Neon),
        ("ep-a-1.us-east-1.postgres.vercel-storage.com", Provider::Neon),
        ("db.abc.supabase.co", Provider::Supabase),
        ("aws-0-eu-west-3.pooler.supabase.com", Provider::Supabase),
        ("shop.hash.eu-west-3.rds.amazonaws.com", Provider::Rds),
        ("shop.cluster-hash.eu-west-3.rds.amazonaws.com", Provider::Aurora),
        ("dpg-x1-a", Provider::Render),
        ("dpg-x1-a.frankfurt-postgres.render.com", Provider::Render),
        ("fra.app.internal", Provider::Fly),
        ("app.internal", Provider::Fly),
        ("top1.nearest.of.app.internal", Provider::Fly),
        ("app.flycast", Provider::Fly),
        ("direct.abc.flympg.net", Provider::Fly),
        ("ec2-1-2-3-4.compute-1.amazonaws.com", Provider::Heroku),
        ("ec2-1-2-3-4.eu-west-1.compute.amazonaws.com", Provider::Heroku),
    ];
    for (host, provider) in table {
        assert_eq!(at(host).provider(), provider, "{host}");
    }
}

#[test]
fn a_pooled_host_is_the_direct_one() {
    let table = [
        ("ep-a-1-pooler.us-east-2.aws.neon.tech", "ep-a-1.us-east-2.aws.neon.tech"),
        ("ep-a-1-pooler.c-2.us-east-2.aws.neon.tech", "ep-a-1.c-2.us-east-2.aws.neon.tech"),
        ("ep-a-1.us-east-2.aws.neon.tech", "ep-a-1.us-east-2.aws.neon.tech"),
        ("ep-a-pooler-pooler.us-east-2.aws.neon.tech", "ep-a-pooler.us-east-2.aws.neon.tech"),
        ("ep-pooler.us-east-2.aws.neon.tech", "ep-pooler.us-east-2.aws.neon.tech"),
        ("ep--pooler.us-east-2.aws.neon.tech", "ep--pooler.us-east-2.aws.neon.tech"),
        ("ep-a-pooler.evil.example", "ep-a-pooler.evil.example"),
    ];
    for (host, identity) in table {
        assert_eq!(at(host).identity_host().as_deref(), Some(identity), "{host}");
    }
}

#[test]
fn the_user_tells_databases_apart_only_behind_shared_hosts() {
    let table = [
        ("aws-0-eu-west-3.pooler.supabase.com", true),
        ("eu.pg.psdb.cloud", true),
        ("db.prisma.io", true),
        ("pooled.db.prisma.io", true),
        ("db.abc.supabase.co", false),
        ("ep-a.us-east-2.aws.neon.tech", false),
        ("localhost", false),
    ];
    for (host, is_identity) in table {
        assert_eq!(DatabaseKey::is_told_by_user(host), is_identity, "{host}");
    }
}

#[test]
fn private_names_are_not_loopback_and_not_public() {
    let table = [
        ("db", true, false),
        ("dpg-x1-a", true, false),
        ("host.docker.internal", true, false),
        ("postgres.railway.internal", true, false),
        ("shop.flycast", true, false),
        ("localhost", false, true),
        ("127.0.0.1", false, true),
        ("127.9.9.9", false, true),
        ("10.0.0.5", false, false),
        ("internal.example.com", false, false),
        ("evilinternal.com", false, false),
        ("dpg-x1-a.frankfurt-postgres.render.com", false, false),
    ];
    for (host, is_private, is_loopback) in table {
        let target = at(host);
        assert_eq!(target.is_private_network(), is_private, "{host}");
        assert_eq!(target.is_loopback(), is_loopback, "{host}");
        assert!(!target.is_socket(), "{host}");
    }
}

#[test]
fn sockets_belong_to_this_machine_or_to_cloud_sql() {
    let table = [
        ("/cloudsql/p:r:i", Provider::CloudSql),
        ("/cloudsql/example.com:p:r:i", Provider::CloudSql),
        ("/cloudsql/p:r", Provider::Socket),
        ("/cloudsql/p:r:i/x", Provider::Socket),
        ("/tmp/cloudsql/p:r:i", Provider::Socket),
    ];
    for (directory, provider) in table {
        let url = Secret::new(format!("postgres://a@/d?host={directory}"));
        let target = Target::parse(Engine::Postgres, &url).unwrap();
        assert_eq!(target.provider(), provider, "{directory}");
        assert_eq!(target.identity_host(), None);
        assert!(target.is_socket() && !target.is_loopback() && !target.is_private_network());
    }
}
