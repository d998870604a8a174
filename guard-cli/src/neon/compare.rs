//! A policy and an account, compared; nothing is asked or written.

use koomy_guard::Policy;
use koomy_guard::policy::Database;
use koomy_guard::report::visible;
use koomy_guard::source::Place;

use super::Account;
use super::answer::{Branch, Project};
use super::claims;
use super::finding::{Change, Finding, Kind, Pinned, To};
use super::list::Slots;
use super::names::Id;
use super::wanted::Wanted;

/// Whether another branch may take the place of a pinned one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repin {
    /// It was asked for.
    Asked,
    /// It was not asked for.
    NotAsked,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison<'a> {
    /// What the policy should say, where that is known.
    pub(crate) pinned: Vec<Pinned<'a>>,
    /// What of that it does not say yet.
    pub(crate) changes: Vec<Change>,
    /// Why nothing may be written.
    pub(crate) findings: Vec<Finding>,
}

impl Comparison<'_> {
    /// Everything that is not as it should be, as findings, in file order.
    pub(crate) fn drift(&self, policy: &Policy) -> Vec<Finding> {
        let drift = self.changes.iter().map(|change| change.drift(policy));
        let mut all: Vec<_> = self.findings.iter().cloned().chain(drift).collect();
        all.sort_by_key(|finding| finding.place.span);
        all
    }
}

/// Compares what the policy says of Neon's databases with the account.
pub(crate) fn compare<'a>(
    policy: &'a Policy,
    wanted: &[Wanted<'a>],
    account: &Account,
    repin: Repin,
) -> Comparison<'a> {
    let mut compare = Compare { policy, out: Comparison::default() };
    let mut found = Vec::new();
    for wanted in wanted {
        let Some(project) = account.get(wanted.project.as_str()) else { continue };
        if let Some(branch) = compare.branch(wanted, project, repin) {
            found.push(Found { wanted, project, branch });
        }
    }
    for one in &found {
        compare.protection(one);
        compare.one(one, &found);
    }
    let clashes = claims::clashes(policy, &compare.out.pinned);
    compare.out.findings.extend(clashes);
    compare.out.findings.sort_by_key(|finding| finding.place.span);
    compare.out
}

/// A database whose branch is known.
struct Found<'a, 'b> {
    wanted: &'b Wanted<'a>,
    project: &'b Project,
    branch: &'b Branch,
}

struct Compare<'a> {
    policy: &'a Policy,
    out: Comparison<'a>,
}

