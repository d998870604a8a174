//! A policy as it is understood: every table with every default filled in, and
//! for each key what it means when more is said.

use super::{
    AddressRange, Connection, Data, Database, DebugRule, EncodedResponses, Environment,
    EnvironmentId, ForeignOrigins, Given, Network, Pattern, PerEnvironment, Phase, Phases, Policy,
    Tripwire, Variable, VariableKind, WebRule, Where,
};
use crate::source::{Span, Spanned};

/// One table of the policy.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// `environments`, `databases`, …; empty for the top of the file.
    pub(super) table: &'static str,
    /// Its name there.
    pub(super) name: String,
    /// Where the name stands.
    pub(super) span: Span,
    /// What it says, in the order of the format.
    pub(super) entries: Vec<Entry>,
}

/// One key, as it is understood.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: &'static str,
    pub(super) said: Said,
    pub(super) sense: Sense,
}

/// What a key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// No limit.
    Any,
    /// These words; a single one where the key takes one.
    Words(Vec<String>),
    /// A word with its place in an order; the higher, the stricter.
    Level(u32, String),
    /// In these environments.
    In(Vec<String>),
    /// These words in each of these environments, and none in the others.
    Each(Vec<(String, Vec<String>)>),
}

/// What it means when a key says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// More is permitted.
    Allows,
    /// More is asked for.
    Demands,
    /// A word with its place in an order is stricter, or less strict.
    Ordered,
    /// No gate is concerned.
    Describes,
}

/// Every table, in the order of the format.
pub(super) fn of(policy: &Policy) -> Vec<Table> {
    let mut tables = vec![top(policy)];
    tables.extend(policy.environments().iter().map(|it| environment(policy, it)));
    tables.extend(policy.connections().iter().map(|it| connection(policy, it)));
    tables.extend(policy.databases().iter().map(database));
    tables.extend(policy.variables().map(|it| variable(policy, it)));
    tables.extend(policy.patterns().iter().map(|it| pattern(policy, it)));
    tables
}

fn top(policy: &Policy) -> Table {
    let entries = vec![
        describes("name", [policy.name()]),
        describes("owner", policy.owner()),
        demands("prefix", policy.prefix().map(|prefix| prefix.value.as_str())),
    ];
    Table { table: "", name: String::new(), span: policy.name_span(), entries }
}

fn environment(policy: &Policy, environment: &Environment) -> Table {
    let Environment { name, data, runtime, databases, domains, branches, .. } = environment;
    let Environment { after, seed, live, forbidden_rights, tripwires, .. } = environment;
    let runtime = runtime.iter().flat_map(|runtime| &runtime.value).map(String::as_str);
    let databases = databases.iter().filter_map(|id| policy.database(id.value));
    let after = after.as_ref().and_then(|after| policy.environment_name(after.value));
    let seed = if seed.value { (0, "yes") } else { (1, "no") };
    let live = if live.value { (1, "yes") } else { (0, "no") };
    let rights = forbidden_rights.value.iter().map(|right| right.name());
    let mut entries = vec![
        level("data", rank(*data), data.name()),
        allows("runtime", runtime),
        allows("databases", databases.map(|database| database.name.value.as_str())),
        allows("domains", texts(domains)),
        allows("branches", texts(branches)),
        demands("after", after),
        level("seed", seed.0, seed.1),
        level("live", live.0, live.1),
        demands("forbidden_rights", rights),
        entry("tripwire", Said::Words(tripwires.iter().map(tripwire).collect()), Sense::Demands),
    ];
    entries.extend(debug(environment.debug.as_ref()));
    entries.extend(web(&environment.web));
    table("environments", name, entries)
}

/// INVARIANT: a lower limit demands more, and differs as a word.
fn tripwire(tripwire: &Tripwire) -> String {
    let Tripwire { table, rows, recent } = tripwire;
    let rows = rows.map(|rows| format!(" at most {rows} rows"));
    let recent = recent.as_ref().map(|column| format!(" no recent `{column}`"));
    [Some(table.value.to_string()), rows, recent].into_iter().flatten().collect()
}

fn debug(rule: Option<&DebugRule>) -> [Entry; 3] {
    let paths = rule.iter().flat_map(|rule| &rule.paths).map(String::as_str);
    [
        allows("debug.paths", paths),
        describes("debug.header", rule.map(|rule| rule.header.as_str())),
        describes("debug.secret", rule.map(|rule| rule.secret.value.as_str())),
    ]
}

