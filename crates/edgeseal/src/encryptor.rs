//! Encrypting the fields of a body: plan everything, then seal.

mod error;
mod plan;
mod report;
mod seal;

use std::borrow::Cow;

use rand_core::TryCryptoRng;

use crate::content_type::{BodyFormat, MediaType};
use crate::json::check_utf8;
use crate::policy::Policy;
use crate::token::Finder;
pub use error::EncryptError;
use plan::{Plan, Planner};
pub use report::EncryptReport;

/// Encrypts what a policy names, and refuses what it cannot vouch for.
///
/// ```
/// # use edgeseal::{Encryptor, Policy};
/// # let pem = include_str!("../../../test-vectors/keys/rsa2048-a.public.pem");
/// let policy = format!(
///     r#"{{"version": 1,
///         "keys":   {{"pii-2026a": {{"public_key": {pem:?}}}}},
///         "fields": [{{"name": "ssn", "path": "$..ssn", "key": "pii-2026a"}}]}}"#
/// );
/// let encryptor = Encryptor::new(Policy::from_json(policy.as_bytes())?);
///
/// let body = br#"{ "ssn" : "078-05-1120", "n": 1.50 }"#;
/// let encrypted = encryptor.encrypt(body, "application/json", &mut getrandom::SysRng)?;
/// assert!(encrypted.body.starts_with(br#"{ "ssn" : "__es1.pii-2026a.s."#));
/// assert!(encrypted.body.ends_with(br#".__", "n": 1.50 }"#));
/// assert_eq!(encrypted.report.values(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Encryptor {
    policy: Policy,
    /// The protected header of each rule's envelope tokens, as base64url.
    headers: Vec<Box<[u8]>>,
    max_output_bytes: usize,
}

/// A body that may go on to the origin.
#[derive(Clone, PartialEq, Eq)]
pub struct Encrypted<'b> {
    /// The body; borrowed if nothing in it had to be encrypted.
    pub body: Cow<'b, [u8]>,
    /// What was encrypted, in numbers.
    pub report: EncryptReport,
}

impl core::fmt::Debug for Encrypted<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Encrypted").field("report", &self.report).finish_non_exhaustive()
    }
}

impl Encryptor {
    /// An encryptor without a limit to its output.
    pub fn new(policy: Policy) -> Self {
        let headers = policy.headers();
        Self { policy, headers, max_output_bytes: usize::MAX }
    }

    /// Refuses bodies that would be longer than this many bytes after encryption.
    #[must_use]
    pub fn with_max_output_bytes(mut self, bytes: usize) -> Self {
        self.max_output_bytes = bytes;
        self
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Encrypts a body with this `Content-Type`.
    ///
    /// Time and memory are linear in the body. The size of the output is known, and checked, before anything is
    /// encrypted. Randomness is drawn per value: in body order, for a direct value a 32-byte OAEP seed; for the first
    /// envelope value under a key id a 32-byte data key and a 32-byte OAEP seed; for every envelope value a 12-byte
    /// initialization vector.
    ///
    /// # Errors
    /// [`EncryptError`]; then there is no body.
    pub fn encrypt<'b, R: TryCryptoRng + ?Sized>(
        &self,
        body: &'b [u8],
        content_type: &str,
        rng: &mut R,
    ) -> Result<Encrypted<'b>, EncryptError> {
        let content_type = MediaType::new(content_type).ok_or(EncryptError::ContentTypeUnsupported)?;
        let format =
            self.policy.content_types.format(&content_type).ok_or(EncryptError::ContentTypeUnsupported)?;
        let plan = self.plan(body, &content_type, format)?;
        if plan.output_bytes() > self.max_output_bytes {
            return Err(EncryptError::OutputTooLarge { limit: self.max_output_bytes });
        }
        let report = plan.report(&self.policy);
        let body =
            if plan.is_empty() { Cow::Borrowed(body) } else { Cow::Owned(self.seal(body, &plan, rng)?) };
        Ok(Encrypted { body, report })
    }

    fn plan(&self, body: &[u8], content_type: &MediaType, format: BodyFormat) -> Result<Plan, EncryptError> {
        let classic = self.policy.keys.iter().filter_map(|key| Some((key.tags.as_ref()?, &key.id)));
        let finder = Finder::new(classic);
        let foreign = self.policy.refuse_foreign_tokens.then_some(&finder);
        if foreign.is_some_and(|finder| finder.finds_any(body)) {
            return Err(EncryptError::ForeignToken);
        }
        let mut planner = Planner::new(&self.policy, &self.headers, body, content_type, foreign);
        if format != BodyFormat::Pass {
            check_utf8(body).map_err(|offset| EncryptError::NotUtf8 { offset })?;
        }
        match format {
            BodyFormat::Pass => {}
            BodyFormat::Json => planner.text(0, body.len())?,
            BodyFormat::NdJson => planner.lines()?,
        }
        Ok(planner.finish())
    }
}
