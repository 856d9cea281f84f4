//! Protected values that also stand elsewhere in the body.

use alloc::string::String;
use alloc::vec::Vec;

use memchr::memmem;
use zeroize::Zeroizing;

use super::EncryptError;
use super::plan::Plan;
use crate::policy::Policy;
use crate::sizes::MAX_SEARCH_BYTES;
use crate::sorted::sorted;

/// Stands between texts that do not belong together; no text has it.
const BETWEEN: u8 = 0xff;

/// Values to look for, and what to look through.
pub(super) struct Suspects {
    min_chars: usize,
    /// The most of distinct values times bytes.
    most_work: usize,
    /// Texts of protected values, and the rule of each.
    protected: Vec<(Zeroizing<Vec<u8>>, usize)>,
    /// Decoded texts that stay, one after the other.
    decoded: Zeroizing<Vec<u8>>,
}

impl Suspects {
    pub(super) fn new(min_chars: usize) -> Self {
        Self { min_chars, most_work: MAX_SEARCH_BYTES, protected: Vec::new(), decoded: Zeroizing::default() }
    }

    /// A value that is going to be replaced.
    pub(super) fn protect(&mut self, text: Zeroizing<Vec<u8>>, rule: usize) {
        if String::from_utf8_lossy(&text).chars().count() >= self.min_chars {
            self.protected.push((text, rule));
        }
    }

    /// A text that stays, as it reads after decoding.
    pub(super) fn stays(&mut self, decoded: &[u8]) {
        append(&mut self.decoded, decoded);
    }

    /// How many distinct protected values stand in what stays of the body.
    ///
    /// # Errors
    /// [`EncryptError::ValueLeft`] for the first of them, if `refuse`; [`EncryptError::TooManyValues`] if it is too much work to look for all of them.
    #[inline(never)]
    pub(super) fn count(
        self,
        body: Option<&Plan<'_>>,
        policy: &Policy,
        refuse: bool,
    ) -> Result<usize, EncryptError> {
        if self.protected.is_empty() {
            return Ok(0);
        }
        let mut remains = self.decoded;
        let mut from = 0_usize;
        if let Some(plan) = body {
            remains.reserve(plan.text.len());
            for replacement in &plan.replacements {
                append(&mut remains, plan.text.get(from..replacement.span.start).unwrap_or_default());
                from = replacement.span.end;
            }
            append(&mut remains, plan.text.get(from..).unwrap_or_default());
        }
        let protected = self.protected.iter().map(|(text, rule)| (text.as_slice(), *rule));
        let mut protected = sorted(protected.collect());
        protected.dedup_by_key(|(text, _)| *text);
        let limit = self.most_work.checked_div(remains.len()).unwrap_or(usize::MAX);
        if protected.len() > limit {
            return Err(EncryptError::TooManyValues { limit });
        }
        let mut found = 0_usize;
        for (text, rule) in protected {
            if memmem::find(&remains, text).is_none() {
                continue;
            }
            if refuse {
                let rule = policy.rules.get(rule).ok_or(EncryptError::EncryptionFailed)?;
                return Err(EncryptError::ValueLeft { field: rule.name.clone() });
            }
            found = found.saturating_add(1);
        }
        Ok(found)
    }
}

/// Appends a text; the buffer that has become too small is zeroed.
fn append(buffer: &mut Zeroizing<Vec<u8>>, text: &[u8]) {
    let length = buffer.len().saturating_add(text.len()).saturating_add(1);
    if length > buffer.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.saturating_mul(2)));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
    buffer.extend_from_slice(text);
    buffer.push(BETWEEN);
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn distinct_values_times_bytes_are_bounded_and_none_is_looked_for_beyond() {
        let pem = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");
        let policy = format!(
            r#"{{"version": 1, "keys": {{"a": {{"public_key": {pem:?}}}}}, "fields": [{{"name": "a", "path": "$.a", "key": "a"}}]}}"#
        );
        let policy = Policy::from_json(policy.as_bytes()).unwrap();
        // Three values, of which one comes twice, in two texts of 10 and 20 bytes with an end each.
        let count = |most_work: usize| {
            let mut suspects = Suspects { most_work, ..Suspects::new(4) };
            for (rule, value) in ["aaaa", "bbbb", "cccc", "bbbb", "ddd"].into_iter().enumerate() {
                suspects.protect(Zeroizing::new(value.as_bytes().to_vec()), rule);
            }
            suspects.stays(b"..bbbb....");
            suspects.stays(b"aaaa................");
            suspects.count(None, &policy, false)
        };
        let work = 3 * (11 + 21);
        assert_eq!(count(work - 1), Err(EncryptError::TooManyValues { limit: 2 }));
        assert_eq!(count(work), Ok(2));
        assert_eq!(count(work + 1), Ok(2));
        assert_eq!(count(0), Err(EncryptError::TooManyValues { limit: 0 }));
    }
}
