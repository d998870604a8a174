//! Whose database it is, as far as its address says.
//!
//! A name ends where its provider's names end, label by label: a look-alike
//! such as `ep-a.evil.example` is [`Provider::Plain`].

use super::{Address, Target};
use crate::named::named;

named! {
    /// Who runs a database.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Provider {
        /// Neon, and the Vercel Postgres that was Neon.
        Neon = "neon",
        /// Supabase, direct or through its pooler.
        Supabase = "supabase",
        /// Amazon RDS: one instance or proxy.
        Rds = "rds",
        /// Amazon Aurora: an endpoint of a cluster.
        Aurora = "aurora",
        /// Google Cloud SQL by its socket.
        CloudSql = "cloud-sql",
        /// Railway.
        Railway = "railway",
        /// Render.
        Render = "render",
        /// Fly.
        Fly = "fly",
        /// Heroku.
        Heroku = "heroku",
        /// PlanetScale.
        PlanetScale = "planetscale",
        /// Prisma Postgres, by its direct address.
        PrismaPostgres = "prisma-postgres",
        /// This machine, by TCP.
        Local = "local",
        /// This machine, by a socket.
        Socket = "socket",
        /// Nobody in particular.
        Plain = "plain",
    }
}

impl Target {
    /// Who runs the database, as far as the address says.
    pub fn provider(&self) -> Provider {
        match self.address() {
            Address::Socket { directory } if is_cloud_sql(directory) => Provider::CloudSql,
            Address::Socket { .. } => Provider::Socket,
            Address::Tcp { .. } if self.is_loopback() => Provider::Local,
            Address::Tcp { host, .. } => Provider::of_host(host, self.database()),
        }
    }

    /// The host without what chooses only a way to the same database.
    ///
    /// That is the `-pooler` of a Neon host's first label. `None` on a socket.
    pub(crate) fn identity_host(&self) -> Option<String> {
        let host = self.host()?;
        Some(unpooled(host).unwrap_or_else(|| host.to_owned()))
    }

    /// Whether `host` is the identity host.
    pub(crate) fn has_host(&self, host: &str) -> bool {
        self.host().is_some_and(|dialed| dialed == host)
            || self.identity_host().is_some_and(|identity| identity == host)
    }

    /// Whether the name exists only inside a private network.
    ///
    /// `*.internal` (reserved for that; Railway, Fly and `host.docker.internal`
    /// are in it), `*.flycast`, and a single label such as a Compose service or
    /// Render's `dpg-…-a`. Not a loopback name, and no address: the same private
    /// address is another machine in another network.
    pub fn is_private_network(&self) -> bool {
        self.host().is_some_and(|host| {
            let single = !host.contains('.');
            let reserved = [".internal", ".flycast"].iter().any(|zone| host.ends_with(zone));
            (single || reserved) && !self.is_loopback()
        })
    }
}

impl Provider {
    /// Who runs the server at `host`, by its name; [`Plain`](Self::Plain) where that says
    /// nothing.
    pub(crate) fn of_host(host: &str, database: &str) -> Self {
        if neon_endpoint(host).is_some() {
            Provider::Neon
        } else if is_supabase(host) {
            Provider::Supabase
        } else if let Some(provider) = amazon(host) {
            provider
        } else if [".railway.internal", ".rlwy.net"].iter().any(|zone| host.ends_with(zone)) {
            Provider::Railway
        } else if is_render(host) {
            Provider::Render
        } else if is_fly(host) {
            Provider::Fly
        } else if is_heroku(host, database) {
            Provider::Heroku
        } else if host.ends_with(".psdb.cloud") {
            Provider::PlanetScale
        } else if matches!(host, "db.prisma.io" | "pooled.db.prisma.io") {
            Provider::PrismaPostgres
        } else {
            Provider::Plain
        }
    }
}

