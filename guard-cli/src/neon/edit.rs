//! Pins put into the text of a policy; the rest of it stays, to the byte.
//!
//! DELIBERATE: `toml_edit` says where things stand, and the text is cut there.
//! Its own writer drops the carriage returns of a file that has them.

use std::ops::Range;

use toml_edit::{Array, Document, Item, TableLike};

use super::finding::Pinned;
use super::list::{Slot, Slots};
use super::names::Host;

/// The text with these pins; `None` where it is written in a form that cannot be
/// edited.
pub(super) fn pinned(text: &str, pins: &[Pinned<'_>]) -> Option<String> {
    let mut text = text.to_owned();
    for Pinned { database, branch, endpoints } in pins {
        let name = database.name.value.as_str();
        if database.branch_id.as_ref().is_none_or(|id| id.value != branch.as_str()) {
            text = with_branch(&text, name, branch.as_str())?;
        }
        text = with_endpoints(text, name, endpoints)?;
    }
    Some(text)
}

pub(super) fn with_branch(text: &str, database: &str, id: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let branch = table(&document, database)?.get("branch")?;
    let entries = branch.as_table_like()?;
    if let Some(written) = entries.get("id") {
        return Some(cut(text, written.span()?, &like(text, &written.span()?, id)));
    }
    let last = |(key, item): (&str, &Item)| Some((entries.key(key)?.span()?, item.span()?));
    let (key, value) = entries.iter().filter_map(last).max_by_key(|(_, value)| value.end)?;
    after(text, Layout::of(branch), &key, &value, "id", &format!("\"{id}\""))
}

/// One change at a time, each with a fresh look at where things stand.
pub(super) fn with_endpoints(mut text: String, database: &str, slots: &Slots) -> Option<String> {
    for (at, slot) in slots.written.iter().enumerate().rev() {
        text = match slot {
            Slot::Keep(_) => text,
            Slot::Replace(host) => replaced(&text, &items(&text, database)?, at, host)?,
            Slot::Drop => dropped(&text, &items(&text, database)?, at)?,
        };
    }
    for host in slots.front.iter().rev() {
        text = in_front(&text, database, host)?;
    }
    for host in &slots.back {
        text = at_the_end(&text, database, host)?;
    }
    Some(text)
}

/// The list of endpoints, as it stands in a text.
struct Items {
    whole: Range<usize>,
    each: Vec<Range<usize>>,
    ends_with_comma: bool,
}

fn items(text: &str, database: &str) -> Option<Items> {
    let document = Document::parse(text).ok()?;
    let array: &Array = table(&document, database)?.get("endpoints")?.as_array()?;
    let each: Option<_> = array.iter().map(|value| value.span()).collect();
    Some(Items { whole: array.span()?, each: each?, ends_with_comma: array.trailing_comma() })
}

fn replaced(text: &str, items: &Items, at: usize, host: &Host) -> Option<String> {
    let span = items.each.get(at)?.clone();
    let value = like(text, &span, host.as_str());
    Some(cut(text, span, &value))
}

/// Takes an item out, with its comma, and with its line if nothing else is there.
fn dropped(text: &str, items: &Items, at: usize) -> Option<String> {
    let Range { start, end } = items.each.get(at)?.clone();
    let before = at.checked_sub(1).and_then(|at| items.each.get(at));
    let rest = text.get(end..items.whole.end)?;
    let comma = rest.find(|character: char| !character.is_ascii_whitespace())?;
    let span = match (rest.get(comma..)?.starts_with(','), before) {
        (true, _) => start..end + comma + 1,
        (false, Some(before)) if is_comma(text.get(before.end..start)?) => before.end..end,
        (false, _) => start..end,
    };
    let line_start = line_start(text, span.start);
    let line_end = line_end(text, span.end);
    let is_blank = |range: Range<usize>| text.get(range).is_some_and(|it| it.trim().is_empty());
    if line_start > items.whole.start
        && is_blank(line_start..span.start)
        && is_blank(span.end..line_end)
    {
        return Some(cut(text, line_start..line_end, ""));
    }
    let spaces = text.get(span.end..line_end)?.bytes().take_while(|byte| *byte == b' ').count();
    let eaten = if at == 0 || span.start == start { spaces } else { 0 };
    Some(cut(text, span.start..span.end + eaten, ""))
}

fn is_comma(between: &str) -> bool {
    between.trim_matches([' ', '\t']) == ","
}

fn in_front(text: &str, database: &str, host: &Host) -> Option<String> {
    let Some(items) = items(text, database) else { return new_list(text, database, host) };
    let Some(first) = items.each.first() else { return first_item(text, &items, host) };
    let value = like(text, first, host.as_str());
    let own_line = indent(text, &items, first.start);
    let separator = own_line.map_or(" ".to_owned(), |indent| line_break(text).to_owned() + indent);
    Some(cut(text, first.start..first.start, &format!("{value},{separator}")))
}

fn at_the_end(text: &str, database: &str, host: &Host) -> Option<String> {
    let Some(items) = items(text, database) else { return new_list(text, database, host) };
    let Some(last) = items.each.last() else { return first_item(text, &items, host) };
    let value = like(text, last, host.as_str());
    let line_end = line_end(text, last.end);
    // A comment behind the last item stays behind it.
    let own_line = indent(text, &items, last.start).filter(|_| line_end < items.whole.end);
    let comma_is_near =
        text.get(last.end..line_end).is_some_and(|rest| rest.trim_start().starts_with(','));
    match (own_line, items.ends_with_comma) {
        (Some(indent), true) if comma_is_near => {
            let line = format!("{indent}{value},{}", line_break(text));
            Some(cut(text, line_end..line_end, &line))
        }
        (Some(indent), false) => {
            let line = format!("{indent}{value}{}", line_break(text));
            let longer = cut(text, line_end..line_end, &line);
            Some(cut(&longer, last.end..last.end, ","))
        }
        (Some(_) | None, _) => Some(cut(text, last.end..last.end, &format!(", {value}"))),
    }
}

fn first_item(text: &str, items: &Items, host: &Host) -> Option<String> {
    let inside = items.whole.start + 1;
    Some(cut(text, inside..inside, &format!("\"{host}\"")))
}

/// A policy that has no list of endpoints gets one, below `project`.
fn new_list(text: &str, database: &str, host: &Host) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let databases = document.as_table().get("databases")?.as_table_like()?;
    let item = databases.get(database)?;
    let entries = item.as_table_like()?;
    let (key, value) = (entries.key("project")?.span()?, entries.get("project")?.span()?);
    if entries.contains_key("endpoints") {
        return None;
    }
    after(text, Layout::of(item), &key, &value, "endpoints", &format!("[\"{host}\"]"))
}

