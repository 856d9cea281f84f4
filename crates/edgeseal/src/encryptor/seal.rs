//! The second pass: copies a text, and writes a token for each value that is replaced.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::data_keys::DataKeys;
use super::host_rsa::PublicOperation;
use super::place::Place;
use super::plan::{By, Form, Plan};
use super::waiting::{Alphabet, Waiting};
use super::{EncryptError, EncryptedRequest, Encryptor, Planned, Request};
use crate::aead::{Aead, AeadFailed};
use crate::envelope;
use crate::oaep::{self, OaepFailed};
use crate::policy::{PolicyKey, Rule};
use crate::random::{Randomness, RandomnessFailed};
use crate::sizes::{DATA_KEY_BYTES, IV_BYTES, OAEP_SEED_BYTES};
use crate::token;

/// Seals the texts of one request.
pub(super) struct Sealer<'e, 'g, R: ?Sized> {
    encryptor: &'e Encryptor,
    random: Randomness<'g, R>,
    data_keys: &'g mut DataKeys,
    rsa: Rsa<'g>,
    waiting: Waiting<'e>,
}

/// Who does the RSA public operation, if it is not this library.
type Rsa<'g> = Option<&'g mut dyn PublicOperation>;

impl<'e, 'g, R: TryCryptoRng + ?Sized> Sealer<'e, 'g, R> {
    pub(super) fn new(
        encryptor: &'e Encryptor,
        rng: &'g mut R,
        data_keys: &'g mut DataKeys,
        rsa: Option<&'g mut (dyn PublicOperation + '_)>,
    ) -> Self {
        let rsa = rsa.map(|rsa| -> &mut dyn PublicOperation { rsa });
        Self { encryptor, random: Randomness::new(rng), data_keys, rsa, waiting: Waiting::default() }
    }

    /// A text with tokens; `None` if nothing in it is replaced.
    pub(super) fn seal(&mut self, plan: &Plan<'_>) -> Result<Option<Vec<u8>>, EncryptError> {
        if plan.replacements.is_empty() {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(plan.output_bytes);
        let mut copied = 0_usize;
        for replacement in &plan.replacements {
            let between =
                plan.text.get(copied..replacement.span.start).ok_or(EncryptError::EncryptionFailed)?;
            out.extend_from_slice(between);
            match &replacement.by {
                By::Token { place: Place::Json, rule, form } => {
                    out.push(b'"');
                    self.append_token(plan, &replacement.span, Place::Json, *rule, *form, &mut out)?;
                    out.push(b'"');
                }
                By::Token { place, rule, form } => {
                    self.append_token(plan, &replacement.span, *place, *rule, *form, &mut out)?;
                }
                By::Length(length) => out.extend_from_slice(length.to_string().as_bytes()),
            }
            copied = replacement.span.end;
        }
        out.extend_from_slice(plan.text.get(copied..).ok_or(EncryptError::EncryptionFailed)?);
        self.waiting.finish(&mut out)?;
        // The size was promised before; anything else means that a token is not what it should be.
        if out.len() == plan.output_bytes { Ok(Some(out)) } else { Err(EncryptError::EncryptionFailed) }
    }

    fn append_token(
        &mut self,
        plan: &Plan<'_>,
        span: &Range<usize>,
        place: Place,
        rule_index: usize,
        form: Form,
        out: &mut Vec<u8>,
    ) -> Result<(), EncryptError> {
        let text = plan.text;
        let Self { encryptor, random, rsa, waiting, .. } = self;
        let (_, key) = rule_and_key(encryptor, rule_index)?;
        match (form, &key.tags) {
            (Form::Classic, Some(tags)) => {
                out.extend_from_slice(tags.prefix().as_bytes());
                let text = place.text(text, span)?;
                append_direct(key, &text, random, rsa, waiting, Alphabet::Standard, out)?;
                out.extend_from_slice(tags.suffix().as_bytes());
            }
            (Form::Classic, None) => return Err(EncryptError::EncryptionFailed),
            (Form::Text, _) => framed(key, "s", out, |out| {
                let text = place.text(text, span)?;
                append_direct(key, &text, random, rsa, waiting, Alphabet::Url, out)
            })?,
            (Form::Value, _) => framed(key, "v", out, |out| {
                let json = place.json(text, span)?;
                append_direct(key, &json, random, rsa, waiting, Alphabet::Url, out)
            })?,
            (Form::Envelope, _) => self.append_envelope(&place.json(text, span)?, rule_index, out)?,
        }
        Ok(())
    }

    #[inline(never)]
    fn append_envelope(
        &mut self,
        json: &[u8],
        rule_index: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), EncryptError> {
        let Self { encryptor, random, data_keys, rsa, .. } = self;
        let (rule, key) = rule_and_key(encryptor, rule_index)?;
        let header = encryptor.headers.get(rule_index).ok_or(EncryptError::EncryptionFailed)?;
        let data_key = data_keys
            .next(rule.key, key, || make_data_key(key, random, rsa))?
            .ok_or(EncryptError::EncryptionFailed)?;
        let draw = random.draw::<IV_BYTES>()?;
        let iv = data_key.iv(&draw).ok_or(EncryptError::RandomnessFailed)?;
        framed(key, "e", out, |out| {
            Ok(envelope::append_jwe(header, &data_key.wrapped, &data_key.aead, &iv, json, out)?)
        })
    }
}

