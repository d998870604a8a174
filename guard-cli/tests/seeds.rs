//! The examples of seeds, run against real servers.
//!
//! What they need is installed on the first run; none is skipped.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "an installation needs the process's environment")]

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use test_servers::{Cluster, Forwarder, Neon};

#[test]
fn psql() {
    hold(&["sh", "psql/seed.sh"], &[]);
}

#[test]
fn node_postgres() {
    let installed = installed_by_npm("node-postgres");
    hold(&["node", &format!("{installed}/seed.mjs")], &[]);
}

#[test]
fn drizzle() {
    let installed = installed_by_npm("drizzle");
    hold(&["node", &format!("{installed}/seed.mjs")], &[]);
}

#[test]
fn prisma() {
    let room = installed_by_npm("prisma");
    let modules = Path::new(&room).join("node_modules/.bin");
    // MIRRORS: an adapter needs no engine. The name of any program keeps this one
    // from looking for its own.
    let mut generate = Command::new(modules.join("prisma"));
    generate.arg("generate").current_dir(&room).env("PRISMA_SCHEMA_ENGINE_BINARY", "/bin/true");
    install(&mut generate);
    hold(&[modules.join("tsx").to_str().unwrap(), &format!("{room}/seed.ts")], &[]);
}

#[test]
fn laravel() {
    let (loader, room) = (test_servers::laravel(), room("laravel"));
    copy(&example("laravel"), &room);
    // Debian's packages load what `composer install` would.
    let vendor = room.join("vendor");
    std::fs::create_dir_all(&vendor).unwrap();
    let text = format!(
        "<?php\nrequire_once '{}';\nrequire_once 'Symfony/Component/Process/autoload.php';\n\
         require_once __DIR__.'/../database/seeders/CitySeeder.php';\n",
        loader.display()
    );
    std::fs::write(vendor.join("autoload.php"), text).unwrap();
    let artisan = room.join("artisan");
    hold(&["php", artisan.to_str().unwrap(), "db:seed", "--class=CitySeeder", "--force"], &[]);
}

#[test]
fn django() {
    let room = room("django");
    let python = room.join("venv/bin/python3");
    let requirements = example("django/requirements.txt");
    if !room.join("done").exists() {
        install(Command::new("python3").args(["-m", "venv", "--clear"]).arg(room.join("venv")));
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        install(pip.arg(requirements));
        std::fs::write(room.join("done"), "").unwrap();
    }
    let python = python.to_str().unwrap();
    let quiet = ("PYTHONDONTWRITEBYTECODE", "1");
    hold(&[python, "django/manage.py", "seed_cities"], &[quiet]);
}

/// Runs a seed where it may run, and wherever else somebody might start it.
fn hold(seed: &[&str], also: &[(&str, &str)]) {
    let world = World::new();
    let path = example(seed[1]);
    let mut command = vec![seed[0], path.to_str().unwrap()];
    command.extend(&seed[2..]);
    let guarded: Vec<_> = [BINARY, "seed", "--"].iter().chain(&command).copied().collect();
    let run = |command: &[&str], environment: &str, port: u16| {
        let mut run = Command::new(command[0]);
        run.args(&command[1..]).env_clear().current_dir(world.home.path()).envs(also.to_vec());
        run.env("PATH", paths()).env("APP_ENV", environment).env("DATABASE_URL", url(port));
        let done = run.output().unwrap();
        let said = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
        assert!(!said.contains(PASSWORD), "the password is in: {said}");
        (done.status.code(), said)
    };
    let [sandbox, production] = [&world.sandbox, &world.production].map(Cluster::port);

    let (code, said) = run(&guarded, "sandbox", sandbox);
    assert_eq!(
        (code, world.cities(&world.sandbox)),
        (Some(0), "Brest,Nantes".to_owned()),
        "{said}"
    );

    // The gate does not open, so the seed does not start.
    let tunnel = Forwarder::start(production);
    world.permit_another_port(tunnel.port());
    for (environment, port, code) in [
        ("production", production, 78),
        ("sandbox", production, 78),
        ("sandbox", tunnel.port(), 78),
    ] {
        let (ended, said) = run(&guarded, environment, port);
        assert_eq!(ended, Some(code), "{said}");
    }
    // Without the gate, the transaction itself says no.
    for port in [production, tunnel.port()] {
        let (code, said) = run(&command, "sandbox", port);
        assert!(code.is_some_and(|code| code != 0), "{said}");
        assert!(said.contains("koomy-guard does not know this server"), "{said}");
    }
    // And without an environment that may be seeded, there is no assertion.
    for port in [production, sandbox] {
        let (code, said) = run(&command, "production", port);
        assert!(code.is_some_and(|code| code != 0), "{said}");
        assert!(said.contains("may not be seeded"), "{said}");
    }
    assert_eq!(world.cities(&world.production), "");
    assert_eq!(world.cities(&world.sandbox), "Brest,Nantes");
}

