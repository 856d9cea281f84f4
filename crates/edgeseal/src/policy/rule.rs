//! A field rule: a path, the key that protects it, and how.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::request_limits::RequestLimits;
use super::{PolicyKey, header_name};
use crate::config::{ConfigError, ConfigProblem, Member, Members};
use crate::content_type::{MediaType, Pattern};
use crate::field_path::{FieldPath, NameMatch};
use crate::keyring::TokenMode;
use crate::label::FieldName;
use crate::sizes::{MAX_CONTENT_TYPES, MAX_PARAMETER_BYTES};

/// The values that a rule means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Values of the body.
    Path(FieldPath),
    /// Values of the query parameter of this name.
    Query(Box<str>),
    /// Values of the request header of this name, which is in lower case.
    Header(Box<str>),
}

/// A field rule. `key` is an index that exists in the policy's keys.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: FieldName,
    pub(crate) target: Target,
    pub(crate) match_names: NameMatch,
    pub(crate) key: usize,
    pub(crate) mode: Mode,
    pub(crate) encrypt_null: bool,
    pub(crate) required: bool,
    /// Whether it only counts what it would encrypt.
    pub(crate) reports: bool,
    pub(crate) requests: RequestLimits,
    /// The content types it is limited to; none if it is not limited.
    pub(super) content_types: Vec<Pattern>,
}

/// How a value is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Direct; a value over the RSA limit becomes an envelope token.
    DirectOrEnvelope,
    /// Direct; a value over the RSA limit is refused.
    DirectOrReject,
    /// Always an envelope token.
    Envelope,
}

impl Mode {
    /// The modes that a token may be in.
    pub(super) fn token_modes(self) -> &'static [TokenMode] {
        match self {
            Self::DirectOrEnvelope => &[TokenMode::Direct, TokenMode::Envelope],
            Self::DirectOrReject => &[TokenMode::Direct],
            Self::Envelope => &[TokenMode::Envelope],
        }
    }
}

const MEMBERS: [&str; 14] = [
    "name",
    "path",
    "query",
    "header",
    "key",
    "mode",
    "oversize",
    "match",
    "encrypt_null",
    "required",
    "action",
    "methods",
    "paths",
    "content_types",
];

impl Rule {
    /// Whether a body of this type is under the rule.
    pub(crate) fn applies_to(&self, content_type: &MediaType) -> bool {
        self.content_types.is_empty()
            || self.content_types.iter().any(|pattern| pattern.matches(content_type))
    }

    /// Whether it is for every request and every body.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.requests == RequestLimits::default() && self.content_types.is_empty()
    }

    /// Whether it is certainly for every request and body that another rule is for, of the same part of a request.
    pub(super) fn is_for_all_of(&self, other: &Self) -> bool {
        self.requests.include(&other.requests)
            && (self.content_types.is_empty()
                || (!other.content_types.is_empty()
                    && other
                        .content_types
                        .iter()
                        .all(|one| self.content_types.iter().any(|it| it.includes(one)))))
    }

    /// Whether certainly no body is under both this rule and another one, if the method of its request is known.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        let (one, two) = (&self.content_types, &other.content_types);
        let overlap = |it: &Pattern| two.iter().any(|other| it.includes(other) || other.includes(it));
        self.requests.exclude(&other.requests)
            || (!one.is_empty() && !two.is_empty() && !one.iter().any(overlap))
    }

    /// The path of the values that it means; of those that are not in a body, as members of the whole.
    pub(super) fn as_path(&self) -> Cow<'_, FieldPath> {
        match &self.target {
            Target::Path(path) => Cow::Borrowed(path),
            Target::Query(name) | Target::Header(name) => Cow::Owned(FieldPath::of_member(name)),
        }
    }

    /// How names compare.
    pub(super) fn name_match(&self) -> NameMatch {
        if matches!(self.target, Target::Header(_)) { NameMatch::Exact } else { self.match_names }
    }

    /// Whether another rule is for the same part of a request: the body, the query string, or the headers.
    pub(super) fn is_of_part(&self, other: &Self) -> bool {
        core::mem::discriminant(&self.target) == core::mem::discriminant(&other.target)
    }

    /// Reads a rule; also gives its `name` member back, for a complaint about duplicates.
    #[inline(never)]
    pub(super) fn read<'a>(
        member: &Member<'a>,
        keys: &[PolicyKey],
    ) -> Result<(Self, Member<'a>), ConfigError> {
        let rule = member.object(&MEMBERS)?;
        let name = rule.required("name")?;
        let target = target_member(&rule)?;
        let key = rule.required("key")?;
        let flag = |name| rule.get(name).map_or(Ok(false), Member::boolean);
        let key_text = key.text()?;
        let key_index = keys
            .iter()
            .position(|candidate| candidate.id.as_str() == key_text)
            .ok_or_else(|| key.refuse(ConfigProblem::KeyUnknown))?;
        let is_classic = keys.get(key_index).is_some_and(|key| key.tags.is_some());
        let read = Self {
            name: name.parsed(FieldName::EXPECTED, FieldName::new)?,
            target: read_target(&rule, target, is_classic)?,
            match_names: match rule.get("match") {
                None => NameMatch::default(),
                Some(member) => member.parsed("`exact` or `ignore-case`", |text| match text {
                    "exact" => Some(NameMatch::Exact),
                    "ignore-case" => Some(NameMatch::IgnoreCase),
                    _ => None,
                })?,
            },
            key: key_index,
            mode: read_mode(rule.get("mode"), rule.get("oversize"), is_classic)?,
            encrypt_null: flag("encrypt_null")?,
            required: flag("required")?,
            reports: rule.get("action").map_or(Ok(false), |member| {
                member.parsed("`encrypt` or `report`", |text| match text {
                    "encrypt" => Some(false),
                    "report" => Some(true),
                    _ => None,
                })
            })?,
            requests: RequestLimits::read(&rule)?,
            content_types: rule.get("content_types").map(read_content_types).transpose()?.unwrap_or_default(),
        };
        if let (true, true, Some(member)) = (is_classic, read.encrypt_null, rule.get("encrypt_null")) {
            return Err(member.refuse(ConfigProblem::Invalid("`false` under a key with classic tags")));
        }
        Ok((read, name.clone()))
    }
}