impl<'a> Compare<'a> {
    /// The branch of a database, if it is known and may be used.
    fn branch<'b>(
        &mut self,
        wanted: &Wanted<'a>,
        project: &'b Project,
        repin: Repin,
    ) -> Option<&'b Branch> {
        let database = wanted.database;
        let names = &database.branch_names;
        let named = project.branches.iter().filter(|branch| names.contains(&branch.name));
        let named: Vec<_> = named.collect();
        let pinned = database.branch_id.as_ref().map(|id| id.value.as_str());
        let here = project.branches.iter().find(|it| pinned == Some(it.id.as_str()));
        match (here, named.as_slice()) {
            (Some(branch), _) if names.is_empty() || names.contains(&branch.name) => Some(branch),
            (here, [only]) => match (pinned, repin) {
                (None, _) | (Some(_), Repin::Asked) => Some(only),
                (Some(pinned), Repin::NotAsked) => {
                    self.replaced(database, pinned, here, only);
                    None
                }
            },
            (Some(branch), []) => {
                self.renamed(database, branch);
                None
            }
            (None, []) => {
                self.no_branch(wanted, project, pinned);
                None
            }
            (_, several) => {
                self.several(database, several);
                None
            }
        }
    }

    fn replaced(&mut self, database: &Database, pinned: &str, here: Option<&Branch>, new: &Branch) {
        let old = match here {
            None => format!("the pinned branch `{pinned}` is no longer in the project"),
            Some(branch) => {
                format!("the pinned branch `{pinned}` is called `{}` now", visible(&branch.name))
            }
        };
        let message = format!("{old}, and {} is `{}`{}", named(new), new.id, origin(new));
        let help = "if that is intended, as after a restore, run `guard-cli neon sync --repin`";
        self.push(Kind::Replaced, database, Some("branch.id"), message, help);
    }

    fn renamed(&mut self, database: &Database, branch: &Branch) {
        let message = format!(
            "the pinned branch `{}` is called `{}`, which is not one of {}",
            branch.id,
            visible(&branch.name),
            quoted(&database.branch_names),
        );
        let help = "rename it back, or write its name into `branch.names`";
        self.push(Kind::Renamed, database, Some("branch.names"), message, help);
    }

    fn no_branch(&mut self, wanted: &Wanted<'_>, project: &Project, pinned: Option<&str>) {
        let database = wanted.database;
        let missing = match (pinned, database.branch_names.as_slice()) {
            (Some(pinned), []) => format!("no branch `{pinned}`"),
            (Some(pinned), names) => {
                format!("no branch `{pinned}` and none called {}", quoted(names))
            }
            (None, names) => format!("no branch called {}", quoted(names)),
        };
        let mut branches = project.branches.iter();
        let heir =
            branches.find(|it| it.restored_as.is_some() && it.restored_as.as_deref() == pinned);
        let heir =
            heir.map(|it| format!("; `{}`, called `{}`, took its place", it.id, visible(&it.name)));
        let message =
            format!("project `{}` has {missing}{}", wanted.project, heir.unwrap_or_default());
        let help = match project.branches.as_slice() {
            [] => "the project has no branch; check `project`".to_owned(),
            branches => {
                let names: Vec<_> = branches.iter().map(|it| it.name.clone()).take(SHOWN).collect();
                let more = if branches.len() > SHOWN { ", …" } else { "" };
                format!("its branches are {}{more}; check `branch` and `project`", quoted(&names))
            }
        };
        let key = if pinned.is_some() { "branch.id" } else { "branch.names" };
        self.push(Kind::NoBranch, database, Some(key), message, &help);
    }

    fn several(&mut self, database: &Database, several: &[&Branch]) {
        let each: Vec<_> =
            several.iter().map(|it| format!("{} (`{}`)", named(it), it.id)).collect();
        let message = format!("several branches fit: {}", each.join(", "));
        let help = "write the id of the one that is meant into `branch.id`";
        self.push(Kind::SeveralBranches, database, Some("branch.names"), message, help);
    }

    /// Real data on a protected branch; no other on the one that is the default.
    fn protection(&mut self, found: &Found<'a, '_>) {
        let Found { wanted, branch, project: _ } = found;
        if let (Some(environment), false) = (wanted.real(), branch.protected) {
            let message = format!(
                "{} is not protected, and `{}` has data of real people",
                named(branch),
                environment.name.value
            );
            let help = "protect the branch in Neon's console: it then cannot be deleted or reset, \
                        and its children get passwords of their own";
            self.push(Kind::Unprotected, wanted.database, None, message, help);
        }
        if let (Some(environment), true) = (wanted.unreal(), branch.default) {
            let message = format!(
                "{} is the project's default branch, and `{}` has no data of real people",
                named(branch),
                environment.name.value
            );
            let help = "make production's branch the default: whatever names no branch uses it";
            self.push(Kind::Default, wanted.database, None, message, help);
        }
    }

    /// The id and the endpoints of one database.
    fn one(&mut self, found: &Found<'a, '_>, all: &[Found<'a, '_>]) {
        let Found { wanted, project, branch } = found;
        let database = wanted.database;
        let of_branch = project.endpoints.iter().filter(|it| it.branch_id == branch.id);
        let wanted_hosts: Vec<_> = of_branch.map(|it| (it.access, &it.host)).collect();
        if wanted_hosts.is_empty() {
            let message = format!("{} has no endpoint, so nothing leads to it", named(branch));
            let help = "add a compute to the branch in Neon's console";
            self.push(Kind::NoEndpoint, database, Some("endpoints"), message, help);
        }
        self.branch_change(wanted, branch);
        let written: Vec<_> = database.endpoints.iter().map(|host| host.value.as_str()).collect();
        for host in &database.endpoints {
            if !wanted_hosts.iter().any(|(_, known)| known.as_str() == host.value) {
                self.stale(found, &host.value, all);
            }
        }
        for (_, host) in wanted_hosts.iter().filter(|(_, it)| !written.contains(&it.as_str())) {
            let message = format!("`{host}` leads to {}, and is not listed", named(branch));
            self.change(wanted, To::EndpointAdded((*host).clone()), message);
        }
        let endpoints = Slots::between(&written, &wanted_hosts);
        self.out.pinned.push(Pinned { database, branch: branch.id.clone(), endpoints });
    }

    fn branch_change(&mut self, wanted: &Wanted<'_>, branch: &Branch) {
        let from = wanted.database.branch_id.as_ref().map(|id| id.value.clone());
        let message = match &from {
            Some(id) if *id == branch.id.as_str() => return,
            Some(_) => format!("{} is `{}` now{}", named(branch), branch.id, origin(branch)),
            None => format!("{} is `{}`, and is not pinned", named(branch), branch.id),
        };
        self.change(wanted, To::Branch { from, to: branch.id.clone() }, message);
    }

    /// A written endpoint that does not lead to the branch.
    fn stale(&mut self, found: &Found<'a, '_>, host: &str, all: &[Found<'a, '_>]) {
        let Found { wanted, project, branch: _ } = found;
        let Some(endpoint) = project.endpoints.iter().find(|it| it.host.as_str() == host) else {
            let message = format!("`{host}` is not an endpoint of project `{}`", wanted.project);
            return self.change(wanted, To::EndpointRemoved(host.to_owned()), message);
        };
        let leads_to = &endpoint.branch_id;
        let message = match project.branches.iter().find(|it| it.id == *leads_to) {
            Some(branch) => format!("`{host}` leads to {} (`{leads_to}`)", named(branch)),
            None => format!("`{host}` leads to branch `{leads_to}`"),
        };
        match self.other_with(wanted, leads_to, all) {
            None => self.change(wanted, To::EndpointRemoved(host.to_owned()), message),
            Some(other) => {
                let message = format!("{message}, which is that of `{other}`");
                let help = "point the endpoint back in Neon; until then nothing may use it";
                let finding = Finding {
                    place: Place::at(self.policy.source(), span(wanted.database, host)),
                    ..self.finding(
                        Kind::Repointed,
                        wanted.database,
                        Some("endpoints"),
                        message,
                        help,
                    )
                };
                self.out.findings.push(finding);
            }
        }
    }

    /// A database of other environments whose branch that is, by its pin or by
    /// its name.
    fn other_with(&self, wanted: &Wanted<'_>, id: &Id, all: &[Found<'a, '_>]) -> Option<&'a str> {
        let environments = wanted.environment_ids();
        let found = all.iter().filter(|it| it.branch.id == *id).map(|it| it.wanted.database);
        let is_pinned =
            |it: &&Database| it.branch_id.as_ref().is_some_and(|at| at.value == id.as_str());
        let pinned = self.policy.databases().iter().filter(is_pinned);
        let mut others = found.chain(pinned).filter(|it| it.id != wanted.database.id);
        let differs = |it: &&Database| claims::environments(self.policy, it) != environments;
        others.find(differs).map(|it| it.name.value.as_str())
    }

    fn change(&mut self, wanted: &Wanted<'_>, to: To, message: String) {
        self.out.changes.push(Change { database: wanted.name().to_owned(), to, message });
    }

    fn push(
        &mut self,
        kind: Kind,
        database: &Database,
        key: Option<&'static str>,
        message: String,
        help: &str,
    ) {
        let finding = self.finding(kind, database, key, message, help);
        self.out.findings.push(finding);
    }

    fn finding(
        &self,
        kind: Kind,
        database: &Database,
        key: Option<&'static str>,
        message: String,
        help: &str,
    ) -> Finding {
        let id = database.branch_id.as_ref().filter(|_| key == Some("branch.id"));
        let span = id.map_or(database.name.span, |id| id.span);
        Finding {
            kind,
            database: database.name.value.clone(),
            key,
            message,
            help: help.to_owned(),
            place: Place::at(self.policy.source(), span),
        }
    }
}

fn span(database: &Database, host: &str) -> koomy_guard::source::Span {
    let written = database.endpoints.iter().find(|it| it.value == host);
    written.map_or(database.name.span, |it| it.span)
}

fn named(branch: &Branch) -> String {
    format!("branch `{}`", visible(&branch.name))
}

/// Where a restored branch comes from.
fn origin(branch: &Branch) -> String {
    match &branch.restored_from {
        Some(snapshot) => format!(", restored from snapshot `{}`", visible(snapshot)),
        None => String::new(),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{}`", visible(name))).collect::<Vec<_>>().join(", ")
}

/// How many names a message lists.
const SHOWN: usize = 10;