/// Production, the branch that was made of it, and a directory with a policy.
struct World {
    production: Cluster,
    sandbox: Cluster,
    home: TempDir,
}

impl World {
    fn new() -> Self {
        let production = Cluster::builder().neon(neon("main")).start();
        production.create_role("app", PASSWORD);
        production.create_database("shop", "app");
        let create =
            "CREATE TABLE public.cities (name text); ALTER TABLE public.cities OWNER TO app";
        let sandbox = production.basebackup_as(Cluster::builder().neon(neon("dev")));
        let home = tempfile::tempdir().unwrap();
        let world = Self { production, sandbox, home };
        world.write_policy(&world.sandbox.port().to_string());
        world.stamp();
        world.production.sql("shop", create);
        world.sandbox.sql("shop", create);
        world
    }

    fn write_policy(&self, ports: &str) {
        let text = format!(
            "version = 1\nname = 'n'\n\
             [environments.production]\ndata = 'real'\ndatabases = ['main']\n\
             [environments.sandbox]\ndata = 'synthetic'\nseed = true\ndatabases = ['dev']\n\
             [variables.APP_ENV]\nis = 'environment'\n\
             [connections.primary]\nurl = 'DATABASE_URL'\n{}{}",
            pinned("main", &self.production.port().to_string()),
            pinned("dev", ports),
        );
        std::fs::write(self.home.path().join("policy.toml"), text).unwrap();
    }

    /// As if the policy had been made for a tunnel.
    fn permit_another_port(&self, port: u16) {
        self.write_policy(&format!("{}, {port}", self.sandbox.port()));
    }

    fn stamp(&self) {
        let mut stamp = Command::new(BINARY);
        stamp.args(["stamp", "--yes"]).env_clear().current_dir(self.home.path());
        stamp.env("APP_ENV", "sandbox").env("DATABASE_URL", url(self.sandbox.port()));
        let done = stamp.output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{}{said}", String::from_utf8_lossy(&done.stdout));
    }

    fn cities(&self, cluster: &Cluster) -> String {
        let text = "SELECT string_agg(name, ',' ORDER BY name) FROM public.cities";
        cluster.sql("shop", text).trim().to_owned()
    }
}

fn neon(branch: &str) -> Neon {
    Neon {
        project_id: "calm-field-1".to_owned(),
        branch_id: format!("br-{branch}-1"),
        endpoint_id: format!("ep-{branch}-1"),
        ..Neon::default()
    }
}

fn pinned(branch: &str, ports: &str) -> String {
    format!(
        "[databases.{branch}]\nprovider = 'neon'\nproject = 'calm-field-1'\n\
         branch = {{ names = ['{branch}'], id = 'br-{branch}-1' }}\n\
         hosts = ['localhost']\nports = [{ports}]\ndatabase = 'shop'\n"
    )
}

fn url(port: u16) -> String {
    format!("postgresql://app:{PASSWORD}@localhost:{port}/shop")
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/seeds").join(name)
}

/// A directory for what an example needs.
fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seeds").join(name);
    std::fs::create_dir_all(&room).unwrap();
    room
}

/// A copy of an example with its packages.
fn installed_by_npm(name: &str) -> String {
    let room = room(name);
    copy(&example(name), &room);
    if !room.join("done").exists() {
        let quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
        install(Command::new("npm").arg("install").args(quiet).current_dir(&room));
        std::fs::write(room.join("done"), "").unwrap();
    }
    room.to_str().unwrap().to_owned()
}

/// Copies a directory into another.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

fn install(command: &mut Command) {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}:\n{said}");
}

/// Where programs are, the guard among them.
fn paths() -> std::ffi::OsString {
    let guard = Path::new(BINARY).parent().unwrap().to_owned();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(guard).chain(std::env::split_paths(&inherited))).unwrap()
}

const BINARY: &str = env!("CARGO_BIN_EXE_guard-cli");
const PASSWORD: &str = "canary-1";
