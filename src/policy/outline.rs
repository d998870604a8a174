//! A policy with every default filled in and, for each key, whether a longer
//! value permits more or demands more.

use super::{
    AddressRange, Connection, Data, Database, DebugRule, EncodedResponses, Environment,
    ForeignOrigins, Given, Network, Pattern, PerEnvironment, Phase, Phases, Policy, Tripwire,
    Variable, VariableKind, WebRule, Where,
};
use crate::source::{Span, Spanned};

/// One table of the policy.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// `environments`, `databases`, …; empty for the top of the file.
    pub(super) table: &'static str,
    /// Its name among them.
    pub(super) name: String,
    /// Where the name stands.
    pub(super) span: Span,
    /// Its keys, in the order of the format.
    pub(super) entries: Vec<Entry>,
}

/// One key, its value or default, and what a longer value would do.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: &'static str,
    pub(super) setting: Setting,
    pub(super) effect: Effect,
}

/// The value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Anything: no limit.
    Any,
    /// These words; one where the key takes one.
    Words(Vec<String>),
    /// A word with its rank: a higher rank is stricter.
    Level(u32, String),
    /// These environments.
    In(Vec<String>),
    /// These words in each of these environments, and no others.
    Each(Vec<(String, Vec<String>)>),
}

/// What a longer value of a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It permits more.
    Allows,
    /// It demands more.
    Demands,
    /// Nothing by its length: the rank of the word decides.
    Ordered,
    /// Nothing: no gate reads it.
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
        entry(
            "tripwire",
            Setting::Words(tripwires.iter().map(tripwire).collect()),
            Effect::Demands,
        ),
    ];
    entries.extend(debug(environment.debug.as_ref()));
    entries.extend(web(&environment.web));
    table("environments", name, entries)
}

/// INVARIANT: another limit is another word, so that a change of it shows.
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
        |list: &[AddressRange]| Setting::Words(list.iter().map(AddressRange::to_string).collect());
    // INVARIANT: without a list all may ask, but without a path for nothing.
    let addresses = match health_addresses.as_slice() {
        [] if !health_paths.is_empty() => Setting::Any,
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
        entry("web.proxies", ranges(proxies), Effect::Allows),
        allows("web.health_paths", texts(health_paths)),
        entry("web.health_addresses", addresses, Effect::Allows),
        level("web.foreign_origins", origins, foreign_origins.name()),
        level("web.encoded_responses", encoded, encoded_responses.name()),
    ]
}

fn connection(policy: &Policy, connection: &Connection) -> Table {
    let Connection { name, engine, given, required, databases, phases } = connection;
    let required = match required {
        Some(required) => names(policy, |it| required.contains(it.id)),
        None => names(policy, |it| !it.databases.is_empty()),
    };
    let databases = databases.as_ref().map(|ids| {
        ids.iter().filter_map(|id| policy.database(*id)).map(|it| it.name.value.as_str())
    });
    let mut entries = vec![allows("engine", [engine.name()])];
    entries.extend(given_by(given));
    entries.extend([
        entry("required", Setting::In(required), Effect::Demands),
        databases
            .map_or(entry("databases", Setting::Any, Effect::Allows), |it| allows("databases", it)),
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
        [] => entry("users", Setting::Any, Effect::Allows),
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
        VariableKind::Text => entry("is", Setting::Any, Effect::Allows),
        kind => allows("is", [kind.name()]),
    };
    let mut entries = vec![is];
    if let Some(secret) = variable.secret() {
        let class =
            secret.class.as_ref().map(|class| each(policy, class, |it| vec![it.name().to_owned()]));
        entries.extend([
            allows("kind", [secret.kind.id()]),
            entry("class", class.unwrap_or(Setting::Any), Effect::Allows),
            level("min_bits", secret.min_bits, &secret.min_bits.to_string()),
        ]);
    }
    let values = variable.values.as_ref().map(|list| each(policy, list, Clone::clone));
    let hosts = variable.hosts.as_ref().map(|list| each(policy, list, Clone::clone));
    let matches = variable.matches.as_ref().and_then(|it| policy.source().slice(it.span));
    entries.extend([
        entry("values", values.unwrap_or(Setting::Any), Effect::Allows),
        entry("hosts", hosts.unwrap_or_else(|| default_hosts(policy, variable)), Effect::Allows),
        matches
            .map_or(entry("matches", Setting::Any, Effect::Allows), |it| allows("matches", [it])),
        wherever(policy, "required", &variable.required, Effect::Demands),
        wherever(policy, "allowed", &variable.allowed, Effect::Allows),
        demands("phases", words(&variable.phases)),
        describes("description", variable.description.as_deref()),
    ]);
    table("variables", &variable.name, entries)
}

fn pattern(policy: &Policy, pattern: &Pattern) -> Table {
    let entries = vec![
        wherever(policy, "allowed", &pattern.allowed, Effect::Allows),
        describes("description", pattern.description.as_deref()),
    ];
    table("variables", &pattern.written, entries)
}

/// The hosts that a variable may name when its `hosts` is left out.
fn default_hosts(policy: &Policy, variable: &Variable) -> Setting {
    if !variable.kind.names_hosts() {
        return Setting::Any;
    }
    let domains = |it: &Environment| texts(&it.domains).map(str::to_owned).collect();
    let own = policy.environments().iter().map(|it| (it.name.value.clone(), domains(it)));
    Setting::Each(own.collect())
}

fn wherever(policy: &Policy, key: &'static str, wherever: &Where, effect: Effect) -> Entry {
    entry(key, Setting::In(names(policy, |it| wherever.contains(it.id))), effect)
}

fn names(policy: &Policy, holds: impl Fn(&Environment) -> bool) -> Vec<String> {
    let environments = policy.environments().iter().filter(|it| holds(it));
    environments.map(|environment| environment.name.value.clone()).collect()
}

fn each<T>(policy: &Policy, each: &PerEnvironment<T>, show: impl Fn(&T) -> Vec<String>) -> Setting {
    let one = |it: &Environment| Some((it.name.value.clone(), show(&each.of(it.id)?.value)));
    Setting::Each(policy.environments().iter().filter_map(one).collect())
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

fn entry(key: &'static str, setting: Setting, effect: Effect) -> Entry {
    Entry { key, setting, effect }
}

fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> Setting {
    Setting::Words(words.into_iter().map(str::to_owned).collect())
}

fn pinned(text: &Option<Spanned<String>>) -> Option<&str> {
    text.as_ref().map(|text| text.value.as_str())
}

fn allows<'a>(key: &'static str, words: impl IntoIterator<Item = &'a str>) -> Entry {
    entry(key, listed(words), Effect::Allows)
}

fn demands<'a>(key: &'static str, words: impl IntoIterator<Item = &'a str>) -> Entry {
    entry(key, listed(words), Effect::Demands)
}

fn describes<'a>(key: &'static str, words: impl IntoIterator<Item = &'a str>) -> Entry {
    entry(key, listed(words), Effect::Describes)
}

fn level(key: &'static str, rank: u32, word: &str) -> Entry {
    entry(key, Setting::Level(rank, word.to_owned()), Effect::Ordered)
}
