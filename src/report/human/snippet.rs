//! A finding as a block: what is wrong, where, why, and what to do about it.

use std::sync::Arc;

use annotate_snippets::{Element, Level, Origin, Padding, Renderer, Snippet};

use super::super::decision::{Entry, Severity};
use super::super::escape::visible;
use super::super::{Color, Style};
use super::policy_path;
use super::quote::Quote;
use crate::finding::{Label, LabelRole, Outcome};
use crate::policy::{Policy, PolicyError, may_be_shown};
use crate::source::Source;

/// Writes blocks.
pub(super) struct Blocks<'a> {
    renderer: Renderer,
    width: usize,
    policy: &'a Arc<Source>,
    policy_path: String,
    quoting: Quoting,
}

/// Whether the text of the policy is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// It certainly is a policy.
    Shown,
    /// It may be any file.
    Hidden,
}

impl<'a> Blocks<'a> {
    /// Makes the writer for findings.
    pub(super) fn new(style: Style, policy: &'a Policy) -> Self {
        Self {
            renderer: renderer(style),
            width: width(style),
            policy: policy.source(),
            policy_path: policy_path(policy),
            quoting: Quoting::Shown,
        }
    }

    /// Makes the writer for a policy's problems.
    ///
    /// INVARIANT: a file that was given as a policy by mistake, such as an env file, is
    /// not quoted.
    pub(super) fn of_policy(style: Style, error: &'a PolicyError) -> Self {
        let text = error.policy().shown().unwrap_or_default();
        Self {
            renderer: renderer(style),
            width: width(style),
            policy: error.policy(),
            policy_path: visible(error.policy().name()).into_owned(),
            quoting: if may_be_shown(text) { Quoting::Shown } else { Quoting::Hidden },
        }
    }

    /// Writes the block of one entry, with an empty line after it.
    pub(super) fn write(&self, entry: &Entry<'_>) -> String {
        let level = match entry.severity {
            Severity::Found(Outcome::Refused) => Level::ERROR.with_name("refused"),
            Severity::Found(Outcome::Undecided) => Level::WARNING.with_name("undecided"),
            Severity::Misused => Level::ERROR,
        };
        let title = level.primary_title(visible(&entry.message)).id(entry.rule);
        let elements = self.elements(&entry.labels);
        let bare = matches!(elements.last(), Some(Element::Origin(_)));
        let mut group = title.elements(elements);
        if let Some(help) = &entry.help {
            let space = bare.then_some(Padding);
            group = group.elements(space).element(Level::HELP.message(visible(help)));
        }
        let mut block = self.renderer.render(&[group]);
        block.push_str("\n\n");
        block
    }

    fn elements<'b>(&self, labels: &'b [Label]) -> Vec<Element<'b>> {
        let mut sources: Vec<(&Arc<Source>, Vec<&Label>)> = Vec::new();
        for label in labels {
            let source = &label.place.source;
            match sources.iter_mut().find(|(known, _)| Arc::ptr_eq(known, source)) {
                Some((_, labels)) => labels.push(label),
                None => sources.push((source, vec![label])),
            }
        }
        sources.into_iter().flat_map(|(source, labels)| self.source(source, &labels)).collect()
    }

    fn source<'b>(&self, source: &Arc<Source>, labels: &[&'b Label]) -> Vec<Element<'b>> {
        let is_policy = Arc::ptr_eq(source, self.policy);
        let path = if is_policy { self.policy_path.clone() } else { visible(source.name()).into() };
        let text = source.shown().filter(|_| !is_policy || self.quoting == Quoting::Shown);
        let quote = text.and_then(|text| Quote::new(text, labels, self.width));
        if let Some(mut quote) = quote {
            let annotations = quote.annotations();
            let snippet = Snippet::source(quote.text).line_start(quote.line).path(path);
            return vec![snippet.annotations(annotations).into()];
        }
        match labels {
            [_] => labels.iter().map(|label| origin(&path, label).into()).collect(),
            several if text.is_some() => {
                several.iter().flat_map(|label| self.source(source, &[*label])).collect()
            }
            several => several.iter().take(1).map(|label| origin(&path, label).into()).collect(),
        }
    }
}

fn renderer(style: Style) -> Renderer {
    let renderer = match style.color {
        Color::Plain => Renderer::plain(),
        Color::Ansi => Renderer::styled(),
    };
    renderer.term_width(width(style))
}

fn width(Style { color: _, width }: Style) -> usize {
    if width == 0 { DEFAULT_WIDTH } else { width.clamp(MIN_WIDTH, MAX_WIDTH) }
}

fn origin(path: &str, label: &Label) -> Origin<'static> {
    let path = match label.role {
        LabelRole::Cause => path.to_owned(),
        LabelRole::DecidedBy | LabelRole::Related => format!("{path} ({})", visible(&label.text)),
    };
    match label.place.location() {
        None => Origin::path(path),
        Some(location) => Origin::path(path).line(location.line).char_column(location.column),
    }
}

const DEFAULT_WIDTH: usize = 100;
const MIN_WIDTH: usize = 40;
const MAX_WIDTH: usize = 400;
