//! Content types (RFC 9110, section 8.3) and what a policy does with each.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;

use crate::config::{ConfigError, ConfigProblem, Member};
use crate::sizes::MAX_BOUNDARY_CHARS;

/// What a body of some content type is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFormat {
    /// One JSON text.
    Json,
    /// JSON texts, one to a line.
    NdJson,
    /// Fields of a form (`application/x-www-form-urlencoded`).
    Form,
    /// Parts of a form (`multipart/form-data`).
    Multipart,
    /// Nothing that is encrypted.
    Pass,
}

impl BodyFormat {
    /// As policies write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::NdJson => "ndjson",
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Pass => "pass",
        }
    }
}

/// Media types and patterns, and the format of each.
#[derive(Clone, Debug)]
pub(crate) struct ContentTypes(Vec<(Pattern, BodyFormat)>);

/// `type/subtype`, or `type/*+suffix`; lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Exact(Box<str>),
    Suffix { kind: Box<str>, suffix: Box<str> },
}

/// JSON Patch (RFC 6902) has member names in values, where no field path looks for them.
const JSON_PATCH: &str = "application/json-patch+json";

impl Default for ContentTypes {
    fn default() -> Self {
        let exact = |name: &str, format| (Pattern::Exact(name.into()), format);
        Self(vec![
            exact("application/json", BodyFormat::Json),
            exact("application/x-ndjson", BodyFormat::NdJson),
            exact("application/ndjson", BodyFormat::NdJson),
            exact("application/jsonl", BodyFormat::NdJson),
            (Pattern::Suffix { kind: "application".into(), suffix: "json".into() }, BodyFormat::Json),
        ])
    }
}

impl ContentTypes {
    #[inline(never)]
    pub(crate) fn read(member: &Member<'_>) -> Result<Self, ConfigError> {
        let mut types: Vec<(Pattern, BodyFormat)> = Vec::new();
        for (name, member) in member.map()?.iter() {
            let pattern =
                Pattern::new(name).ok_or_else(|| member.refuse(ConfigProblem::Invalid(Pattern::EXPECTED)))?;
            if types.iter().any(|(other, _)| *other == pattern) {
                return Err(member.refuse(ConfigProblem::Duplicate));
            }
            let format =
                member.parsed("`json`, `ndjson`, `form`, `multipart` or `pass`", |text| match text {
                    "json" => Some(BodyFormat::Json),
                    "ndjson" => Some(BodyFormat::NdJson),
                    "form" => Some(BodyFormat::Form),
                    "multipart" => Some(BodyFormat::Multipart),
                    "pass" => Some(BodyFormat::Pass),
                    _ => None,
                })?;
            types.push((pattern, format));
        }
        if types.is_empty() {
            return Err(member.refuse(ConfigProblem::Invalid("at least one content type")));
        }
        Ok(Self(types))
    }

    /// The types whose bodies are passed.
    pub(crate) fn passed(&self) -> impl Iterator<Item = String> {
        self.0
            .iter()
            .filter(|(_, format)| *format == BodyFormat::Pass)
            .map(|(pattern, _)| pattern.to_string())
    }

    /// What is named, and what bodies of it are read as.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&Pattern, BodyFormat)> {
        self.0.iter().map(|(pattern, format)| (pattern, *format))
    }

    /// The format of a body of this type; `None` if it is not named.
    pub(crate) fn format(&self, content_type: &MediaType) -> Option<BodyFormat> {
        let exact = self.0.iter().find(|(pattern, _)| pattern.is_exactly(content_type));
        let fitting = || self.0.iter().find(|(pattern, _)| pattern.matches(content_type));
        let found = exact.or_else(|| if content_type.essence == JSON_PATCH { None } else { fitting() });
        found.map(|(_, format)| *format)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Suffix { kind, suffix } => write!(f, "{kind}/*+{suffix}"),
        }
    }
}

/// The media type of a body in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// Type and subtype, in lower case.
    essence: String,
    boundary: Option<String>,
}