fn web(rule: &WebRule) -> [Entry; 5] {
    let WebRule { proxies, health_paths, health_addresses, foreign_origins, encoded_responses } =
        rule;
    let ranges =
        |list: &[AddressRange]| Said::Words(list.iter().map(AddressRange::to_string).collect());
    // Without a list everybody may ask, but for nothing where there is no path.
    let addresses = match health_addresses.as_slice() {
        [] if !health_paths.is_empty() => Said::Any,
        list => ranges(list),
    };
    let origins = match foreign_origins {
        ForeignOrigins::Pass => 0,
        ForeignOrigins::Refuse => 1,
    };
    let encoded = match encoded_responses {
        EncodedResponses::Pass => 0,
        EncodedResponses::Refuse => 1,
    };
    [
        entry("web.proxies", ranges(proxies), Sense::Allows),
        allows("web.health_paths", texts(health_paths)),
        entry("web.health_addresses", addresses, Sense::Allows),
        level("web.foreign_origins", origins, foreign_origins.name()),
        level("web.encoded_responses", encoded, encoded_responses.name()),
    ]
}

fn connection(policy: &Policy, connection: &Connection) -> Table {
    let Connection { name, engine, given, required, databases, phases } = connection;
    let wherever = policy.environments().iter().filter(|it| !it.databases.is_empty());
    let required = match required {
        Some(required) => names(policy, |id| required.contains(id)),
        None => wherever.map(|environment| environment.name.value.clone()).collect(),
    };
    let databases = databases.as_ref().map(|ids| {
        ids.iter().filter_map(|id| policy.database(*id)).map(|it| it.name.value.as_str())
    });
    let mut entries = vec![allows("engine", [engine.name()])];
    entries.extend(given_by(given));
    entries.extend([
        entry("required", Said::In(required), Sense::Demands),
        databases
            .map_or(entry("databases", Said::Any, Sense::Allows), |it| allows("databases", it)),
        demands("phases", words(phases)),
    ]);
    table("connections", name, entries)
}

fn given_by(given: &Given) -> Vec<Entry> {
    let one = |key, name: &Spanned<String>| allows(key, [name.value.as_str()]);
    match given {
        Given::Url(url) => vec![one("url", url)],
        Given::Parts(parts) => {
            let optional = [
                ("port", &parts.port),
                ("password", &parts.password),
                ("encryption", &parts.encryption),
            ];
            let needed =
                [("host", &parts.host), ("database", &parts.database), ("user", &parts.user)];
            let optional = optional.into_iter().filter_map(|(key, it)| Some((key, it.as_ref()?)));
            needed.into_iter().chain(optional).map(|(key, name)| one(key, name)).collect()
        }
    }
}

fn database(database: &Database) -> Table {
    let ports: Vec<_> = database.ports.iter().map(u16::to_string).collect();
    let users = match database.users.as_slice() {
        [] => entry("users", Said::Any, Sense::Allows),
        users => allows("users", texts(users)),
    };
    let network = match database.network {
        Network::Public => 1,
        Network::Private => 0,
    };
    let entries = vec![
        allows("engine", [database.engine.name()]),
        describes("provider", database.provider.map(|provider| provider.name())),
        demands("project", pinned(&database.project)),
        describes("branch.names", database.branch_names.iter().map(String::as_str)),
        demands("branch.id", pinned(&database.branch_id)),
        allows("endpoints", texts(&database.endpoints)),
        allows("hosts", texts(&database.hosts)),
        allows("sockets", texts(&database.sockets)),
        allows("ports", ports.iter().map(String::as_str)),
        allows("database", [database.database.value.as_str()]),
        users,
        demands("system_identifier", pinned(&database.system_identifier)),
        demands("server_hostname", pinned(&database.server_hostname)),
        describes("root_certificate", pinned(&database.root_certificate)),
        level("network", network, database.network.name()),
    ];
    table("databases", &database.name, entries)
}

