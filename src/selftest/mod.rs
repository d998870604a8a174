//! Proves that each rule can refuse under the policy in force.
//!
//! From the policy alone an environment is made that is permitted. Then, for
//! each rule, one violation is planted in it, and the rule must speak. A rule
//! that stays silent, or an environment that cannot be permitted at all, shows
//! a policy that does not guard what it seems to guard.

mod answers;
mod baseline;

use crate::facts::Facts;
use crate::finding::Findings;
use crate::gate::{Gate, compare, decide};
use crate::policy::Policy;
use crate::rules::{Check, RULES, Rule};

#[cfg(test)]
pub(crate) use answers::answered;
pub(crate) use baseline::{Address, Baseline};

/// Facts with one violation in them.
#[derive(Clone, Debug)]
pub(crate) enum Violation {
    /// In one environment, at a gate.
    One(Gate, Box<Facts>),
    /// In several, side by side.
    Across(Vec<Facts>),
}

/// A violation in one environment, at the boot gate.
pub(crate) fn one(facts: Facts) -> Violation {
    Violation::One(Gate::Boot, Box::new(facts))
}

/// A violation in one environment, at the seed gate.
pub(crate) fn at_seed(facts: Facts) -> Violation {
    Violation::One(Gate::Seed, Box::new(facts))
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It refused the violation that was planted.
    Refused,
    /// It let the violation pass.
    Silent,
    /// The policy gives it nothing to violate.
    NothingToViolate,
}

impl Proof {
    /// The words for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::NothingToViolate => "nothing to violate",
        }
    }
}

/// A rule, and whether it can refuse.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The rule.
    pub rule: &'static Rule,
    /// Whether it can.
    pub proof: Proof,
    /// The environment in which the violation was planted; the first in file
    /// order that has something to violate.
    pub environment: Option<String>,
}

/// The result of the self-test.
#[derive(Clone, Debug)]
pub struct SelfTest {
    /// Each rule but those of the probe, in the order of their ids.
    pub tried: Vec<Tried>,
    /// Environments that no variables and no server could satisfy at the boot
    /// gate, or at the seed gate where they may be seeded, with what stands in
    /// the way.
    pub impossible: Vec<(String, Findings)>,
}

impl SelfTest {
    /// Whether every environment can be permitted and no rule is silent.
    pub fn is_proof(&self) -> bool {
        self.impossible.is_empty() && self.tried.iter().all(|tried| tried.proof != Proof::Silent)
    }
}

/// Plants a violation of every rule. Pure; nothing is opened.
pub fn run(policy: &Policy) -> SelfTest {
    let baselines: Vec<_> = policy.environments().iter().map(|e| Baseline::of(policy, e)).collect();
    let impossible = baselines.iter().filter_map(|baseline| {
        let stuck = |gate| {
            let facts = baseline.facts();
            let verdict = decide(gate, policy, &facts);
            verdict.ruling().permitted().err().map(|_| verdict.findings)
        };
        let seed = || baseline.environment().seed.value.then(|| stuck(Gate::Seed)).flatten();
        let findings = stuck(Gate::Boot).or_else(seed)?;
        Some((baseline.environment().name.value.clone(), findings))
    });
    SelfTest {
        tried: judging().map(|rule| try_rule(rule, policy, &baselines)).collect(),
        impossible: impossible.collect(),
    }
}

/// The rules that judge what can be planted; no service runs that could be asked.
fn judging() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| !matches!(rule.check, Check::Outside))
}

fn try_rule(rule: &'static Rule, policy: &Policy, baselines: &[Baseline<'_>]) -> Tried {
    let mut tried = Tried { rule, proof: Proof::NothingToViolate, environment: None };
    for baseline in baselines {
        let Some(violation) = (rule.violate)(baseline, baselines) else { continue };
        tried.environment.get_or_insert_with(|| baseline.environment().name.value.clone());
        if !speaks(rule, policy, &violation) {
            tried.proof = Proof::Silent;
            tried.environment = Some(baseline.environment().name.value.clone());
            return tried;
        }
        tried.proof = Proof::Refused;
    }
    tried
}