fn rule_and_key(encryptor: &Encryptor, rule: usize) -> Result<(&Rule, &PolicyKey), EncryptError> {
    let policy = &encryptor.policy;
    let rule = policy.rules.get(rule).ok_or(EncryptError::EncryptionFailed)?;
    Ok((rule, policy.keys.get(rule.key).ok_or(EncryptError::EncryptionFailed)?))
}

/// Seals everything that is planned of a request.
#[inline(never)]
pub(super) fn seal_parts<'r, R: TryCryptoRng + ?Sized>(
    sealer: &mut Sealer<'_, '_, R>,
    request: &Request<'r>,
    Planned { query, headers, body, report }: Planned<'_>,
) -> Result<EncryptedRequest<'r>, EncryptError> {
    let parts = [query.as_ref(), body.as_ref()];
    for plan in parts.into_iter().flatten().chain(headers.iter().flatten()) {
        sealer.random.expect(plan.random_bytes());
    }
    let sealed_query = query.as_ref().map(|plan| sealer.seal(plan)).transpose()?.flatten();
    let mut sealed_headers = Vec::with_capacity(headers.len());
    for ((_, value), plan) in request.headers.iter().zip(&headers) {
        let sealed = plan.as_ref().map(|plan| sealer.seal(plan)).transpose()?.flatten();
        sealed_headers.push(text(value, sealed)?);
    }
    let body = match (request.body, body) {
        (Some(body), Some(plan)) => Some(sealer.seal(&plan)?.map_or(Cow::Borrowed(body), Cow::Owned)),
        _ => None,
    };
    let query = request.query.map(|query| text(query, sealed_query)).transpose()?;
    Ok(EncryptedRequest { body, query, headers: sealed_headers, report })
}

/// A text that was sealed, or stays.
fn text(before: &str, sealed: Option<Vec<u8>>) -> Result<Cow<'_, str>, EncryptError> {
    let Some(sealed) = sealed else { return Ok(Cow::Borrowed(before)) };
    String::from_utf8(sealed).map(Cow::Owned).map_err(|_| EncryptError::EncryptionFailed)
}

/// A new data key, and its wrapped form.
fn make_data_key<R: TryCryptoRng + ?Sized>(
    key: &PolicyKey,
    random: &mut Randomness<'_, R>,
    rsa: &mut Rsa<'_>,
) -> Result<(Aead, Vec<u8>), EncryptError> {
    random.expect(DATA_KEY_BYTES.saturating_add(OAEP_SEED_BYTES));
    let data_key = random.draw::<DATA_KEY_BYTES>()?;
    let wrapped = direct(key, data_key.as_slice(), random, rsa)?;
    Ok((Aead::new(&data_key), wrapped))
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

/// Appends a ciphertext, or leaves room for it.
fn append_direct<'e, R: TryCryptoRng + ?Sized>(
    key: &'e PolicyKey,
    plaintext: &[u8],
    random: &mut Randomness<'_, R>,
    rsa: &mut Rsa<'_>,
    waiting: &mut Waiting<'e>,
    alphabet: Alphabet,
    out: &mut Vec<u8>,
) -> Result<(), EncryptError> {
    let encoded = encode(key, plaintext, random)?;
    match rsa {
        Some(rsa) => alphabet.append(&rsa.apply(key, &encoded)?, out),
        None => waiting.add(key, encoded, alphabet, out)?,
    }
    Ok(())
}

fn direct<R: TryCryptoRng + ?Sized>(
    key: &PolicyKey,
    plaintext: &[u8],
    random: &mut Randomness<'_, R>,
    rsa: &mut Rsa<'_>,
) -> Result<Vec<u8>, EncryptError> {
    let encoded = encode(key, plaintext, random)?;
    match rsa {
        Some(rsa) => rsa.apply(key, &encoded),
        None => Ok(oaep::public_operation(&key.public_key, &encoded)?),
    }
}

/// Encodes with a fresh seed.
fn encode<R: TryCryptoRng + ?Sized>(
    key: &PolicyKey,
    plaintext: &[u8],
    random: &mut Randomness<'_, R>,
) -> Result<Zeroizing<Vec<u8>>, EncryptError> {
    let seed = random.draw::<OAEP_SEED_BYTES>()?;
    Ok(oaep::encode(&seed, plaintext, key.public_key.size().modulus_bytes())?)
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
