//! The second pass: copies the body, and writes a token for each value that is replaced.

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::plan::{Form, Plan, Replacement};
use super::{EncryptError, Encryptor};
use crate::aead::{Aead, AeadFailed};
use crate::envelope;
use crate::json::unescape;
use crate::oaep::{self, OaepFailed};
use crate::policy::PolicyKey;
use crate::random::{Randomness, RandomnessFailed};
use crate::sizes::{DATA_KEY_BYTES, IV_BYTES, OAEP_SEED_BYTES};
use crate::token::{self, append_base64, append_base64url};

/// The data key of one key id in one request, and its wrapped form.
struct DataKey {
    aead: Aead,
    wrapped: Vec<u8>,
}

impl Encryptor {
    pub(super) fn seal<R: TryCryptoRng + ?Sized>(
        &self,
        body: &[u8],
        plan: &Plan,
        rng: &mut R,
    ) -> Result<Vec<u8>, EncryptError> {
        let mut random = Randomness::new(rng);
        let mut data_keys: Vec<Option<DataKey>> = self.policy.keys.iter().map(|_| None).collect();
        let mut out = Vec::with_capacity(plan.output_bytes());
        let mut copied = 0_usize;
        for replacement in plan.replacements() {
            let between = body.get(copied..replacement.span.start).ok_or(EncryptError::EncryptionFailed)?;
            out.extend_from_slice(between);
            out.push(b'"');
            self.append_token(body, replacement, &mut random, &mut data_keys, &mut out)?;
            out.push(b'"');
            copied = replacement.span.end;
        }
        out.extend_from_slice(body.get(copied..).ok_or(EncryptError::EncryptionFailed)?);
        // The size was promised before; anything else means that a token is not what it should be.
        if out.len() == plan.output_bytes() { Ok(out) } else { Err(EncryptError::EncryptionFailed) }
    }

    fn append_token<R: TryCryptoRng + ?Sized>(
        &self,
        body: &[u8],
        replacement: &Replacement,
        random: &mut Randomness<'_, R>,
        data_keys: &mut [Option<DataKey>],
        out: &mut Vec<u8>,
    ) -> Result<(), EncryptError> {
        let rule = self.policy.rules.get(replacement.rule).ok_or(EncryptError::EncryptionFailed)?;
        let key = self.policy.keys.get(rule.key).ok_or(EncryptError::EncryptionFailed)?;
        let json = body.get(replacement.span.clone()).ok_or(EncryptError::EncryptionFailed)?;
        match (replacement.form, &key.tags) {
            (Form::Classic, Some(tags)) => {
                out.extend_from_slice(tags.prefix().as_bytes());
                append_base64(&direct(key, &string_text(json)?, random)?, out);
                out.extend_from_slice(tags.suffix().as_bytes());
            }
            (Form::Classic, None) => return Err(EncryptError::EncryptionFailed),
            (Form::Text, _) => framed(key, "s", out, |out| {
                append_base64url(&direct(key, &string_text(json)?, random)?, out);
                Ok(())
            })?,
            (Form::Value, _) => framed(key, "v", out, |out| {
                append_base64url(&direct(key, json, random)?, out);
                Ok(())
            })?,
            (Form::Envelope, _) => {
                let header = self.headers.get(replacement.rule).ok_or(EncryptError::EncryptionFailed)?;
                let slot = data_keys.get_mut(rule.key).ok_or(EncryptError::EncryptionFailed)?;
                let data_key = match slot {
                    Some(data_key) => data_key,
                    None => slot.insert(DataKey::new(key, random)?),
                };
                let iv = random.draw::<IV_BYTES>()?;
                framed(key, "e", out, |out| {
                    Ok(envelope::append_jwe(header, &data_key.wrapped, &data_key.aead, &iv, json, out)?)
                })?;
            }
        }
        Ok(())
    }
}

impl DataKey {
    fn new<R: TryCryptoRng + ?Sized>(
        key: &PolicyKey,
        random: &mut Randomness<'_, R>,
    ) -> Result<Self, EncryptError> {
        let data_key = random.draw::<DATA_KEY_BYTES>()?;
        let wrapped = direct(key, data_key.as_slice(), random)?;
        Ok(Self { aead: Aead::new(&data_key), wrapped })
    }
}

/// Writes prefix, key id and kind, the body, and the suffix.
fn framed(
    key: &PolicyKey,
    kind: &str,
    out: &mut Vec<u8>,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), EncryptError>,
) -> Result<(), EncryptError> {
    for part in [token::PREFIX, key.id.as_str(), ".", kind, "."] {
        out.extend_from_slice(part.as_bytes());
    }
    body(out)?;
    out.extend_from_slice(token::SUFFIX.as_bytes());
    Ok(())
}

fn direct<R: TryCryptoRng + ?Sized>(
    key: &PolicyKey,
    plaintext: &[u8],
    random: &mut Randomness<'_, R>,
) -> Result<Vec<u8>, EncryptError> {
    let seed = random.draw::<OAEP_SEED_BYTES>()?;
    Ok(oaep::encrypt(&key.public_key, &seed, plaintext)?)
}

/// The text of a string, given as its JSON text with quotation marks.
fn string_text(json: &[u8]) -> Result<Zeroizing<Vec<u8>>, EncryptError> {
    let inner = json.strip_prefix(b"\"").and_then(|json| json.strip_suffix(b"\""));
    inner.map(|inner| unescape(inner).text).ok_or(EncryptError::EncryptionFailed)
}

impl From<RandomnessFailed> for EncryptError {
    fn from(_: RandomnessFailed) -> Self {
        Self::RandomnessFailed
    }
}

impl From<OaepFailed> for EncryptError {
    fn from(_: OaepFailed) -> Self {
        Self::EncryptionFailed
    }
}

impl From<AeadFailed> for EncryptError {
    fn from(_: AeadFailed) -> Self {
        Self::EncryptionFailed
    }
}