fn speaks(rule: &Rule, policy: &Policy, violation: &Violation) -> bool {
    let by_rule = |findings: &Findings| findings.iter().any(|finding| finding.rule() == rule);
    match violation {
        Violation::One(gate, facts) => by_rule(&decide(*gate, policy, facts).findings),
        Violation::Across(environments) => by_rule(&compare(policy, environments).findings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_is_proved() {
        let policy = Policy::built_in().unwrap();
        let result = run(&policy);
        let stuck: Vec<_> = result
            .impossible
            .iter()
            .map(|(name, findings)| {
                (name, findings.iter().map(|f| f.message().to_owned()).collect::<Vec<_>>())
            })
            .collect();
        assert!(stuck.is_empty(), "{stuck:#?}");
        for tried in &result.tried {
            assert_eq!(tried.proof, Proof::Refused, "{}", tried.rule.id);
        }
        assert!(result.is_proof());
    }

    #[test]
    fn an_environment_that_nothing_satisfies_is_no_proof() {
        let text = "version = 1\nname = \"n\"\n\
            [environments.only]\ndata = \"real\"\ndatabases = [\"db\"]\n\
            [databases.db]\nhosts = [\"db.example.net\"]\ndatabase = \"d\"\n\
            [connections.c]\nhost = \"H\"\ndatabase = \"D\"\nuser = \"U\"\n\
            [variables.ENV]\nis = \"environment\"\n";
        let result = run(&Policy::parse("p", text).unwrap());
        let [(name, findings)] = result.impossible.as_slice() else {
            panic!("{:?}", result.impossible);
        };
        let rules: Vec<_> = findings.iter().map(|finding| finding.rule().id).collect();
        assert_eq!((name.as_str(), rules), ("only", vec!["database-connection-is-encrypted"]));
        assert!(!result.is_proof());
    }

    #[test]
    fn every_sort_of_database_is_made_to_say_what_it_should() {
        let text = "version = 1\nname = 'n'\nvariables.E.is = 'environment'\n\
            [connections.a]\nurl = 'A'\n[connections.b]\nurl = 'B'\nengine = 'mysql'\n\
            [environments.one]\ndata = 'synthetic'\nseed = true\nlive = true\n\
            databases = ['plain', 'sql']\nforbidden_rights = ['owner']\n\
            tripwire.'public.users' = { rows = 1 }\n\
            [environments.two]\ndata = 'real'\nlive = true\ndatabases = ['vault', 'pinned']\n\
            [databases.plain]\nhosts = ['localhost']\ndatabase = 'd'\n\
            [databases.sql]\nengine = 'mysql'\nhosts = ['localhost']\ndatabase = 'd'\n\
            [databases.vault]\nendpoints = ['vault.example.net']\ndatabase = 'd'\n\
            system_identifier = '1'\n\
            [databases.pinned]\nengine = 'mysql'\nendpoints = ['sql.example.net']\n\
            database = 'd'\nserver_hostname = '1'\n";
        let result = run(&Policy::parse("p", text).unwrap());
        assert!(result.impossible.is_empty(), "{:?}", result.impossible);
        let listening =
            result.tried.iter().filter(|tried| matches!(tried.rule.check, Check::Live(_)));
        let proofs: Vec<_> = listening.map(|tried| (tried.rule.id, tried.proof)).collect();
        assert_eq!(
            proofs,
            [
                ("database-identity-matches", Proof::Refused),
                ("database-role-is-least-privileged", Proof::Refused),
                ("database-stamp-matches", Proof::Refused),
                ("seed-database-is-disposable", Proof::Refused),
            ]
        );
    }

    #[test]
    fn an_environment_that_no_seed_can_enter_is_no_proof() {
        let neon = "version = 1\nname = 'n'\nvariables.E.is = 'environment'\n\
            connections.a.url = 'A'\n\
            [environments.only]\ndata = 'synthetic'\nseed = true\ndatabases = ['db']\n\
            [databases.db]\nprovider = 'neon'\nendpoints = ['ep-a-1.eu.aws.neon.tech']\n\
            database = 'd'\n";
        let pinned = neon.replace("database = ", "branch.id = 'br-1'\ndatabase = ");
        let real = pinned.replace("synthetic", "real");
        let unset = pinned.replace("connections.a.url = 'A'\n", "");
        let table = [
            (neon, vec!["database-identity-matches"]),
            (&pinned, vec![]),
            (&real, vec!["seed-database-is-disposable"]),
            (&unset, vec!["seed-database-is-disposable"]),
        ];
        for (text, rules) in table {
            let result = run(&Policy::parse("p", text).unwrap());
            let stuck = result.impossible.iter().flat_map(|(_, findings)| findings);
            assert_eq!(stuck.map(|f| f.rule().id).collect::<Vec<_>>(), rules, "{text}");
        }
    }
}