/// How the entries of a table are separated.
#[derive(Clone, Copy)]
enum Layout {
    Lines,
    Commas,
}

impl Layout {
    fn of(item: &Item) -> Self {
        if item.is_inline_table() { Self::Commas } else { Self::Lines }
    }
}

/// A new entry behind another, written as that one is.
fn after(
    text: &str,
    layout: Layout,
    key: &Range<usize>,
    value: &Range<usize>,
    name: &str,
    new: &str,
) -> Option<String> {
    let sign = text.get(key.end..value.start)?;
    match layout {
        Layout::Commas => {
            let before = text.get(..key.start)?;
            let start = before.rfind(['{', ',']).map_or(0, |at| at + 1);
            let prefix = before.get(start..)?.trim_start();
            Some(cut(text, value.end..value.end, &format!(", {prefix}{name}{}{new}", tight(sign))))
        }
        Layout::Lines => {
            let prefix = text.get(line_start(text, key.start)..key.start)?;
            let spaces = sign.bytes().take_while(|byte| *byte == b' ').count();
            let width = (key.end - key.start + spaces).max(name.len() + spaces.min(1));
            let sign = sign.trim_start_matches(' ');
            let line = format!("{prefix}{name:width$}{sign}{new}");
            let (at, end) = (line_end(text, value.end), line_break(text));
            let is_whole = text.get(..at)?.ends_with('\n');
            let line = if is_whole { line + end } else { end.to_owned() + &line };
            Some(cut(text, at..at, &line))
        }
    }
}

/// An equals sign without the spaces that align it.
fn tight(sign: &str) -> &'static str {
    if sign.starts_with([' ', '\t']) { " = " } else { "=" }
}

fn table<'a>(document: &'a Document<&str>, database: &str) -> Option<&'a dyn TableLike> {
    let databases = document.as_table().get("databases")?.as_table_like()?;
    databases.get(database)?.as_table_like()
}

/// `value` in the quotes of what stands at `span`.
fn like(text: &str, span: &Range<usize>, value: &str) -> String {
    let old = text.get(span.clone()).unwrap_or_default();
    let is_literal = old.starts_with('\'') && !old.starts_with("'''");
    if is_literal { format!("'{value}'") } else { format!("\"{value}\"") }
}

/// The white space before an item that has a line of its own.
fn indent<'a>(text: &'a str, items: &Items, at: usize) -> Option<&'a str> {
    let start = line_start(text, at);
    let before = text.get(start..at)?;
    (start > items.whole.start && before.trim().is_empty()).then_some(before)
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// After the line break.
fn line_end(text: &str, at: usize) -> usize {
    let newline = text.get(at..).and_then(|rest| rest.find('\n'));
    newline.map_or(text.len(), |newline| at + newline + 1)
}

/// The line break that the file has.
fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|before| before.ends_with('\r')) => "\r\n",
        Some(_) | None => "\n",
    }
}

/// `text` with `new` in the place of `span`.
fn cut(text: &str, span: Range<usize>, new: &str) -> String {
    let (before, rest) = text.split_at_checked(span.start).unwrap_or((text, ""));
    let after = rest.get(span.end - span.start..).unwrap_or_default();
    [before, new, after].concat()
}
