//! A list of endpoints, and how it becomes another with the fewest changes.

use super::answer::Access;
use super::names::Host;

/// What becomes of each written endpoint, and what comes before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(super) front: Vec<Host>,
    pub(super) written: Vec<Slot>,
    pub(super) back: Vec<Host>,
}

/// What becomes of one written endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Keep(String),
    Replace(Host),
    Drop,
}

impl Slots {
    /// From `written` to `wanted`.
    ///
    /// What stays keeps its place. What is new takes the place of what goes, as
    /// far as there is one; else what writes comes first, and the rest last.
    pub(super) fn between(written: &[&str], wanted: &[(Access, &Host)]) -> Self {
        let stays = |host: &str| wanted.iter().any(|(_, known)| known.as_str() == host);
        let mut new = wanted.iter().filter(|(_, host)| !written.contains(&host.as_str()));
        let slot = |host: &&str| match (stays(host), &mut new) {
            (true, _) => Slot::Keep((*host).to_owned()),
            (false, new) => match new.next() {
                Some((_, host)) => Slot::Replace((*host).clone()),
                None => Slot::Drop,
            },
        };
        let mut slots = Self { written: written.iter().map(slot).collect(), ..Self::default() };
        for (access, host) in new {
            match access {
                Access::ReadWrite => slots.front.push((*host).clone()),
                Access::ReadOnly => slots.back.push((*host).clone()),
            }
        }
        slots
    }

    /// The list that comes out.
    pub(super) fn list(&self) -> Vec<&str> {
        let kept = self.written.iter().filter_map(|slot| match slot {
            Slot::Keep(host) => Some(host.as_str()),
            Slot::Replace(host) => Some(host.as_str()),
            Slot::Drop => None,
        });
        let front = self.front.iter().map(Host::as_str);
        front.chain(kept).chain(self.back.iter().map(Host::as_str)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_keeps_its_place() {
        // Hosts in capitals write, the others read.
        let table: [(&str, &str, &str); 12] = [
            ("A", "A", "A"),
            ("b A", "A b", "b A"),
            ("", "A b", "A b"),
            ("b", "A b", "A b"),
            ("A", "A b c", "A b c"),
            ("A b", "A", "A"),
            ("A b c", "A c", "A c"),
            ("X", "A", "A"),
            ("b X", "A b", "b A"),
            ("X y", "A", "A"),
            ("X", "A b", "A b"),
            ("x b y", "b", "b"),
        ];
        for (written, wanted, result) in table {
            let hosts = |text: &str| -> Vec<Host> {
                let host = |name: &str| Host::parse(&format!("{}.x", name.to_lowercase())).unwrap();
                text.split_whitespace().map(host).collect()
            };
            let access = |name: &str| match name.to_lowercase() == name {
                true => Access::ReadOnly,
                false => Access::ReadWrite,
            };
            let (before, after) = (hosts(written), hosts(wanted));
            let before: Vec<_> = before.iter().map(Host::as_str).collect();
            let access: Vec<_> = wanted.split_whitespace().map(access).collect();
            let after: Vec<_> = access.into_iter().zip(&after).collect();
            let expected = hosts(result);
            let expected: Vec<_> = expected.iter().map(Host::as_str).collect();
            let slots = Slots::between(&before, &after);
            assert_eq!(slots.list(), expected, "{written} → {wanted}");
        }
    }
}
