//! Encrypting the fields of a body: plan everything, then seal.

mod data_keys;
mod error;
mod explain;
mod field_name;
mod form;
mod host;
mod host_rsa;
mod json_body;
mod leftovers;
mod multipart;
mod part;
mod place;
mod plan;
mod report;
mod request;
mod scope;
mod seal;
mod waiting;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use rand_core::TryCryptoRng;

use crate::content_type::{BodyFormat, MediaType};
use crate::json::check_utf8;
use crate::matcher::Cursor;
use crate::policy::Policy;
use crate::stack;
use crate::token::Finder;
pub use data_keys::DataKeys;
pub use error::EncryptError;
pub use explain::{ExplainedBody, ExplainedValue, Outcome, TokenForm};
use form::decode_leniently;
pub use host::Host;
pub use host_rsa::HostRsa;
use place::Place;
use plan::{Plan, Planner, Tally, refuse_token};
pub use report::EncryptReport;
pub use request::{Encrypted, EncryptedRequest, Request};
use scope::{Scope, Unlimited};
use seal::{Sealer, seal_parts};

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
    unlimited: Unlimited,
    max_output_bytes: usize,
}

impl Encryptor {
    /// An encryptor without a limit to its output.
    pub fn new(policy: Policy) -> Self {
        let headers = policy.headers();
        let unlimited = Unlimited::new(&policy);
        Self { policy, headers, unlimited, max_output_bytes: usize::MAX }
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

    /// Encrypts a body with this `Content-Type`, of a request of which nothing else is known: rules that are limited to methods or
    /// paths apply, rules for the query string and for headers have nothing to do.
    ///
    /// # Errors
    /// [`EncryptError`]; then there is no body.
    pub fn encrypt<'b, R: TryCryptoRng + ?Sized>(
        &self,
        body: &'b [u8],
        content_type: &str,
        rng: &mut R,
    ) -> Result<Encrypted<'b>, EncryptError> {
        let request = Request { content_type: Some(content_type), body: Some(body), ..Request::default() };
        let encrypted = self.encrypt_body(&request, rng)?;
        let body = match encrypted.body {
            Cow::Borrowed(_) => Cow::Borrowed(body),
            Cow::Owned(body) => Cow::Owned(body),
        };
        Ok(Encrypted { body, report: encrypted.report })
    }

    /// Encrypts the body of a request, and it alone: rules for the query string and for headers have nothing to do. A request without
    /// a body has an empty one.
    ///
    /// # Errors
    /// [`EncryptError`]; then there is no body.
    pub fn encrypt_body<'r, R: TryCryptoRng + ?Sized>(
        &self,
        request: &Request<'r>,
        rng: &mut R,
    ) -> Result<Encrypted<'r>, EncryptError> {
        let request = Request { body: request.body.or(Some(&[])), ..*request };
        let encrypted = self.encrypt_parts(&request, true, Host::new(rng))?;
        let body = encrypted.body.ok_or(EncryptError::EncryptionFailed)?;
        Ok(Encrypted { body, report: encrypted.report })
    }

    /// Encrypts what the policy names in a request.
    ///
    /// Time and memory are linear in the request. The size of the output is known, and checked, before anything is
    /// encrypted. Randomness is drawn per value, in the order query string, headers, body: for a direct value a 32-byte
    /// OAEP seed; for the first envelope value under a key id a 32-byte data key and a 32-byte OAEP seed; for every envelope
    /// value a 12-byte initialization vector. The generator is asked for those of several values at once, and for no more than
    /// the request is certain to need.
    ///
    /// # Errors
    /// [`EncryptError`]; then nothing may go on.
    pub fn encrypt_request<'r, R: TryCryptoRng + ?Sized>(
        &self,
        request: &Request<'r>,
        rng: &mut R,
    ) -> Result<EncryptedRequest<'r>, EncryptError> {
        self.encrypt_parts(request, false, Host::new(rng))
    }

    /// The same with more than a generator.
    ///
    /// A data key of an earlier request draws nothing. One that has served as many values as the policy allows in the middle of a request
    /// leaves the rest of them to a new one, which is drawn where it is needed.
    ///
    /// # Errors
    /// [`EncryptError`]; then nothing may go on.
    pub fn encrypt_request_with<'r, R: TryCryptoRng + ?Sized>(
        &self,
        request: &Request<'r>,
        host: Host<'_, R>,
    ) -> Result<EncryptedRequest<'r>, EncryptError> {
        self.encrypt_parts(request, false, host)
    }

    fn encrypt_parts<'r, R: TryCryptoRng + ?Sized>(
        &self,
        request: &Request<'r>,
        only_body: bool,
        host: Host<'_, R>,
    ) -> Result<EncryptedRequest<'r>, EncryptError> {
        let encrypted = self.plan_and_seal(request, only_body, host);
        stack::wipe();
        encrypted
    }

    #[inline(never)]
    fn plan_and_seal<'r, R: TryCryptoRng + ?Sized>(
        &self,
        request: &Request<'r>,
        only_body: bool,
        host: Host<'_, R>,
    ) -> Result<EncryptedRequest<'r>, EncryptError> {
        let mut fresh = DataKeys::new();
        let (data_keys, now) = host.kept.unwrap_or((&mut fresh, None));
        data_keys.begin(&self.policy, now);
        let planned = self.plan(request, only_body)?;
        let mut sealer = Sealer::new(self, host.rng, data_keys, host.rsa);
        let sealed = seal_parts(&mut sealer, request, planned);
        match sealed {
            Ok(_) => data_keys.end(&self.policy, now),
            Err(_) => data_keys.clear(),
        }
        sealed
    }

    /// Decides about everything, and encrypts nothing.
    #[inline]
    fn plan<'r>(&self, request: &Request<'r>, only_body: bool) -> Result<Planned<'r>, EncryptError> {
        let classic = self.policy.keys.iter().filter_map(|key| Some((key.tags.as_ref()?, &key.id)));
        let finder = Finder::new(classic);
        let mut reader = Reader {
            encryptor: self,
            request,
            foreign: self.policy.refuse_foreign_tokens.then_some(&finder),
            tally: Tally::new(&self.policy),
        };
        let (query, headers) =
            if only_body { (None, Vec::new()) } else { (reader.query()?, reader.headers()?) };
        let body = request.body.map(|body| reader.body(body)).transpose()?;

        let leftovers = match (reader.tally.suspects.take(), self.policy.leftovers) {
            (Some(suspects), Some(leftovers)) => {
                suspects.count(body.as_ref(), &self.policy, leftovers.refuse)?
            }
            _ => 0,
        };
        if body.as_ref().is_some_and(|plan| plan.output_bytes > self.max_output_bytes) {
            return Err(EncryptError::OutputTooLarge { limit: self.max_output_bytes });
        }
        let report = reader.tally.report(&self.policy, leftovers);
        Ok(Planned { query, headers, body, report })
    }
}

