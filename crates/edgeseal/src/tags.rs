//! Classic tags: a key's own literal prefix and suffix.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::config::{ConfigError, ConfigProblem, Member, Members};
use crate::sizes::MAX_TAG_CHARS;

/// How every token of our own begins, whatever its version.
pub(crate) const TOKEN_PREFIX: &[u8] = b"__es";

/// A key's literal prefix and suffix (FORMAT.md, section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    prefix: Box<str>,
    suffix: Box<str>,
}

impl Tags {
    const PREFIX: &str = "1 to 32 of `A-Za-z0-9!#$%()*,-.:;@[]^_{|}~`, not ending in a base64 character";
    const SUFFIX: &str = "1 to 32 of `A-Za-z0-9!#$%()*,-.:;@[]^_{|}~`, not beginning with a base64 character";

    /// The literal text before the ciphertext.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The literal text after it.
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    /// Reads `prefix` and `suffix` of a key, if it has them.
    pub(crate) fn read(key: &Members<'_>) -> Result<Option<Self>, ConfigError> {
        match (key.get("prefix"), key.get("suffix")) {
            (None, None) => Ok(None),
            (Some(prefix), Some(suffix)) => Self::read_both(prefix, suffix).map(Some),
            _ => {
                let expected = "expected both `prefix` and `suffix`, or neither";
                Err(key.refuse(ConfigProblem::TagsAmbiguous(expected)))
            }
        }
    }

    #[inline(never)]
    fn read_both(prefix: &Member<'_>, suffix: &Member<'_>) -> Result<Self, ConfigError> {
        let ends_well = |text: &&str| text.bytes().next_back().is_some_and(|byte| !is_base64(byte));
        let begins_well = |text: &&str| text.bytes().next().is_some_and(|byte| !is_base64(byte));
        Ok(Self {
            prefix: prefix.parsed(Self::PREFIX, |text| Some(text).filter(is_tag).filter(ends_well))?.into(),
            suffix: suffix.parsed(Self::SUFFIX, |text| Some(text).filter(is_tag).filter(begins_well))?.into(),
        })
    }

    /// Refuses a prefix that occurs in another: where both could begin, the text would not say which key is meant.
    pub(crate) fn check_apart<'k>(
        keys: impl Iterator<Item = (&'k Members<'k>, Option<&'k Tags>)>,
    ) -> Result<(), ConfigError> {
        let mut seen: Vec<&[u8]> = vec![TOKEN_PREFIX];
        for (key, tags) in keys {
            let Some(tags) = tags else { continue };
            let prefix = tags.prefix.as_bytes();
            if seen.iter().any(|other| occurs(prefix, other) || occurs(other, prefix)) {
                let problem = ConfigProblem::TagsAmbiguous(
                    "expected a prefix that is not part of another key's, and no `__es`",
                );
                return Err(key
                    .get("prefix")
                    .map_or_else(|| key.refuse(problem), |member| member.refuse(problem)));
            }
            seen.push(prefix);
        }
        Ok(())
    }
}

#[inline(never)]
fn occurs(part: &[u8], whole: &[u8]) -> bool {
    memchr::memmem::find(whole, part).is_some()
}

fn is_tag(text: &&str) -> bool {
    (1..=MAX_TAG_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%()*,-.:;@[]^_{|}~".contains(&byte))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
