//! The requests that a rule is for: by method and by path.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::config::{ConfigError, ConfigProblem, Member, Members};
use crate::sizes::{MAX_METHOD_CHARS, MAX_METHODS, MAX_PATH_BYTES, MAX_REQUEST_PATHS};

/// Methods and path patterns; where there are none, every request is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RequestLimits {
    pub(super) methods: Vec<Box<str>>,
    /// In lower case, without a `/` at the end.
    pub(super) paths: Vec<Box<str>>,
}

const METHOD: &str = "a request method: 1 to 32 of `A-Z`, with `-` between them";
const PATTERN: &str =
    "a path pattern: `/`, then plain characters, `*` and `?`, without an empty, `.` or `..` segment";

impl RequestLimits {
    pub(super) fn read(rule: &Members<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            methods: read_list(rule.get("methods"), MAX_METHODS, "1 to 16 methods", METHOD, method)?,
            paths: read_list(rule.get("paths"), MAX_REQUEST_PATHS, "1 to 32 paths", PATTERN, pattern)?,
        })
    }

    /// Whether a request is meant. What is not known, or could be another path to an origin, is no reason to leave a rule out.
    pub(crate) fn mean(&self, method: Option<&str>, path: Option<&PlainPath>) -> bool {
        let by_method = self.methods.is_empty()
            || method
                .is_none_or(|method| self.methods.iter().any(|other| other.eq_ignore_ascii_case(method)));
        by_method && (self.paths.is_empty() || path.is_none_or(|path| path.fits_any(&self.paths)))
    }

    /// Whether these certainly mean every request that others mean.
    pub(super) fn include(&self, others: &Self) -> bool {
        let by_method = self.methods.is_empty()
            || (!others.methods.is_empty()
                && others.methods.iter().all(|method| self.methods.contains(method)));
        by_method
            && (self.mean_every_path()
                || (!others.paths.is_empty()
                    && others.paths.iter().all(|pattern| self.include_path(pattern))))
    }

    /// Whether no request whose method is known is meant by these and by others. Paths say nothing: one that is not plain is meant by all.
    pub(super) fn exclude(&self, others: &Self) -> bool {
        !self.methods.is_empty()
            && !others.methods.is_empty()
            && !self.methods.iter().any(|method| others.methods.contains(method))
    }

    /// Whether no path is left out.
    pub(super) fn mean_every_path(&self) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|pattern| &**pattern == "/*")
    }

    /// Whether every path that fits a pattern certainly is meant.
    pub(super) fn include_path(&self, pattern: &str) -> bool {
        let includes = |one: &str| {
            self.paths.iter().any(|other| {
                includes(other.as_bytes(), one.as_bytes())
                    || other.strip_suffix("/*").is_some_and(|it| includes(it.as_bytes(), one.as_bytes()))
            })
        };
        self.mean_every_path() || (includes(pattern) && pattern.strip_suffix("/*").is_none_or(includes))
    }
}

/// Whether every text that fits one pattern certainly fits another: the other is fitted to the pattern's own text, in which nothing but a `*`
/// takes a `*`.
fn includes(pattern: &[u8], other: &[u8]) -> bool {
    fits_with(pattern, other, |expected, byte| expected == byte || (expected == b'?' && byte != b'*'))
}

/// A path that every origin takes for the same one, in lower case, without a `/` at its end.
pub(crate) struct PlainPath(String);

impl PlainPath {
    /// `None` for a path that could be a spelling of another.
    pub(crate) fn new(path: &str) -> Option<Self> {
        is_plain(path, |_| false).then(|| Self(path.trim_end_matches('/').to_ascii_lowercase()))
    }

    fn fits_any(&self, patterns: &[Box<str>]) -> bool {
        let path = self.0.as_bytes();
        // `/people/*` means `/people/` too, and so `/people`.
        let below = |pattern: &str| pattern.strip_suffix("/*").is_some_and(|it| fits(it.as_bytes(), path));
        patterns.iter().any(|pattern| fits(pattern.as_bytes(), path) || below(pattern))
    }
}

fn read_list(
    member: Option<&Member<'_>>,
    most: usize,
    count: &'static str,
    expected: &'static str,
    read: fn(&str) -> Option<Box<str>>,
) -> Result<Vec<Box<str>>, ConfigError> {
    let Some(member) = member else { return Ok(Vec::new()) };
    let members = member.array()?;
    if !(1..=most).contains(&members.len()) {
        return Err(member.refuse(ConfigProblem::Invalid(count)));
    }
    members.iter().map(|member| member.parsed(expected, read)).collect()
}

fn method(text: &str) -> Option<Box<str>> {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    (text.len() <= MAX_METHOD_CHARS && text.split('-').all(is_word)).then(|| text.into())
}

fn pattern(text: &str) -> Option<Box<str>> {
    (text.len() <= MAX_PATH_BYTES && is_plain(text, |byte| byte == b'?'))
        .then(|| text.trim_end_matches('/').to_ascii_lowercase().into())
}

/// Whether a path begins with `/`, holds no empty, `.` or `..` segment, and nothing that an origin might decode, cut off or turn:
/// RFC 3986, section 3.3, without percent-encoding and without `;`.
fn is_plain(path: &str, also: fn(u8) -> bool) -> bool {
    let is_plain_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@/".contains(&byte) || also(byte);
    let Some(segments) = path.strip_prefix('/') else { return false };
    let segments = segments.strip_suffix('/').unwrap_or(segments);
    (segments.is_empty() && path.len() == 1
        || segments.split('/').all(|segment| !matches!(segment, "" | "." | "..")))
        && path.bytes().all(is_plain_byte)
}