fn variable(policy: &Policy, variable: &Variable) -> Table {
    let is = match &variable.kind {
        VariableKind::Text => entry("is", Said::Any, Sense::Allows),
        kind => allows("is", [kind.name()]),
    };
    let mut entries = vec![is];
    if let Some(secret) = variable.secret() {
        let class =
            secret.class.as_ref().map(|class| each(policy, class, |it| vec![it.name().to_owned()]));
        entries.extend([
            allows("kind", [secret.kind.id()]),
            entry("class", class.unwrap_or(Said::Any), Sense::Allows),
            level("min_bits", secret.min_bits, &secret.min_bits.to_string()),
        ]);
    }
    let values = variable.values.as_ref().map(|list| each(policy, list, Clone::clone));
    let hosts = variable.hosts.as_ref().map(|list| each(policy, list, Clone::clone));
    let matches = variable.matches.as_ref().and_then(|it| policy.source().slice(it.span));
    entries.extend([
        entry("values", values.unwrap_or(Said::Any), Sense::Allows),
        entry("hosts", hosts.unwrap_or_else(|| default_hosts(policy, variable)), Sense::Allows),
        matches.map_or(entry("matches", Said::Any, Sense::Allows), |it| allows("matches", [it])),
        places(policy, "required", &variable.required, Sense::Demands),
        places(policy, "allowed", &variable.allowed, Sense::Allows),
        demands("phases", words(&variable.phases)),
        describes("description", variable.description.as_deref()),
    ]);
    table("variables", &variable.name, entries)
}

fn pattern(policy: &Policy, pattern: &Pattern) -> Table {
    let entries = vec![
        places(policy, "allowed", &pattern.allowed, Sense::Allows),
        describes("description", pattern.description.as_deref()),
    ];
    table("variables", &pattern.written, entries)
}

/// A variable that names hosts may name those of its environment.
fn default_hosts(policy: &Policy, variable: &Variable) -> Said {
    if !variable.kind.names_hosts() {
        return Said::Any;
    }
    let domains = |it: &Environment| texts(&it.domains).map(str::to_owned).collect();
    let own = policy.environments().iter().map(|it| (it.name.value.clone(), domains(it)));
    Said::Each(own.collect())
}

fn places(policy: &Policy, key: &'static str, places: &Where, sense: Sense) -> Entry {
    entry(key, Said::In(names(policy, |id| places.contains(id))), sense)
}

fn names(policy: &Policy, holds: impl Fn(EnvironmentId) -> bool) -> Vec<String> {
    let environments = policy.environments().iter().filter(|it| holds(it.id));
    environments.map(|environment| environment.name.value.clone()).collect()
}

fn each<T>(policy: &Policy, each: &PerEnvironment<T>, show: impl Fn(&T) -> Vec<String>) -> Said {
    let one = |it: &Environment| Some((it.name.value.clone(), show(&each.of(it.id)?.value)));
    Said::Each(policy.environments().iter().filter_map(one).collect())
}

fn words(phases: &Phases) -> impl Iterator<Item = &'static str> {
    let phases = phases.clone();
    Phase::ALL.into_iter().filter(move |phase| phases.contains(*phase)).map(Phase::name)
}

const fn rank(data: Data) -> u32 {
    match data {
        Data::Synthetic => 0,
        Data::Masked => 1,
        Data::Real => 2,
    }
}

fn texts(list: &[Spanned<String>]) -> impl Iterator<Item = &str> {
    list.iter().map(|text| text.value.as_str())
}

fn table(table: &'static str, name: &Spanned<String>, entries: Vec<Entry>) -> Table {
    Table { table, name: name.value.clone(), span: name.span, entries }
}

fn entry(key: &'static str, said: Said, sense: Sense) -> Entry {
    Entry { key, said, sense }
}

fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> Said {
    Said::Words(words.into_iter().map(str::to_owned).collect())
}

fn pinned(text: &Option<Spanned<String>>) -> Option<&str> {
    text.as_ref().map(|text| text.value.as_str())
}

fn allows<'a>(key: &'static str, words: impl IntoIterator<Item = &'a str>) -> Entry {
    entry(key, listed(words), Sense::Allows)
}

fn demands<'a>(key: &'static str, words: impl IntoIterator<Item = &'a str>) -> Entry {
    entry(key, listed(words), Sense::Demands)
}

fn describes<'a>(key: &'static str, words: impl IntoIterator<Item = &'a str>) -> Entry {
    entry(key, listed(words), Sense::Describes)
}

fn level(key: &'static str, rank: u32, word: &str) -> Entry {
    entry(key, Said::Level(rank, word.to_owned()), Sense::Ordered)
}
