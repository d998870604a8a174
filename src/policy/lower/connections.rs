//! `[connections.NAME]`

use std::collections::BTreeSet;

use super::Lower;
use super::databases::engine;
use crate::policy::reader::Section;
use crate::policy::{Connection, Given, PartVariables, Phase};
use crate::source::Spanned;

impl Lower {
    pub(super) fn connections(&mut self, top: Section<'_>) -> Vec<Connection> {
        let sections = top.named("connections");
        let connections: Vec<_> = sections
            .into_iter()
            .filter_map(|(name, section)| self.one_connection(name, section))
            .collect();
        self.used_twice(&connections);
        connections
    }

    fn one_connection(
        &mut self,
        name: Spanned<String>,
        section: Section<'_>,
    ) -> Option<Connection> {
        let given = self.given(&name, section)?;
        let databases = section
            .texts("databases")
            .map(|names| names.iter().filter_map(|name| self.database(name)).collect());
        Some(Connection {
            engine: engine(section),
            given,
            required: self.wherever(section, "required"),
            databases,
            phases: self.phases(section, &[Phase::Boot, Phase::Seed]),
            name,
        })
    }

    fn given(&mut self, name: &Spanned<String>, section: Section<'_>) -> Option<Given> {
        let parts = ["host", "port", "database", "user", "password", "encryption"];
        let has_parts = parts.iter().any(|part| section.has(part));
        match (section.text("url"), has_parts) {
            (Some(url), false) => Some(Given::Url(url)),
            (Some(url), true) => {
                self.contradiction(
                    url.span,
                    format!("`{}` has both `url` and variables for its parts", name.value),
                    "keep `url` or the parts; declare two connections if there are two",
                );
                None
            }
            // DELIBERATE: it has the wrong type, which was reported already.
            (None, _) if section.has("url") => None,
            (None, _) => {
                let (Some(host), Some(database), Some(user)) =
                    (section.text("host"), section.text("database"), section.text("user"))
                else {
                    if ["host", "database", "user"].iter().all(|part| section.has(part)) {
                        return None;
                    }
                    self.contradiction(
                        name.span,
                        format!("`{}` does not say which variables hold it", name.value),
                        "give `url`, or `host` and `database` and `user`",
                    );
                    return None;
                };
                Some(Given::Parts(PartVariables {
                    host,
                    port: section.text("port"),
                    database,
                    user,
                    password: section.text("password"),
                    encryption: section.text("encryption"),
                }))
            }
        }
    }

    fn used_twice(&mut self, connections: &[Connection]) {
        let urls = connections.iter().filter_map(|connection| match &connection.given {
            Given::Url(url) => Some(url),
            Given::Parts(_) => None,
        });
        let mut seen = BTreeSet::new();
        for url in urls {
            if !seen.insert(url.value.as_str()) {
                self.contradiction(
                    url.span,
                    format!("`{}` is the `url` of two connections", url.value),
                    "keep one of them",
                );
            }
        }
    }
}
