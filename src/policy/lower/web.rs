//! `web = { … }` of an environment, and the paths of its endpoints.

use super::Lower;
use crate::policy::reader::Section;
use crate::policy::web::{AddressRange, EncodedResponses, ForeignOrigins, WebRule};
use crate::source::Spanned;
use crate::target::grammar::is_unreserved;

impl Lower {
    pub(super) fn web(&mut self, section: Section<'_>) -> WebRule {
        let health_paths = section.texts("health_paths").unwrap_or_default();
        health_paths.iter().for_each(|path| self.path(path));
        if let (Some(span), true) = (section.span("health_addresses"), health_paths.is_empty()) {
            self.contradiction(
                span,
                "`health_addresses` has no effect without `health_paths`",
                "list the paths in `health_paths`, or remove it",
            );
        }
        WebRule {
            proxies: self.ranges(section, "proxies"),
            health_paths,
            health_addresses: self.ranges(section, "health_addresses"),
            foreign_origins: section
                .word("foreign_origins", ForeignOrigins::from_name)
                .unwrap_or_default(),
            encoded_responses: section
                .word("encoded_responses", EncodedResponses::from_name)
                .unwrap_or_default(),
        }
    }

    /// Checks that every program reads a path alike.
    pub(super) fn path(&mut self, path: &Spanned<String>) {
        let is_plain = |segment: &str| {
            !matches!(segment, "" | "." | "..") && segment.bytes().all(is_unreserved)
        };
        let below = path.value.strip_prefix('/');
        if !below.is_some_and(|below| below.split('/').all(is_plain)) {
            self.contradiction(
                path.span,
                format!("`{}` is not a plain path below the root", path.value),
                "write a path such as `/api/_debug`, in letters, digits, `-`, `.`, `_` and `~`, \
                 without a slash at its end",
            );
        }
    }

    fn ranges(&mut self, section: Section<'_>, key: &str) -> Vec<AddressRange> {
        let texts = section.texts(key).unwrap_or_default();
        texts.iter().filter_map(|text| self.range(text)).collect()
    }

    fn range(&mut self, text: &Spanned<String>) -> Option<AddressRange> {
        let range = AddressRange::parse(&text.value);
        if range.is_none() {
            self.contradiction(
                text.span,
                format!("`{}` is neither an address nor a range of addresses", text.value),
                "write one such as `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`",
            );
        }
        range
    }
}