/// What is going to be replaced in the parts of one request.
struct Planned<'r> {
    query: Option<Plan<'r>>,
    headers: Vec<Option<Plan<'r>>>,
    body: Option<Plan<'r>>,
    report: EncryptReport,
}

/// Reads the parts of one request, and plans.
struct Reader<'e, 'q, 'r> {
    encryptor: &'e Encryptor,
    request: &'q Request<'r>,
    /// What to refuse, if foreign tokens are refused.
    foreign: Option<&'e Finder<'e>>,
    tally: Tally,
}

impl<'r> Reader<'_, '_, 'r> {
    fn query(&mut self) -> Result<Option<Plan<'r>>, EncryptError> {
        if self.encryptor.policy.query.is_empty() { Ok(None) } else { self.ruled_query() }
    }

    #[inline(never)]
    fn ruled_query(&mut self) -> Result<Option<Plan<'r>>, EncryptError> {
        let query = self.request.query.unwrap_or_default().as_bytes();
        refuse_token(self.foreign, query)?;
        refuse_token(self.foreign, &decode_leniently(query))?;
        let scope = Scope::of_query(self.encryptor, self.request);
        if scope.is_empty() {
            return Ok(None);
        }
        let mut planner = self.planner(&scope, query, false);
        match planner.form() {
            Ok(()) => Ok(Some(planner.plan)),
            // A rule that only reports must not have anything refused.
            Err(EncryptError::FormInvalid { .. } | EncryptError::DuplicateName { .. })
                if !scope.encrypts() =>
            {
                planner.would_refuse();
                Ok(None)
            }
            Err(EncryptError::FormInvalid { offset }) => Err(EncryptError::QueryInvalid { offset }),
            Err(error) => Err(error),
        }
    }

    /// A plan for each header field, if any rule is for it.
    fn headers(&mut self) -> Result<Vec<Option<Plan<'r>>>, EncryptError> {
        if self.encryptor.policy.header.is_empty() {
            return Ok(self.request.headers.iter().map(|_| None).collect());
        }
        self.ruled_headers()
    }

    #[inline(never)]
    fn ruled_headers(&mut self) -> Result<Vec<Option<Plan<'r>>>, EncryptError> {
        let policy = &self.encryptor.policy;
        let headers = self.request.headers;
        let scope = Scope::of_headers(self.encryptor, self.request);
        let mut cursor = Cursor::new(&policy.header);
        cursor.value();
        cursor.enter(false);
        let mut plans = Vec::with_capacity(headers.len());
        let mut found = Vec::new();
        for (name, value) in headers {
            cursor.name(name.to_ascii_lowercase().as_bytes(), false);
            let rules = cursor.value();
            found.push((value.as_bytes(), rules));
        }
        // The fields are one document: what is required may stand in any of them.
        let mut decided = self.planner(&scope, &[], false);
        decided.begin();
        for (value, rules) in found {
            decided.plan = Plan::of(value);
            if rules.is_some() {
                decided.refuse_token(value)?;
            }
            decided.value(0..value.len(), Place::Text, scope.decide(rules))?;
            plans.push(Some(core::mem::replace(&mut decided.plan, Plan::of(&[]))));
        }
        decided.end()?;
        Ok(plans)
    }

    #[inline(never)]
    fn body(&mut self, body: &'r [u8]) -> Result<Plan<'r>, EncryptError> {
        let policy = &self.encryptor.policy;
        let unsupported = EncryptError::ContentTypeUnsupported;
        let content_type = self.request.content_type.and_then(MediaType::new).ok_or(unsupported.clone())?;
        let format = policy.content_types.format(&content_type).ok_or(unsupported.clone())?;
        if self.foreign.is_some_and(|finder| finder.finds_any(body)) {
            return Err(EncryptError::ForeignToken);
        }
        // The parts of a form may be files in any encoding.
        if !matches!(format, BodyFormat::Pass | BodyFormat::Multipart) {
            check_utf8(body).map_err(|offset| EncryptError::NotUtf8 { offset })?;
        }
        let scope = Scope::of_body(self.encryptor, self.request, &content_type);
        let mut planner = self.planner(&scope, body, true);
        match format {
            BodyFormat::Pass => {}
            BodyFormat::Json => planner.json()?,
            BodyFormat::NdJson => planner.ndjson()?,
            BodyFormat::Form => planner.form()?,
            BodyFormat::Multipart => planner.multipart(content_type.boundary().ok_or(unsupported)?)?,
        }
        Ok(planner.plan)
    }

    fn planner<'p>(&'p mut self, scope: &'p Scope<'p>, text: &'r [u8], is_body: bool) -> Planner<'p, 'r> {
        let Encryptor { policy, headers, .. } = self.encryptor;
        Planner::new(policy, headers, scope, &mut self.tally, self.foreign, text, is_body)
    }
}