/// `ep-…` and the rest of a Neon host: `[c-2.]us-east-2.aws.neon.tech`.
pub(super) fn neon_endpoint(host: &str) -> Option<(&str, &str)> {
    let (endpoint, rest) = host.split_once('.')?;
    endpoint.strip_prefix("ep-")?;
    let is_place = |labels: &str| {
        let (region, cloud) = labels.split_once('.').unwrap_or_default();
        !region.is_empty() && matches!(cloud, "aws" | "azure" | "gcp")
    };
    let is_neon = rest.strip_suffix(".neon.tech").is_some_and(|labels| {
        let (first, others) = labels.split_once('.').unwrap_or_default();
        is_place(labels) || (is_cell(first) && is_place(others))
    });
    let vercel = rest.strip_suffix(".postgres.vercel-storage.com");
    let is_vercel = vercel.is_some_and(|region| !region.contains('.'));
    (is_neon || is_vercel).then_some((endpoint, rest))
}

fn is_cell(label: &str) -> bool {
    let number = label.strip_prefix("c-").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a host is another way to the one without its `-pooler`.
pub(crate) fn is_pooler(host: &str) -> bool {
    unpooled(host).is_some()
}

fn unpooled(host: &str) -> Option<String> {
    let (endpoint, rest) = neon_endpoint(host)?;
    let direct = endpoint.strip_suffix("-pooler").filter(|direct| direct.len() > "ep-".len())?;
    Some(format!("{direct}.{rest}"))
}

fn is_supabase(host: &str) -> bool {
    let one_label = |label: &str| !label.is_empty() && !label.contains('.');
    let direct = host.strip_prefix("db.").and_then(|rest| rest.strip_suffix(".supabase.co"));
    direct.is_some_and(one_label) || host.strip_suffix(POOLER).is_some_and(one_label)
}

/// `<name>.<kind><hash>.<region>.rds.amazonaws.com`.
fn amazon(host: &str) -> Option<Provider> {
    let mut labels = host.strip_suffix(".rds.amazonaws.com")?.split('.');
    let (Some(_), Some(kind), Some(_), None) =
        (labels.next(), labels.next(), labels.next(), labels.next())
    else {
        return None;
    };
    Some(if kind.starts_with("cluster-") { Provider::Aurora } else { Provider::Rds })
}

/// `dpg-<id>-a`, alone or as `dpg-<id>-a.<region>-postgres.render.com`.
fn is_render(host: &str) -> bool {
    let (first, rest) = host.split_once('.').unwrap_or((host, ""));
    let id = first.strip_prefix("dpg-").and_then(|rest| rest.strip_suffix("-a"));
    let region = rest.strip_suffix("-postgres.render.com");
    id.is_some_and(|id| !id.is_empty())
        && (rest.is_empty() || region.is_some_and(|region| !region.contains('.')))
}

/// `<way>.<cluster>.flympg.net`, `<app>.flycast`, `[<region>.]<app>.internal`
/// and `top<n>.nearest.of.<app>.internal`.
fn is_fly(host: &str) -> bool {
    if host.ends_with(".flympg.net") || host.ends_with(".flycast") {
        return true;
    }
    let Some(labels) = host.strip_suffix(".internal") else { return false };
    match labels.split_once('.') {
        None => true,
        Some((region, app)) if !app.contains('.') => {
            region.len() == 3 && region.bytes().all(|byte| byte.is_ascii_lowercase())
        }
        Some((top, rest)) => top.starts_with("top") && rest.starts_with("nearest.of."),
    }
}

/// A machine of EC2 with a random database, which starts with a `d`.
fn is_heroku(host: &str, database: &str) -> bool {
    let machine = host.strip_prefix("ec2-").is_some_and(|rest| {
        rest.ends_with(".compute-1.amazonaws.com") || rest.ends_with(".compute.amazonaws.com")
    });
    let random = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    machine && database.len() >= 10 && database.starts_with('d') && database.bytes().all(random)
}

/// `/cloudsql/<project>:<region>:<instance>`, the project with its domain.
fn is_cloud_sql(directory: &str) -> bool {
    directory.strip_prefix("/cloudsql/").is_some_and(|instance| {
        !instance.contains('/') && matches!(instance.split(':').count(), 3 | 4)
    })
}

pub(super) const POOLER: &str = ".pooler.supabase.com";
