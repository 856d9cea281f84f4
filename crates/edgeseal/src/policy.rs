//! The policy: what the edge encrypts, under which keys.

mod budget;
mod compare;
mod data_key_reuse;
mod digest_headers;
mod exposure;
mod header_name;
mod host;
mod request_limits;
mod review;
mod rule;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use crate::config::{ConfigError, ConfigProblem, Member, Members, parse};
use crate::content_type::ContentTypes;
use crate::envelope;
use crate::field_path::{FieldPath, NameMatch};
use crate::keyring::TokenMode;
use crate::label::{FieldName, KeyId};
use crate::matcher::Matcher;
use crate::public_key::PublicKey;
use crate::seen::SeenNames;
use crate::sizes::{
    DEFAULT_MAX_DEPTH, DEFAULT_MAX_FIELDS, LEFTOVER_CHARS, MAX_CONTEXT_PAIRS, MAX_CONTEXT_VALUE_BYTES,
    MAX_DEPTH, MAX_FIELD_RULES, MAX_FIELDS, MAX_HEADER_CHARS, MAX_POLICY_KEYS,
};
use crate::tags::Tags;
pub use compare::{ChangeEffect, ChangeSubject, PolicyChange};
pub(crate) use data_key_reuse::DataKeyReuse;
pub use digest_headers::DigestAction;
pub use host::HostDuties;
pub(crate) use request_limits::PlainPath;
pub use review::{PolicyConcern, PolicyWarning};
pub use rule::Target;
pub(crate) use rule::{Mode, Rule};

/// What the edge encrypts, under which public keys, and what it refuses. Holds no secret.
///
/// A `Policy` that exists has been checked whole: every key is usable, every rule names a key, every path is supported.
/// The file format is described in `docs/CONFIGURATION.md`.
#[derive(Clone, Debug)]
pub struct Policy {
    /// SHA-256 of the file, in hexadecimal.
    digest: Box<str>,
    pub(crate) keys: Vec<PolicyKey>,
    pub(crate) rules: Vec<Rule>,
    /// For the values of bodies, of query strings and of headers: the paths of the rules for each.
    pub(crate) body: Matcher,
    pub(crate) query: Matcher,
    pub(crate) header: Matcher,
    pub(crate) content_types: ContentTypes,
    pub(crate) refuse_foreign_tokens: bool,
    pub(crate) refuse_duplicate_names: bool,
    /// Sorted by name.
    pub(crate) context: Vec<(FieldName, Box<str>)>,
    digest_headers: Vec<(Box<str>, DigestAction)>,
    pub(crate) leftovers: Option<Leftovers>,
    pub(crate) max_depth: usize,
    pub(crate) max_fields: usize,
}

/// One key of a policy.
#[derive(Clone, Debug)]
pub(crate) struct PolicyKey {
    pub(crate) id: KeyId,
    pub(crate) public_key: PublicKey,
    pub(crate) tags: Option<Tags>,
    pub(crate) data_key_reuse: Option<DataKeyReuse>,
}

/// What becomes of a protected value that is found elsewhere in the body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leftovers {
    /// Values with fewer characters are not looked for.
    pub(crate) min_chars: usize,
    /// Whether the request is refused; else it is counted.
    pub(crate) refuse: bool,
}

/// A field rule, as far as others have to know it.
#[derive(Clone, Copy, Debug)]
pub struct Field<'p> {
    /// The label in reports, and the `field` of the context.
    pub name: &'p FieldName,
    /// The values that are meant.
    pub target: &'p Target,
    /// The key that protects them.
    pub key: &'p KeyId,
    /// The modes that its tokens may be in. A rule with `action` `report` has those that it would have.
    pub modes: &'static [TokenMode],
}

