//! What can belong to only one environment or one database.

use std::collections::{BTreeMap, HashMap};

use crate::policy::problem::{Problem, ProblemKind};
use crate::policy::{Database, Environment};
use crate::source::{Span, Spanned};
use crate::target::DatabaseKey;

/// Reports whatever is claimed twice: a database, an endpoint, a branch or a
/// domain by two environments, one address by two databases, and one database by
/// two environments under two names.
pub(super) fn check(
    environments: &[Environment],
    databases: &[Database],
    problems: &mut Vec<Problem>,
) {
    let mut claims = Claims { problems, made: BTreeMap::new() };
    let mut claimed: Vec<(&Spanned<String>, &Database)> = Vec::new();
    for environment in environments {
        let name = environment.name.value.as_str();
        for domain in &environment.domains {
            claims.claim("domain", &domain.value, name, domain.span);
        }
        for id in &environment.databases {
            // INVARIANT: sorted by id, which is the order of the file.
            let found = databases.binary_search_by_key(&id.value, |database| database.id);
            let Some(database) = found.ok().and_then(|at| databases.get(at)) else { continue };
            if !claims.claim("database", &database.name.value, name, id.span) {
                continue;
            }
            claimed.push((&environment.name, database));
            for endpoint in &database.endpoints {
                claims.claim("endpoint", &endpoint.value, name, endpoint.span);
            }
            if let Some(Spanned { value, span }) = &database.branch_id {
                claims.claim("branch", value, name, *span);
            }
        }
    }
    for (first, second) in neighbours(databases) {
        if let Some(address) = shared_address(first, second) {
            claims.twice("address", address, &first.name, &second.name);
        }
    }
    claims.aliases(&claimed);
}

/// The addresses of a database, in the form in which they are compared.
fn keys(database: &Database) -> impl Iterator<Item = (DatabaseKey<'_>, &Spanned<String>)> {
    let Database { engine, endpoints, hosts, sockets, ports, database: name, users, .. } = database;
    let tcp = endpoints.iter().chain(hosts).flat_map(move |host| {
        let mut users: Vec<_> = users.iter().map(|user| user.value.as_str()).collect();
        if !DatabaseKey::is_told_by_user(&host.value) {
            users = vec![""];
        }
        users.into_iter().flat_map(move |user| {
            ports.iter().map(move |port| {
                (DatabaseKey::tcp(*engine, &host.value, *port, &name.value, user), host)
            })
        })
    });
    let sockets = sockets
        .iter()
        .map(|socket| (DatabaseKey::socket(*engine, &socket.value, &name.value), socket));
    tcp.chain(sockets)
}

/// Pairs of databases that have a host or a socket in common, in file order.
fn neighbours(databases: &[Database]) -> Vec<(&Database, &Database)> {
    let mut at: BTreeMap<&str, Vec<&Database>> = BTreeMap::new();
    let mut pairs = Vec::new();
    for second in databases {
        let Database { endpoints, hosts, sockets, .. } = second;
        let mut before: Vec<&Database> = Vec::new();
        for address in endpoints.iter().chain(hosts).chain(sockets) {
            let here = at.entry(&address.value).or_default();
            before.extend(here.iter().filter(|first| first.id != second.id));
            here.push(second);
        }
        before.sort_by_key(|first| first.id);
        before.dedup_by_key(|first| first.id);
        pairs.extend(before.into_iter().map(|first| (first, second)));
    }
    pairs
}

struct Claims<'a> {
    problems: &'a mut Vec<Problem>,
    /// What was claimed, by whom first, and where.
    made: BTreeMap<(&'static str, String), (String, Span)>,
}

impl Claims<'_> {
    /// Whether the claim stands.
    fn claim(&mut self, what: &'static str, name: &str, by: &str, span: Span) -> bool {
        match self.made.get(&(what, name.to_owned())) {
            Some((first, first_span)) if first != by => {
                let kind = ProblemKind::ClaimedTwice {
                    what,
                    name: name.to_owned(),
                    first: first.clone(),
                    second: by.to_owned(),
                };
                let related = Some((*first_span, "claimed here first"));
                self.problems.push(Problem { kind, span, related });
                false
            }
            Some(_) => true,
            None => {
                self.made.insert((what, name.to_owned()), (by.to_owned(), span));
                true
            }
        }
    }

    /// Reports an address of a database that another environment uses under
    /// another name; those that both write alike were reported before.
    fn aliases(&mut self, claimed: &[(&Spanned<String>, &Database)]) {
        let mut made = HashMap::new();
        for (environment, database) in claimed {
            let alias = keys(database).find_map(|(key, address)| {
                let first: (&Spanned<String>, Span) =
                    *made.entry(key).or_insert((*environment, address.span));
                let is_known = self.problems.iter().any(|problem| problem.span == address.span);
                (first.0.value != environment.value && !is_known).then_some((address, first))
            });
            if let Some((address, (first, span))) = alias {
                let kind = ProblemKind::ClaimedTwice {
                    what: "the database at",
                    name: address.value.clone(),
                    first: first.value.clone(),
                    second: environment.value.clone(),
                };
                let related = Some((span, "claimed here first"));
                self.problems.push(Problem { kind, span: address.span, related });
            }
        }
    }

    fn twice(
        &mut self,
        what: &'static str,
        address: &Spanned<String>,
        first: &Spanned<String>,
        second: &Spanned<String>,
    ) {
        let kind = ProblemKind::ClaimedTwice {
            what,
            name: address.value.clone(),
            first: first.value.clone(),
            second: second.value.clone(),
        };
        let related = Some((first.span, "claimed here first"));
        self.problems.push(Problem { kind, span: address.span, related });
    }
}

/// An address of `second` at which a connection could also mean `first`.
fn shared_address<'a>(first: &Database, second: &'a Database) -> Option<&'a Spanned<String>> {
    let same_name = first.engine == second.engine && first.database.value == second.database.value;
    let same_port = first.ports.iter().any(|port| second.ports.contains(port));
    let same_user = first.users.is_empty()
        || second.users.is_empty()
        || first
            .users
            .iter()
            .any(|user| second.users.iter().any(|other| other.value == user.value));
    if !(same_name && same_user) {
        return None;
    }
    let known = |list: &[Spanned<String>], item: &Spanned<String>| {
        list.iter().any(|other| other.value == item.value)
    };
    let mut hosts = second.endpoints.iter().chain(&second.hosts).filter(|_| same_port);
    hosts
        .find(|host| known(&first.endpoints, host) || known(&first.hosts, host))
        .or_else(|| second.sockets.iter().find(|socket| known(&first.sockets, socket)))
}
