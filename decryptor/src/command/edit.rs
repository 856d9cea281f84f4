//! JSON texts in which some members change and everything else stays as it is, byte for byte.
//!
//! The texts have been accepted by our own loaders. The parser here only says where things stand in them.

mod file;
mod layout;
#[cfg(test)]
mod tests;

use std::ops::Range;

use jsonc_parser::ast::{Object, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

pub(crate) use file::{ConfigFile, commit};
use layout::{Layout, quoted};

/// What is to change, and where.
#[derive(Debug)]
pub(crate) struct Edit<'a> {
    /// From the top of the text to the value that changes.
    pub(crate) place: Vec<Step<'a>>,
    pub(crate) change: Change<'a>,
}

/// A step into a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Member(&'a str),
    Element(usize),
}

#[derive(Debug)]
pub(crate) enum Change<'a> {
    /// It becomes this string.
    Text(&'a str),
    /// It is an object that has members, and gets new ones behind them.
    Add(Vec<(&'a str, New<'a>)>),
    /// It is an object, and loses these members. One at least stays.
    Remove(Vec<&'a str>),
}

/// A new value.
#[derive(Debug)]
pub(crate) enum New<'a> {
    Text(&'a str),
    /// An object with these strings.
    Object(Vec<(&'a str, &'a str)>),
}

/// Changes a text. `None` if it is not as the edits take it to be, and then nothing should be written.
pub(crate) fn edit(text: &str, edits: &[Edit<'_>]) -> Option<String> {
    let root = parse_to_ast(text, &CollectOptions::default(), &strict()).ok()?.value?;
    let mut splices = Vec::new();
    for edit in edits {
        let node = node_at(&root, &edit.place)?;
        match &edit.change {
            Change::Text(new) => {
                splices.push((span(node.as_string_lit()?), quoted(new)));
            }
            Change::Add(members) => splices.push(addition(text, node.as_object()?, members)?),
            Change::Remove(names) => splices.extend(removals(node.as_object()?, names)?),
        }
    }
    let edited = spliced(text, splices)?;
    // What was written is read back by another parser: it must say what was asked for, and nothing else.
    let mut expected: Value = serde_json::from_str(text).ok()?;
    for edit in edits {
        apply(&mut expected, edit)?;
    }
    let says: Value = serde_json::from_str(&edited).ok()?;
    (says == expected).then_some(edited)
}

fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
    }
}

fn node_at<'n, 't>(root: &'n Node<'t>, place: &[Step<'_>]) -> Option<&'n Node<'t>> {
    place.iter().try_fold(root, |node, step| match step {
        Step::Member(name) => node
            .as_object()?
            .properties
            .iter()
            .find(|member| member.name.as_str() == *name)
            .map(|it| &it.value),
        Step::Element(index) => node.as_array()?.elements.get(*index),
    })
}

/// New members behind the last one.
fn addition(text: &str, object: &Object<'_>, members: &[(&str, New<'_>)]) -> Option<(Range<usize>, String)> {
    let layout = Layout::of(text, object)?;
    let neighbours = object.properties.iter().rev().filter_map(|member| member.value.as_object());
    let inner = neighbours.filter_map(|object| Layout::of(text, object)).next().unwrap_or_default();
    let mut added = String::new();
    for (name, new) in members {
        added.push_str(&layout.between);
        added.push_str(&quoted(name));
        added.push_str(&layout.colon);
        match new {
            New::Text(text) => added.push_str(&quoted(text)),
            New::Object(members) => inner.write(members, &mut added),
        }
    }
    let at = object.properties.last()?.value.end();
    Some((at..at, added))
}

/// The spans of members, each with a comma that it leaves to nobody.
fn removals(object: &Object<'_>, names: &[&str]) -> Option<Vec<(Range<usize>, String)>> {
    let mut spans = Vec::new();
    let mut members = object.properties.iter().peekable();
    // The end of the member before, if one before stays.
    let mut end = None;
    let mut found = 0_usize;
    while let Some(member) = members.next() {
        if names.contains(&member.name.as_str()) {
            found = found.saturating_add(1);
            let span = match end {
                Some(end) => end..member.value.end(),
                // With the comma behind it.
                None => member.name.start()..members.peek()?.name.start(),
            };
            spans.push((span, String::new()));
        }
        if end.is_some() || !names.contains(&member.name.as_str()) {
            end = Some(member.value.end());
        }
    }
    (found == names.len()).then_some(spans)
}

fn spliced(text: &str, mut splices: Vec<(Range<usize>, String)>) -> Option<String> {
    splices.sort_by_key(|(span, _)| (span.start, span.end));
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for (span, new) in splices {
        // Where two overlap there is no such slice.
        edited.push_str(text.get(at..span.start)?);
        edited.push_str(&new);
        at = span.end;
    }
    edited.push_str(text.get(at..)?);
    Some(edited)
}

fn apply(value: &mut Value, edit: &Edit<'_>) -> Option<()> {
    let at = edit.place.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get_mut(*name),
        Step::Element(index) => value.get_mut(*index),
    })?;
    match &edit.change {
        Change::Text(new) => *at = Value::from(*new),
        Change::Add(members) => {
            for (name, new) in members {
                let new = match new {
                    New::Text(text) => Value::from(*text),
                    New::Object(members) => {
                        members.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))).collect()
                    }
                };
                let before = at.as_object_mut()?.insert((*name).to_owned(), new);
                if before.is_some() {
                    return None;
                }
            }
        }
        Change::Remove(names) => {
            for name in names {
                at.as_object_mut()?.remove(*name)?;
            }
        }
    }
    Some(())
}

fn span(node: &impl Ranged) -> Range<usize> {
    node.start()..node.end()
}