const MEMBERS: [&str; 10] = [
    "version",
    "keys",
    "fields",
    "content_types",
    "foreign_tokens",
    "duplicate_names",
    "context",
    "digest_headers",
    "leftovers",
    "limits",
];

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`ConfigError`], which names the first refused member by JSON Pointer and says what was expected.
    pub fn from_json(text: &[u8]) -> Result<Self, ConfigError> {
        parse(text, |root| Self::read(&root.object(&MEMBERS)?, text))
    }

    #[inline(never)]
    fn read(members: &Members<'_>, text: &[u8]) -> Result<Self, ConfigError> {
        members.required("version")?.version()?;
        let keys = read_keys(members.required("keys")?)?;
        let rules = read_rules(members.required("fields")?, &keys)?;
        let (max_depth, max_fields) = read_limits(members.get("limits"))?;
        let too_complex = || ConfigError::new("/fields", ConfigProblem::PathsTooComplex);
        let [body, query, header] = compile(&rules).ok_or_else(too_complex)?;
        let policy = Self {
            digest: hexadecimal(&Sha256::digest(text)),
            body,
            query,
            header,
            keys,
            rules,
            content_types: members
                .get("content_types")
                .map(ContentTypes::read)
                .transpose()?
                .unwrap_or_default(),
            refuse_foreign_tokens: choice(members.get("foreign_tokens"), "allow", "refuse", true)?,
            refuse_duplicate_names: choice(members.get("duplicate_names"), "encrypt", "refuse", false)?,
            context: members.get("context").map(read_context).transpose()?.unwrap_or_default(),
            digest_headers: digest_headers::read(members.get("digest_headers"))?,
            leftovers: members.get("leftovers").map(read_leftovers).transpose()?,
            max_depth,
            max_fields,
        };
        if policy.headers().iter().any(|header| header.len() > MAX_HEADER_CHARS) {
            let problem = ConfigProblem::Invalid("a context that fits a token's header of 4,096 characters");
            return Err(ConfigError::new("/context", problem));
        }
        Ok(policy)
    }

    /// The protected header of each rule's envelope tokens, as base64url.
    pub(crate) fn headers(&self) -> Vec<Box<[u8]>> {
        self.rules.iter().map(|rule| envelope::header(&rule.name, &self.context)).collect()
    }

    /// The key ids of the policy, and the public key of each, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = (&KeyId, &PublicKey)> {
        self.keys.iter().map(|key| (&key.id, &key.public_key))
    }

    /// The classic tags of a key, if it has them.
    pub fn tags(&self, key_id: &KeyId) -> Option<&Tags> {
        self.keys.iter().find(|key| key.id == *key_id)?.tags.as_ref()
    }

    /// The field rules, in the order of the file.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.rules.iter().filter_map(|rule| {
            Some(Field {
                name: &rule.name,
                target: &rule.target,
                key: &self.keys.get(rule.key)?.id,
                modes: rule.mode.token_modes(),
            })
        })
    }

    /// SHA-256 of the policy file: 64 lower-case hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What the host of an encryptor has to do for this policy.
    pub fn host_duties(&self) -> HostDuties<'_> {
        HostDuties::of(self)
    }
}

/// The automata for bodies, query strings and headers. What is not a body is read as an object of names and values.
#[inline(never)]
fn compile(rules: &[Rule]) -> Option<[Matcher; 3]> {
    let (mut body, mut query, mut header) = (Vec::new(), Vec::new(), Vec::new());
    for (index, rule) in (0_u32..).zip(rules) {
        let (paths, path, match_names) = match &rule.target {
            Target::Path(path) => (&mut body, path.clone(), rule.match_names),
            Target::Query(name) => (&mut query, FieldPath::of_member(name), rule.match_names),
            Target::Header(name) => (&mut header, FieldPath::of_member(name), NameMatch::Exact),
        };
        paths.push((index, path, match_names));
    }
    let compile = |paths: &[(u32, FieldPath, NameMatch)]| {
        let paths: Vec<_> = paths.iter().map(|(index, path, names)| (*index, path, *names)).collect();
        Matcher::new(&paths)
    };
    Some([compile(&body)?, compile(&query)?, compile(&header)?])
}

fn hexadecimal(bytes: &[u8]) -> Box<str> {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect::<String>().into()
}

#[inline(never)]
fn read_keys(member: &Member<'_>) -> Result<Vec<PolicyKey>, ConfigError> {
    let members = member.map()?;
    if !(1..=MAX_POLICY_KEYS).contains(&members.len()) {
        return Err(member.refuse(ConfigProblem::Invalid("1 to 256 keys")));
    }
    let mut keys = Vec::with_capacity(members.len());
    let mut objects = Vec::with_capacity(members.len());
    for (name, member) in members.iter() {
        let id = KeyId::new(name).ok_or_else(|| member.refuse(ConfigProblem::Invalid(KeyId::EXPECTED)))?;
        let key = member.object(&["public_key", "prefix", "suffix", "data_key_reuse"])?;
        let pem = key.required("public_key")?;
        let public_key =
            PublicKey::from_pem(pem.text()?).map_err(|error| pem.refuse(ConfigProblem::PublicKey(error)))?;
        let tags = Tags::read(&key)?;
        let data_key_reuse = DataKeyReuse::read(&key, tags.is_some())?;
        keys.push(PolicyKey { id, public_key, tags, data_key_reuse });
        objects.push(key);
    }
    Tags::check_apart(objects.iter().zip(keys.iter().map(|key| key.tags.as_ref())))?;
    Ok(keys)
}

