//! Where a value stands in a JSON text (RFC 6901).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use crate::json::unescape;
use crate::sizes::{MAX_DAMAGE_POINTERS, MAX_POINTER_BYTES, MAX_POINTER_NAME_BYTES};

/// Follows a JSON text. Memory: some bytes per open container, and a member name in each, cut if it is long.
#[derive(Clone, Default)]
pub(crate) struct Pointer {
    /// The names that lead to the last value, one behind the other.
    names: String,
    /// For each open container the step from it, outermost first.
    steps: Vec<Step>,
    /// How many things that only begin like a token had one, in all JSON texts.
    damages: usize,
}

/// A step from a container to a child.
#[derive(Clone)]
enum Step {
    /// To the member whose name begins there.
    Member { name: usize },
    /// To the element with the index before this.
    Element { next: u64 },
}

impl Pointer {
    /// A JSON text begins.
    pub(crate) fn begin(&mut self) {
        self.names.clear();
        self.steps.clear();
    }

    /// A member name, given as its JSON text without quotation marks.
    pub(crate) fn name(&mut self, json: &[u8], escaped: bool) {
        let Some(Step::Member { name }) = self.steps.last() else { return };
        self.names.truncate(*name);
        if escaped {
            append_cut(&unescape(json).text, &mut self.names);
        } else {
            append_cut(json, &mut self.names);
        }
    }

    pub(crate) fn value(&mut self) {
        if let Some(Step::Element { next }) = self.steps.last_mut() {
            *next = next.saturating_add(1);
        }
    }

    pub(crate) fn enter(&mut self, is_array: bool) {
        let member = Step::Member { name: self.names.len() };
        self.steps.push(if is_array { Step::Element { next: 0 } } else { member });
    }

    pub(crate) fn leave(&mut self) {
        if let Some(Step::Member { name }) = self.steps.pop() {
            self.names.truncate(name);
        }
    }

    /// The name of the innermost member on the way to the last value; of something in a member name, on the way to the object.
    pub(super) fn last_name(&self, in_name: bool) -> Option<Box<str>> {
        let depth = self.steps.len().saturating_sub(usize::from(in_name));
        let mut end = self.names.len();
        for (index, step) in self.steps.iter().enumerate().rev() {
            let Step::Member { name } = step else { continue };
            if index < depth {
                return self.names.get(*name..end).map(Into::into);
            }
            end = *name;
        }
        None
    }

    /// The pointer of something that only begins like a token, unless there were too many of them.
    pub(super) fn of_damage(&mut self, in_name: bool) -> Option<Box<str>> {
        if self.damages >= MAX_DAMAGE_POINTERS {
            return None;
        }
        self.damages = self.damages.saturating_add(1);
        Some(self.text(in_name))
    }

    /// The pointer of the last value; of something in a member name, that of the object. A long one is cut, and ends in `…`.
    pub(crate) fn text(&self, in_name: bool) -> Box<str> {
        let depth = self.steps.len().saturating_sub(usize::from(in_name));
        let steps = self.steps.get(..depth).unwrap_or_default();
        let starts = |step: &Step| match step {
            Step::Member { name } => Some(*name),
            Step::Element { .. } => None,
        };
        let mut text = String::new();
        for (index, step) in steps.iter().enumerate() {
            text.push('/');
            match step {
                Step::Member { name } => {
                    let behind = self.steps.get(index.saturating_add(1)..).unwrap_or_default();
                    let end = behind.iter().find_map(starts).unwrap_or(self.names.len());
                    for character in self.names.get(*name..end).unwrap_or_default().chars() {
                        match character {
                            '~' => text.push_str("~0"),
                            '/' => text.push_str("~1"),
                            character => text.push(character),
                        }
                    }
                }
                // Writing to a string does not fail.
                Step::Element { next } => drop(write!(text, "{}", next.saturating_sub(1))),
            }
            if text.len() > MAX_POINTER_BYTES {
                cut(&mut text);
                break;
            }
        }
        text.into()
    }
}