impl MediaType {
    /// Reads a `Content-Type`; `None` if it is malformed or says that the body is not in UTF-8.
    pub(crate) fn new(content_type: &str) -> Option<Self> {
        let (name, mut rest) = match content_type.split_once(';') {
            Some((name, rest)) => (name, Some(rest)),
            None => (content_type, None),
        };
        let name = trim(name);
        let (kind, subtype) = name.split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let (mut charset, mut boundary, mut others) = (false, None, false);
        while let Some(parameters) = rest {
            let (parameter, after) = next_parameter(parameters)?;
            rest = after;
            let Some((name, value)) = parameter else { continue };
            if name.contains('*') {
                // RFC 2231 writes another parameter so, for those who read that.
                return None;
            }
            if name.eq_ignore_ascii_case("charset") {
                if charset || !value.eq_ignore_ascii_case("utf-8") {
                    return None;
                }
                charset = true;
            } else if name.eq_ignore_ascii_case("boundary") {
                boundary = Some(value);
            } else {
                others = true;
            }
        }
        let boundary =
            boundary.filter(|boundary| !others && is_boundary(boundary) && is_plain_boundary(content_type));
        Some(Self { essence: name.to_ascii_lowercase(), boundary })
    }

    /// The boundary of its parts, if every parser finds that one; `None` if there is none, or a doubt.
    pub(crate) fn boundary(&self) -> Option<&str> {
        self.boundary.as_deref()
    }

    /// Whether it holds messages or parts of its own, into which some parsers walk.
    pub(crate) fn is_nested(&self) -> bool {
        self.essence.starts_with("multipart/") || self.essence.starts_with("message/")
    }

    /// Whether it is `text/plain`.
    pub(crate) fn is_plain_text(&self) -> bool {
        self.essence == "text/plain"
    }
}

/// Whether a `Content-Type` has a boundary where every parser looks for it: some search for `boundary=`, also in values, and they
/// disagree about backslashes.
fn is_plain_boundary(content_type: &str) -> bool {
    !content_type.contains('\\') && content_type.to_ascii_lowercase().matches("boundary=").count() == 1
}

/// RFC 2046, section 5.1.1, but for what could be an encoded word (RFC 2047).
fn is_boundary(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    (1..=MAX_BOUNDARY_CHARS).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.ends_with(' ')
        && !text.contains("=?")
}

impl Pattern {
    /// What a pattern looks like, for error messages.
    pub(crate) const EXPECTED: &str =
        "a media type such as `application/json`, or a pattern such as `application/*+json`";

    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (kind, subtype) = text.split_once('/')?;
        // RFC 9110 allows a `*` in a token; here it would look like a pattern that it is not.
        let is_name = |text: &str| is_token(text) && !text.contains('*');
        match subtype.strip_prefix("*+") {
            Some(suffix) if is_name(kind) && is_name(suffix) => {
                Some(Self::Suffix { kind: kind.into(), suffix: suffix.into() })
            }
            None if is_name(kind) && is_name(subtype) => Some(Self::Exact(text.into())),
            _ => None,
        }
    }

    /// Whether every type that fits another pattern fits this one.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        match other {
            Self::Exact(name) => MediaType::new(name).is_some_and(|content_type| self.matches(&content_type)),
            Self::Suffix { .. } => self == other,
        }
    }

    /// A type that fits it: the very type, or one that no pattern names.
    pub(crate) fn example(&self) -> Option<MediaType> {
        match self {
            Self::Exact(name) => MediaType::new(name),
            Self::Suffix { kind, suffix } => MediaType::new(&format!("{kind}/x-no-such-type+{suffix}")),
        }
    }

    fn is_exactly(&self, content_type: &MediaType) -> bool {
        matches!(self, Self::Exact(name) if **name == *content_type.essence)
    }

    /// Whether this is the type's name, or a pattern that it fits.
    pub(crate) fn matches(&self, content_type: &MediaType) -> bool {
        let Self::Suffix { kind, suffix } = self else { return self.is_exactly(content_type) };
        let name = content_type.essence.as_str();
        let Some((found_kind, subtype)) = name.split_once('/') else { return false };
        found_kind == &**kind
            && subtype.rsplit_once('+').is_some_and(|(facet, found)| !facet.is_empty() && found == &**suffix)
    }
}