/// The one member that says which values are meant.
fn target_member<'a>(rule: &Members<'a>) -> Result<Member<'a>, ConfigError> {
    let mut found = ["path", "query", "header"].into_iter().filter_map(|name| rule.get(name));
    let Some(target) = found.next() else { return rule.required("path").cloned() };
    match found.next() {
        Some(second) => Err(second.refuse(ConfigProblem::Invalid("one of `path`, `query` and `header`"))),
        None => Ok(target.clone()),
    }
}

fn read_target(rule: &Members<'_>, member: Member<'_>, is_classic: bool) -> Result<Target, ConfigError> {
    if rule.get("path").is_some() {
        let path = FieldPath::new(member.text()?);
        return path.map(Target::Path).map_err(|error| member.refuse(ConfigProblem::Path(error)));
    }
    read_outside_body(rule, &member, is_classic)
}

#[inline(never)]
fn read_outside_body(
    rule: &Members<'_>,
    member: &Member<'_>,
    is_classic: bool,
) -> Result<Target, ConfigError> {
    if let Some(of_bodies) = rule.get("content_types").or_else(|| rule.get("encrypt_null")) {
        return Err(of_bodies.refuse(ConfigProblem::Invalid("no such member beside `query` or `header`")));
    }
    if rule.get("header").is_some() {
        return member.parsed(header_name::EXPECTED, header_name::read).map(Target::Header);
    }
    if is_classic {
        // Base64 would have to be escaped there, and so would not have the length that was promised.
        return Err(member.refuse(ConfigProblem::Invalid("no query parameter under a key with classic tags")));
    }
    let expected = "the name of a query parameter: 1 to 256 bytes";
    let is_name = |text: &&str| (1..=MAX_PARAMETER_BYTES).contains(&text.len());
    member.parsed(expected, |text| Some(text).filter(is_name).map(Into::into)).map(Target::Query)
}

#[inline(never)]
fn read_content_types(member: &Member<'_>) -> Result<Vec<Pattern>, ConfigError> {
    let members = member.array()?;
    if !(1..=MAX_CONTENT_TYPES).contains(&members.len()) {
        return Err(member.refuse(ConfigProblem::Invalid("1 to 32 content types")));
    }
    members.iter().map(|member| member.parsed(Pattern::EXPECTED, Pattern::new)).collect()
}

fn read_mode(
    mode: Option<&Member<'_>>,
    oversize: Option<&Member<'_>>,
    is_classic: bool,
) -> Result<Mode, ConfigError> {
    let is_envelope = mode.map_or(Ok(false), |member| {
        let expected =
            if is_classic { "`direct` under a key with classic tags" } else { "`direct` or `envelope`" };
        member.parsed(expected, |text| match text {
            "direct" => Some(false),
            "envelope" => (!is_classic).then_some(true),
            _ => None,
        })
    })?;
    let may_reject = oversize.map_or(Ok(is_classic), |member| {
        let expected =
            if is_classic { "`reject` under a key with classic tags" } else { "`envelope` or `reject`" };
        member.parsed(expected, |text| match text {
            "reject" => Some(true),
            "envelope" => (!is_classic).then_some(false),
            _ => None,
        })
    })?;
    Ok(match (is_envelope, may_reject) {
        (true, _) => Mode::Envelope,
        (false, true) => Mode::DirectOrReject,
        (false, false) => Mode::DirectOrEnvelope,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Policy;
    use crate::keyring::TokenMode::{Direct, Envelope};
    use crate::label::KeyId;

    #[test]
    fn a_rule_says_in_which_modes_its_tokens_may_be() {
        let pem = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");
        let policy = Policy::from_json(
            json!({
                "version": 1,
                "keys": {
                    "a": {"public_key": pem},
                    "classic": {"public_key": pem, "prefix": "{{a:", "suffix": ":}}"}
                },
                "fields": [
                    {"name": "both", "path": "$.b", "key": "a"},
                    {"name": "direct", "path": "$.d", "key": "a", "oversize": "reject"},
                    {"name": "envelope", "path": "$.e", "key": "a", "mode": "envelope"},
                    {"name": "classic", "path": "$.c", "key": "classic"}
                ]
            })
            .to_string()
            .as_bytes(),
        )
        .unwrap();
        let modes: Vec<_> = policy.fields().map(|field| field.modes).collect();
        assert_eq!(modes, [&[Direct, Envelope][..], &[Direct], &[Envelope], &[Direct]]);
        let tags = |id| policy.tags(&KeyId::new(id).unwrap()).map(|tags| (tags.prefix(), tags.suffix()));
        assert_eq!((tags("a"), tags("classic"), tags("b")), (None, Some(("{{a:", ":}}")), None));
    }
}
