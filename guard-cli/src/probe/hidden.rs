//! Whether debug paths are told from paths that do not exist.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use super::answer::{Answer, Steady, SteadyBody};
use super::client::{Client, Question, Trouble};
use super::timing::Timing;
use super::{Found, Kind, Probe};

/// Asks for every debug path of the policy, in whatever environment it is one.
///
/// Without the secret such a path is hidden everywhere. So it is asked for
/// beside paths that nobody can have, which must be answered alike.
pub(super) fn ask(probe: &Probe<'_>, client: &mut Client, found: &mut Found) {
    let rules = probe.policy.environments().iter().filter_map(|it| it.debug.as_ref());
    let mut paths: Vec<_> = rules
        .flat_map(|rule| rule.paths.iter().map(|path| (path.as_str(), rule.header.as_str())))
        .collect();
    paths.sort_unstable();
    paths.dedup_by_key(|(path, _)| *path);
    if paths.is_empty() {
        found.notes.push("the policy has no debug paths".to_owned());
    }
    for (path, header) in paths {
        let asked = Path { path, header, host: probe.own_domain() }.ask(client, found);
        if let Err(trouble) = asked {
            let help = "ask again, or ask a server that is less busy";
            found.undecided(Kind::Debug, path, trouble.to_string(), help);
        }
    }
}

struct Path<'a> {
    path: &'a str,
    header: &'a str,
    host: &'a str,
}

/// A question, but for the path.
struct Way {
    method: &'static str,
    after: &'static str,
    with_header: WithHeader,
}

enum WithHeader {
    No,
    /// With the header of the policy, and a secret that nobody has.
    Wrong,
}

impl Path<'_> {
    fn ask(&self, client: &mut Client, found: &mut Found) -> Result<(), Trouble> {
        for way in WAYS {
            if let Some(difference) = self.compare(way, client, found)? {
                let message = format!("{} {}: {difference}", way.method, way.told());
                found.refuse(Kind::Debug, self.path, message, HELP);
                return Ok(());
            }
        }
        let mut timing = self.time(client)?;
        if timing.is_clear() {
            // DELIBERATE: what disturbed the machine for a while does so once.
            timing = self.time(client)?;
        }
        if timing.is_clear() {
            let message = format!(
                "the time that it takes tells it from a path that does not exist \
                 (effect {:.2} of 1, {} samples of each)",
                timing.effect, timing.samples
            );
            found.refuse(Kind::Debug, self.path, message, HELP);
        }
        found.timings.push(timing);
        Ok(())
    }

    /// How an answer differs from those that paths get which do not exist.
    fn compare(
        &self,
        way: &Way,
        client: &mut Client,
        found: &mut Found,
    ) -> Result<Option<String>, Trouble> {
        let one = self.answer(way, &absent(self.path), client)?;
        let own = self.answer(way, self.path, client)?;
        let two = self.answer(way, &absent(self.path), client)?;
        let steady = Steady::of(&one, &two);
        if one.status != two.status {
            let message = "paths that do not exist are not all answered in the same way".to_owned();
            let help = "nothing can be compared; ask a server that is less busy";
            found.undecided(Kind::Debug, self.path, message, help);
        } else if steady.body != SteadyBody::Same {
            let note = "answers change with every request, so that only their lengths and headers were compared";
            if !found.notes.iter().any(|known| known == note) {
                found.notes.push(note.to_owned());
            }
        }
        Ok(own.differs(&one, &steady))
    }

    fn answer(&self, way: &Way, path: &str, client: &mut Client) -> Result<Answer, Trouble> {
        let whole = format!("{path}{}", way.after);
        let secret = token(32);
        let header = match way.with_header {
            WithHeader::No => None,
            WithHeader::Wrong => Some((self.header, secret.as_str())),
        };
        let question = Question { method: way.method, path: &whole, host: self.host, header };
        Ok(client.ask(question)?.without(path))
    }

    /// Times this path and such as do not exist, in turns.
    fn time(&self, client: &mut Client) -> Result<Timing, Trouble> {
        let (mut own, mut others): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
        for round in 0..SAMPLES {
            let absent = absent(self.path);
            let pair = [(self.path, true), (absent.as_str(), false)];
            let (first, second) = if round % 2 == 0 { (0, 1) } else { (1, 0) };
            for (path, is_own) in [first, second].into_iter().filter_map(|at| pair.get(at)) {
                let took = client.get(path, self.host)?.first;
                if *is_own { own.push(took) } else { others.push(took) }
            }
        }
        Ok(Timing::of(self.path, &own, &others))
    }
}

impl Way {
    fn told(&self) -> &'static str {
        match (&self.with_header, self.after) {
            (WithHeader::Wrong, _) => "with a wrong secret",
            (WithHeader::No, "") => "without a secret",
            (WithHeader::No, "/") => "with a slash at its end",
            (WithHeader::No, _) => "below it",
        }
    }
}

/// A path beside this one that nobody has.
fn absent(path: &str) -> String {
    let (parent, last) = path.rsplit_once('/').unwrap_or(("", path));
    format!("{parent}/{}", token(last.len().max(16)))
}

/// Letters that nobody has chosen.
fn token(length: usize) -> String {
    let numbers = std::iter::repeat_with(|| RandomState::new().build_hasher().finish());
    let letters = numbers.flat_map(u64::to_le_bytes).map(|byte| char::from(b'a' + byte % 26));
    letters.take(length).collect()
}

const WAYS: &[Way] = &[
    Way { method: "GET", after: "", with_header: WithHeader::No },
    Way { method: "GET", after: "/", with_header: WithHeader::No },
    Way { method: "GET", after: "/db-identity", with_header: WithHeader::No },
    Way { method: "HEAD", after: "", with_header: WithHeader::No },
    Way { method: "OPTIONS", after: "", with_header: WithHeader::No },
    Way { method: "POST", after: "", with_header: WithHeader::No },
    Way { method: "GET", after: "", with_header: WithHeader::Wrong },
    Way { method: "GET", after: "/db-identity", with_header: WithHeader::Wrong },
];

const HELP: &str = "let the request take the way of a path that does not exist: `docs/web.md`";
/// Of each of the two.
const SAMPLES: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_path_is_beside_and_never_the_same() {
        for path in ["/api/_debug", "/_debug", "/a/b/a-rather-long-name-of-a-path"] {
            let (one, two) = (absent(path), absent(path));
            assert_ne!(one, two);
            let parent = path.rsplit_once('/').map(|(parent, _)| parent);
            assert_eq!(one.rsplit_once('/').map(|(parent, _)| parent), parent);
            assert!(one.len() >= path.len());
        }
    }
}