/// Cuts a pointer between two characters. Half of an escape is left out.
fn cut(text: &mut String) {
    text.truncate(text.floor_char_boundary(MAX_POINTER_BYTES));
    if text.ends_with('~') {
        text.pop();
    }
    text.push('…');
}

/// Appends a member name; one that is long is cut, and ends in `…`.
fn append_cut(name: &[u8], names: &mut String) {
    if name.len() <= MAX_POINTER_NAME_BYTES {
        names.push_str(&String::from_utf8_lossy(name));
        return;
    }
    let mut cut = MAX_POINTER_NAME_BYTES;
    while name.get(cut).is_some_and(|byte| byte & 0xc0 == 0x80) {
        cut = cut.saturating_sub(1);
    }
    names.push_str(&String::from_utf8_lossy(name.get(..cut).unwrap_or_default()));
    names.push('…');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_down_and_up_again() {
        let mut pointer = Pointer::default();
        pointer.value();
        assert_eq!(&*pointer.text(false), "");
        pointer.enter(false);
        pointer.name(b"a/~", false);
        pointer.value();
        pointer.enter(true);
        pointer.value();
        pointer.value();
        assert_eq!(&*pointer.text(false), "/a~1~0/1");
        pointer.enter(false);
        pointer.name(br"\u00e9", true);
        pointer.value();
        assert_eq!(&*pointer.text(false), "/a~1~0/1/é");
        assert_eq!(&*pointer.text(true), "/a~1~0/1");
        assert_eq!(pointer.last_name(false).as_deref(), Some("é"));
        assert_eq!(pointer.last_name(true).as_deref(), Some("a/~"));
        pointer.leave();
        pointer.leave();
        pointer.name(b"", false);
        pointer.value();
        assert_eq!(&*pointer.text(false), "/");
        assert_eq!(&*pointer.text(true), "");
        assert_eq!(pointer.last_name(false).as_deref(), Some(""));
        assert_eq!(pointer.last_name(true), None);
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let cut = |name: &str| {
            let mut pointer = Pointer::default();
            pointer.enter(false);
            pointer.name(name.as_bytes(), false);
            pointer.text(false).into_string()
        };
        assert_eq!(cut(&"n".repeat(64)), format!("/{}", "n".repeat(64)));
        assert_eq!(cut(&"n".repeat(65)), format!("/{}…", "n".repeat(64)));
        assert_eq!(cut(&"é".repeat(33)), format!("/{}…", "é".repeat(32)));
        assert_eq!(cut(&format!("n{}", "é".repeat(33))), format!("/n{}…", "é".repeat(31)));
    }

    #[test]
    fn long_pointers_are_cut_between_characters() {
        // 15 steps of 65 bytes, and one more.
        let cut = |name: &str| {
            let mut pointer = Pointer::default();
            for name in core::iter::repeat_n("n".repeat(64).as_str(), 15).chain([name]) {
                pointer.enter(false);
                pointer.name(name.as_bytes(), false);
            }
            let text = pointer.text(false);
            let common = format!("/{}", "n".repeat(64)).repeat(15);
            text.strip_prefix(&common).map(str::to_owned)
        };
        let told = |text: String| Some(text);
        assert_eq!(cut(&"m".repeat(48)), told(format!("/{}", "m".repeat(48))));
        assert_eq!(cut(&"m".repeat(49)), told(format!("/{}…", "m".repeat(48))));
        assert_eq!(cut(&format!("{}é", "m".repeat(47))), told(format!("/{}…", "m".repeat(47))));
        assert_eq!(cut(&format!("{}~", "m".repeat(46))), told(format!("/{}~0", "m".repeat(46))));
        assert_eq!(cut(&format!("{}/", "m".repeat(47))), told(format!("/{}…", "m".repeat(47))));
        let mut deep = Pointer::default();
        (0..1_000).for_each(|_| {
            deep.enter(true);
            deep.value();
        });
        assert_eq!(&*deep.text(false), format!("{}…", "/0".repeat(512)));
    }
}
