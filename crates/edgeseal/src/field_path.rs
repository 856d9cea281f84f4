//! Field paths: which values of a body a rule means.

mod parse;
mod relation;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::json::{Event, JsonError, Lexer};
use crate::matcher::{Cursor, Matcher};
use crate::sizes::MAX_DEPTH;
pub use relation::PathRelation;

/// A path of the JSONPath subset (RFC 9535) that policies use.
///
/// `$`, `.name`, `['name']`, `[0]`, `[*]`, `.*`, and each of them but `$` at any depth after `..`.
///
/// ```
/// use edgeseal::FieldPath;
///
/// let path = FieldPath::new("$..email")?;
/// let body = br#"{"email": 1, "more": [{"email": "x"}]}"#;
/// assert_eq!(path.find(body).unwrap(), [10..11, 32..35]);
/// assert_eq!(path.find(b"[\"\xff\"]").unwrap_err().code(), "json_invalid");
///
/// assert_eq!(FieldPath::new("$[?@.a]").unwrap_err().code(), "path_unsupported");
/// # Ok::<(), edgeseal::FieldPathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    text: Box<str>,
    segments: Vec<Segment>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Whether the step goes to any depth (`..`).
    pub(crate) descendant: bool,
    pub(crate) selector: Selector,
}

/// Which children a step takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    Name(Box<str>),
    Index(u64),
    Wildcard,
}

/// How names compare, after JSON unescaping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameMatch {
    /// Character by character.
    #[default]
    Exact,
    /// Under simple case folding, for origins that fold case.
    IgnoreCase,
}

/// Why a text is not a [`FieldPath`]; offsets are in bytes from the beginning of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldPathError {
    /// The text is not JSONPath (RFC 9535).
    Syntax {
        /// Where reading stopped.
        offset: usize,
        /// What could have stood there.
        expected: &'static str,
    },
    /// The text is JSONPath, outside the subset.
    Unsupported {
        /// Where the unsupported part begins.
        offset: usize,
        /// What it is.
        what: &'static str,
    },
}

impl FieldPathError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "path_syntax",
            Self::Unsupported { .. } => "path_unsupported",
        }
    }
}

impl fmt::Display for FieldPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { offset, expected } => {
                write!(f, "expected {expected} at byte {offset} of the path")
            }
            Self::Unsupported { offset, what } => {
                write!(f, "{what} are not supported in field paths (byte {offset} of the path)")
            }
        }
    }
}

impl core::error::Error for FieldPathError {}

/// Why nothing was looked for in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindError {
    /// The text is not one JSON text (RFC 8259), or nests deeper than [`MAX_DEPTH`].
    NotJson {
        /// The byte at which it stops being one.
        offset: usize,
    },
    /// The path needs more than [`MAX_MATCHER_TRANSITIONS`](crate::sizes::MAX_MATCHER_TRANSITIONS); a policy with it is refused.
    PathTooComplex,
}

impl FindError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "json_invalid",
            Self::PathTooComplex => "config_paths_too_complex",
        }
    }
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { offset } => write!(f, "the text is not valid JSON (byte {offset})"),
            Self::PathTooComplex => f.write_str("the path needs too large an automaton"),
        }
    }
}

impl core::error::Error for FindError {}

impl FieldPath {
    /// Reads a path.
    ///
    /// # Errors
    /// [`FieldPathError`] if the text is not JSONPath, or outside the subset.
    #[inline(never)]
    pub fn new(text: &str) -> Result<Self, FieldPathError> {
        Ok(Self { text: text.into(), segments: parse::segments(text)? })
    }

    /// The path of one member of the whole: of a field, where a form or something like it is read as an object.
    pub(crate) fn of_member(name: &str) -> Self {
        let segment = Segment { descendant: false, selector: Selector::Name(name.into()) };
        Self { text: name.into(), segments: vec![segment] }
    }

    /// The path of the members of this name, at any depth.
    pub(crate) fn anywhere(name: &str) -> Self {
        let segment = Segment { descendant: true, selector: Selector::Name(name.into()) };
        Self { text: name.into(), segments: vec![segment] }
    }

    /// The path as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the values stand that the path matches in one JSON text, nested ones included: the byte range of each, in document
    /// order.
    ///
    /// # Errors
    /// [`FindError`] if the text is not JSON, or the path needs too large an automaton.
    pub fn find(&self, json: &[u8]) -> Result<Vec<Range<usize>>, FindError> {
        let matcher = Matcher::new(&[(0, self, NameMatch::Exact)]).ok_or(FindError::PathTooComplex)?;
        core::str::from_utf8(json).map_err(|error| FindError::NotJson { offset: error.valid_up_to() })?;
        find(&matcher, json).map_err(|error| match error {
            JsonError::Invalid { offset } | JsonError::TooDeep { offset } => FindError::NotJson { offset },
        })
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

fn find(matcher: &Matcher, json: &[u8]) -> Result<Vec<Range<usize>>, JsonError> {
    let mut lexer = Lexer::new(json, 0, MAX_DEPTH);
    let mut cursor = Cursor::new(matcher);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<Option<usize>> = Vec::new();
    while let Some(event) = lexer.next()? {
        match event {
            Event::Name(name) => cursor.name(json.get(name.inner()).unwrap_or_default(), name.escaped),
            Event::ObjectStart(at) | Event::ArrayStart(at) => {
                open.push(cursor.value().map(|_| {
                    found.push(at..at);
                    found.len().saturating_sub(1)
                }));
                cursor.enter(matches!(event, Event::ArrayStart(_)));
            }
            Event::End(at) => {
                cursor.leave();
                if let Some(Some(index)) = open.pop()
                    && let Some(range) = found.get_mut(index)
                {
                    range.end = at.saturating_add(1);
                }
            }
            Event::String(string) => found.extend(cursor.value().map(|_| string.quoted())),
            Event::Scalar(span) | Event::Null(span) => found.extend(cursor.value().map(|_| span)),
        }
    }
    Ok(found)
}