/// Whether a text fits a pattern in which `*` stands for any characters and `?` for one. Time is bounded by the product of the lengths: of
/// several `*`, only the last one is ever tried again.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    fits_with(pattern, text, |expected, byte| expected == b'?' || expected == byte)
}

fn fits_with(pattern: &[u8], text: &[u8], takes: impl Fn(u8, u8) -> bool) -> bool {
    let (mut in_pattern, mut in_text) = (0_usize, 0_usize);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(in_text) {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                in_pattern = in_pattern.saturating_add(1);
                retry = Some((in_pattern, in_text));
            }
            Some(expected) if takes(*expected, *byte) => {
                in_pattern = in_pattern.saturating_add(1);
                in_text = in_text.saturating_add(1);
            }
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                in_pattern = after_star;
                in_text = taken.saturating_add(1);
                retry = Some((after_star, in_text));
            }
        }
    }
    pattern.get(in_pattern..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(pattern_text: &str, path: &str) -> bool {
        let limits = RequestLimits { methods: Vec::new(), paths: vec![pattern(pattern_text).unwrap()] };
        limits.mean(None, PlainPath::new(path).as_ref())
    }

    #[test]
    fn patterns_fit_whole_paths() {
        for (pattern, path) in [
            ("/people", "/people"),
            ("/people", "/PEOPLE/"),
            ("/people/", "/people"),
            ("/people/*", "/people/1/ssn"),
            ("/people/*", "/people"),
            ("/p?ople", "/people"),
            ("/*/ssn", "/a/b/ssn"),
            ("/*a*b*c", "/xxaxxbxxbcxc"),
            ("/*", "/"),
            ("/", "/"),
        ] {
            assert!(mean(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("/people", "/people/1"), ("/people/*", "/peoples"), ("/p?", "/p"), ("/", "/a"), ("/a*b", "/ac")]
        {
            assert!(!mean(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_path_that_is_not_plain_is_meant_by_every_limit() {
        for path in [
            "", "people", "//", "//a", "/a//b", "/a//", "/./a", "/a/.", "/..", "/a/../b", "/%61", "/a;b",
            "/a\\b", "/a b", "/é", "/a\0", "/a?b", "/a#b", "/a/./", "/a/../",
        ] {
            assert!(PlainPath::new(path).is_none(), "{path}");
            assert!(mean("/other", path), "{path}");
        }
    }

    #[test]
    fn methods_are_compared_without_case() {
        let limits = RequestLimits { methods: vec!["POST".into()], paths: Vec::new() };
        assert!(limits.mean(Some("POST"), None));
        assert!(limits.mean(Some("Post"), None));
        assert!(limits.mean(None, None));
        assert!(!limits.mean(Some("GET"), None));
    }

    #[test]
    fn limits_include_others_only_where_no_path_is_left_out() {
        let limits = |patterns: &[&str]| RequestLimits {
            methods: Vec::new(),
            paths: patterns.iter().map(|text| pattern(text).unwrap()).collect(),
        };
        for (one, other, expected) in [
            ("/people/*", "/people/1", true),
            ("/people/*", "/people", true),
            ("/people/*", "/people/*/ssn", true),
            ("/people*", "/people/*", true),
            ("/p?ople", "/people", true),
            ("/*", "/a?*", true),
            ("/people/?", "/people/*", false),
            ("/people/1", "/people/*", false),
            ("/a/*", "/*", false),
            ("/a/?*", "/a/*", false),
        ] {
            assert_eq!(limits(&[one]).include(&limits(&[other])), expected, "{one} {other}");
        }
        // Against paths: what is included fits.
        let patterns = ["/a", "/?", "/*", "/a/*", "/a*", "/*a", "/?/*", "/a/?"];
        let paths = ["/", "/a", "/b", "/a/", "/a/b", "/ba", "/b/a", "/a/b/c", "/ab"];
        for (one, other) in patterns.iter().flat_map(|one| patterns.iter().map(move |other| (one, other))) {
            for path in paths.iter().filter(|_| limits(&[one]).include(&limits(&[other]))) {
                assert!(!mean(other, path) || mean(one, path), "{one} {other} {path}");
            }
        }
        assert!(limits(&[]).include(&limits(&["/a"])) && limits(&["/*"]).include(&limits(&[])));
        assert!(!limits(&["/a"]).include(&limits(&[])));
    }

    #[test]
    fn methods_include_others() {
        let limits = |methods: &[&str]| RequestLimits {
            methods: methods.iter().map(|text| (*text).into()).collect(),
            paths: Vec::new(),
        };
        assert!(limits(&["POST", "PUT"]).include(&limits(&["PUT"])));
        assert!(!limits(&["PUT"]).include(&limits(&["POST", "PUT"])));
        assert!(!limits(&["PUT"]).include(&limits(&[])) && limits(&[]).include(&limits(&["PUT"])));
        assert!(limits(&["PUT"]).exclude(&limits(&["POST"])));
        assert!(
            !limits(&["PUT"]).exclude(&limits(&["POST", "PUT"])) && !limits(&["PUT"]).exclude(&limits(&[]))
        );
    }

    #[test]
    fn patterns_that_could_fit_nothing_are_refused() {
        for text in ["", "people", "*", "/a//b", "/%61", "/..", "/a b", "/a;b", "/é"] {
            assert_eq!(pattern(text), None, "{text}");
        }
        assert_eq!(method("post"), None);
        assert_eq!(method(""), None);
    }
}