#[inline(never)]
fn read_rules(member: &Member<'_>, keys: &[PolicyKey]) -> Result<Vec<Rule>, ConfigError> {
    let members = member.array()?;
    if !(1..=MAX_FIELD_RULES).contains(&members.len()) {
        return Err(member.refuse(ConfigProblem::Invalid("1 to 1,000 field rules")));
    }
    let mut names = SeenNames::default();
    let mut rules = Vec::with_capacity(members.len());
    for member in members {
        let (rule, name) = Rule::read(&member, keys)?;
        if !names.add(Cow::Owned(rule.name.as_str().into())) {
            return Err(name.refuse(ConfigProblem::NameDuplicate));
        }
        rules.push(rule);
    }
    Ok(rules)
}

#[inline(never)]
fn read_context(member: &Member<'_>) -> Result<Vec<(FieldName, Box<str>)>, ConfigError> {
    let members = member.map()?;
    if members.len() > MAX_CONTEXT_PAIRS {
        return Err(member.refuse(ConfigProblem::Invalid("at most 16 pairs")));
    }
    let mut context = Vec::with_capacity(members.len());
    for (name, member) in members.iter() {
        let name = FieldName::new(name).filter(|name| name.as_str() != "field").ok_or_else(|| {
            member.refuse(ConfigProblem::Invalid("a name other than `field`: 1 to 64 of `A-Za-z0-9_.-`"))
        })?;
        let value = member.parsed("at most 128 bytes", |text| {
            (text.len() <= MAX_CONTEXT_VALUE_BYTES).then(|| text.into())
        })?;
        let place = context.partition_point(|(other, _)| *other < name);
        context.insert(place, (name, value));
    }
    Ok(context)
}

#[inline(never)]
fn read_leftovers(member: &Member<'_>) -> Result<Leftovers, ConfigError> {
    let members = member.object(&["min_chars", "action"])?;
    let action = members.required("action")?;
    Ok(Leftovers {
        min_chars: members
            .required("min_chars")?
            .integer(LEFTOVER_CHARS, "a whole number of characters from 4 to 256")?,
        refuse: action.parsed("`refuse` or `report`", |text| match text {
            "refuse" => Some(true),
            "report" => Some(false),
            _ => None,
        })?,
    })
}

fn read_limits(member: Option<&Member<'_>>) -> Result<(usize, usize), ConfigError> {
    let Some(member) = member else { return Ok((DEFAULT_MAX_DEPTH, DEFAULT_MAX_FIELDS)) };
    let limits = member.object(&["max_depth", "max_fields"])?;
    let limit = |name, default, most, what| {
        limits.get(name).map_or(Ok(default), |member| member.integer(1..=most, what))
    };
    Ok((
        limit("max_depth", DEFAULT_MAX_DEPTH, MAX_DEPTH, "a whole number from 1 to 1,024")?,
        limit("max_fields", DEFAULT_MAX_FIELDS, MAX_FIELDS, "a whole number from 1 to 100,000")?,
    ))
}

/// One of two words: `no` is false, `yes` is true.
fn choice(member: Option<&Member<'_>>, no: &str, yes: &str, default: bool) -> Result<bool, ConfigError> {
    let Some(member) = member else { return Ok(default) };
    let expected = if no == "allow" { "`refuse` or `allow`" } else { "`encrypt` or `refuse`" };
    member.parsed(expected, |text| if text == yes { Some(true) } else { (text == no).then_some(false) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_choice_of_two_words_is_refused_with_the_two() {
        let pem = include_str!("../../../test-vectors/keys/rsa2048-a.public.pem");
        for (member, expected) in [
            ("foreign_tokens", "`/foreign_tokens`: expected `refuse` or `allow`"),
            ("duplicate_names", "`/duplicate_names`: expected `encrypt` or `refuse`"),
        ] {
            let mut policy = json!({"version": 1, "keys": {"a": {"public_key": pem}},
                "fields": [{"name": "a", "path": "$.a", "key": "a"}]});
            policy[member] = "keep".into();
            let error = Policy::from_json(policy.to_string().as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
