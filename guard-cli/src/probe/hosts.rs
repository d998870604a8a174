//! Whether the service answers for domains of other environments.

use super::answer::{Answer, Steady};
use super::client::{Client, Trouble};
use super::{Found, Kind, Probe};

/// Asks in the name of every domain of every other environment. Each must be
/// refused by a status of 4xx that its own domain does not get.
pub(super) fn ask(probe: &Probe<'_>, client: &mut Client, found: &mut Found) {
    let foreign = foreign(probe);
    if foreign.is_empty() {
        found.notes.push("no other environment has domains".to_owned());
        return;
    }
    let health = &probe.environment.web.health_paths;
    let path = if health.iter().any(|path| path.value == "/") { "/guard-cli-probe" } else { "/" };
    let own = [client.get(path, probe.own_domain()), client.get(path, probe.own_domain())];
    let [Ok(own), Ok(again)] = own else {
        let message = "it did not answer for its own domain".to_owned();
        found.undecided(Kind::Host, probe.own_domain(), message, UNDECIDED);
        return;
    };
    let steady = Steady::of(&own, &again);
    for (domain, environment) in foreign {
        match client.get(path, domain) {
            Ok(answer) => {
                if let Some(what) = accepted(&answer, &own, &steady) {
                    let message = format!("a domain of `{environment}`: {what}");
                    found.refuse(Kind::Host, domain, message, HELP);
                }
            }
            // Nobody answers for a connection that is cut off.
            Err(Trouble::NoAnswer(kind)) if kind != std::io::ErrorKind::TimedOut => {}
            Err(trouble) => found.undecided(Kind::Host, domain, trouble.to_string(), UNDECIDED),
        }
    }
}

/// How an answer accepts a foreign domain.
fn accepted(answer: &Answer, own: &Answer, steady: &Steady) -> Option<String> {
    let status = answer.status;
    if !(400..500).contains(&status) {
        return Some(format!("status {status} instead of 421"));
    }
    let alike = answer.differs(own, steady).is_none();
    alike.then(|| format!("status {status}, which its own domain also gets"))
}

/// Domains of other environments that this one does not have, with their environment.
fn foreign<'a>(probe: &Probe<'a>) -> Vec<(&'a str, &'a str)> {
    let own = |domain: &str| probe.environment.domains.iter().any(|own| own.value == domain);
    let others = probe.policy.environments().iter().filter(|it| it.id != probe.environment.id);
    let domains = others.flat_map(|environment| {
        let name = environment.name.value.as_str();
        environment.domains.iter().map(move |domain| (domain.value.as_str(), name))
    });
    domains.filter(|(domain, _)| !own(domain)).collect()
}

const HELP: &str = "refuse requests for hosts of other environments with 421: `docs/web.md`";
const UNDECIDED: &str = "ask again, or ask a server that is less busy";