pub(crate) type Parameter<'a> = Option<(&'a str, String)>;

/// Reads `name=value` or `name="value"` up to the next `;` (RFC 9110, section 5.6.6); an empty parameter is allowed.
pub(crate) fn next_parameter(text: &str) -> Option<(Parameter<'_>, Option<&str>)> {
    let text = text.trim_start_matches([' ', '\t']);
    if text.is_empty() {
        return Some((None, None));
    }
    if let Some(rest) = text.strip_prefix(';') {
        return Some((None, Some(rest)));
    }
    let (name, text) = text.split_once('=')?;
    if !is_token(name) {
        return None;
    }
    let (value, rest) = match text.strip_prefix('"') {
        Some(quoted) => quoted_string(quoted)?,
        None => {
            let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
            let (value, rest) = text.split_at_checked(end)?;
            (is_token(value).then(|| value.to_owned())?, rest)
        }
    };
    let rest = trim(rest);
    if rest.is_empty() {
        return Some((Some((name, value)), None));
    }
    Some((Some((name, value)), Some(rest.strip_prefix(';')?)))
}

/// Reads a quoted string (RFC 9110, section 5.6.4) after its opening quotation mark.
fn quoted_string(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
}

pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// RFC 9110, section 5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(content_type: &str) -> Option<BodyFormat> {
        MediaType::new(content_type).and_then(|media_type| ContentTypes::default().format(&media_type))
    }

    #[test]
    fn json_by_default() {
        for json in [
            "application/json",
            " Application/JSON ",
            "application/json;charset=utf-8",
            "application/json; charset=\"UTF-8\"",
            "application/json; charset=\"u\\tf-8\"; v=1;",
            "application/json;;v=\"a;b\"",
            "application/vnd.api+json; profile=\"x,y\"",
            "application/merge-patch+json",
        ] {
            assert_eq!(format(json), Some(BodyFormat::Json), "{json}");
        }
        assert_eq!(format("application/x-ndjson"), Some(BodyFormat::NdJson));
    }

    #[test]
    fn a_format_is_called_what_policies_call_it() {
        let formats =
            [BodyFormat::Json, BodyFormat::NdJson, BodyFormat::Form, BodyFormat::Multipart, BodyFormat::Pass];
        assert_eq!(formats.map(BodyFormat::name), ["json", "ndjson", "form", "multipart", "pass"]);
    }

    #[test]
    fn a_pattern_includes_another_if_every_type_that_fits_that_one_fits_it() {
        let includes =
            |one: &str, other: &str| Pattern::new(one).unwrap().includes(&Pattern::new(other).unwrap());
        for (one, other) in [
            ("application/json", "Application/JSON"),
            ("application/*+json", "application/a+json"),
            ("application/*+json", "application/*+JSON"),
        ] {
            assert!(includes(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("application/json", "application/a+json"),
            ("application/a+json", "application/b+json"),
            ("application/a+json", "application/*+json"),
            ("application/*+json", "application/json"),
            ("application/*+json", "text/a+json"),
            ("application/*+json", "application/a+xml"),
            ("application/*+json", "text/*+json"),
            ("application/*+json", "application/*+xml"),
        ] {
            assert!(!includes(one, other), "{one} {other}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for other in [
            "",
            "json",
            "application/",
            "/json",
            "text/plain",
            "text/json",
            "application/json, text/plain",
            "application/json,application/json",
            "application/json; charset=utf-16",
            "application/json; charset=utf-8; charset=utf-8",
            "application/json; charset",
            "application/json; charset =utf-8",
            "application/json; charset=\"utf-8",
            "application/json; charset=utf-8 x",
            "application/json-patch+json",
            "application/+json",
            "application/json\u{a0}",
            "multipart/form-data; boundary=x",
        ] {
            assert_eq!(format(other), None, "{other}");
        }
    }
}
