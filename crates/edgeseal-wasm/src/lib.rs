//! The wasm-bindgen surface of [`edgeseal`] for JavaScript hosts; it converts, calls and maps errors. Writing Rust? Use
//! `edgeseal`. Writing JavaScript? Use the npm package `edgeseal`, which puts an edge function around this.
//!
//! What crosses from JavaScript is a copy in linear memory. The allocator zeroes whatever is released, so that nothing of a request
//! is left there when the call is over.

mod error;
mod object;

use std::alloc::System;
use std::borrow::Cow;
use std::time::Duration;

use edgeseal::{Answer, DataKeys, Host, HostRsa, KeyId, Keyring, Policy, PublicKey, Request, TextFormat};
use getrandom::SysRng;
use js_sys::{Array, Function, Object, TypeError, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;
use zeroizing_alloc::ZeroAlloc;

use error::{config_error, encrypt_error, open_error, scan_error};
use object::object;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Encrypts what a policy names. Holds the policy, data keys as far as the policy allows it, and nothing else of a request.
#[wasm_bindgen]
pub struct Encryptor {
    encryptor: edgeseal::Encryptor,
    data_keys: DataKeys,
    rsa: Option<HostRsa<PublicOperation>>,
}

type PublicOperation = Box<dyn FnMut(&KeyId, &PublicKey, &[u8]) -> Option<Vec<u8>>>;

#[wasm_bindgen]
impl Encryptor {
    /// Loads a policy. Bodies that would be longer than `maxOutputBytes` after encryption are refused. `rsa`, a `PublicOperation`,
    /// does RSA in place of this module: see `HostRsa` of the crate.
    ///
    /// # Errors
    /// `EdgeSealError` with `code` and `pointer` if the policy is refused.
    #[wasm_bindgen(constructor)]
    pub fn new(
        policy: &str,
        #[wasm_bindgen(js_name = maxOutputBytes)] max_output_bytes: Option<u32>,
        rsa: Option<Function>,
    ) -> Result<Self, JsValue> {
        let policy = Policy::from_json(policy.as_bytes()).map_err(|error| config_error(&error))?;
        let encryptor = edgeseal::Encryptor::new(policy);
        let limit = max_output_bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let encryptor = match limit {
            Some(bytes) => encryptor.with_max_output_bytes(bytes),
            None => encryptor,
        };
        let rsa = rsa.map(|function| HostRsa::new(public_operation(function)));
        Ok(Self { encryptor, data_keys: DataKeys::new(), rsa })
    }

    /// What the host has to do for the policy, as JSON.
    #[wasm_bindgen(getter)]
    pub fn host(&self) -> String {
        self.encryptor.policy().host_duties().to_json()
    }

    /// Encrypts what the policy names in a request. What is left out is not known, or not there. `headers` has name and value by
    /// turns.
    /// `now` is a time in milliseconds since any fixed moment, for data keys that serve several requests.
    ///
    /// # Errors
    /// `EdgeSealError` with `code` and `status`; then nothing may go on.
    #[wasm_bindgen(unchecked_return_type = "Encrypted")]
    pub fn encrypt(
        &mut self,
        body: Option<Vec<u8>>,
        #[wasm_bindgen(js_name = contentType)] content_type: Option<String>,
        method: Option<String>,
        path: Option<String>,
        query: Option<String>,
        headers: Option<Vec<String>>,
        now: Option<f64>,
    ) -> Result<Object, JsValue> {
        let headers = headers.unwrap_or_default();
        let pairs: Vec<(&str, &str)> = headers
            .chunks_exact(2)
            .filter_map(|pair| Some((pair.first()?.as_str(), pair.last()?.as_str())))
            .collect();
        let request = Request {
            method: method.as_deref(),
            path: path.as_deref(),
            query: query.as_deref(),
            headers: &pairs,
            content_type: content_type.as_deref(),
            body: body.as_deref(),
        };
        let mut rng = SysRng;
        let mut host = Host::new(&mut rng).with_data_keys(&mut self.data_keys, now.and_then(duration));
        if let Some(rsa) = &mut self.rsa {
            host = host.with_rsa(rsa);
        }
        let encrypted =
            self.encryptor.encrypt_request_with(&request, host).map_err(|error| encrypt_error(&error))?;
        let body = match &encrypted.body {
            Some(Cow::Owned(body)) => bytes(body),
            _ => JsValue::UNDEFINED,
        };
        let query = match &encrypted.query {
            Some(Cow::Owned(query)) => JsValue::from_str(query),
            _ => JsValue::UNDEFINED,
        };
        let headers = if encrypted.headers.iter().any(|value| matches!(value, Cow::Owned(_))) {
            encrypted.headers.iter().map(|value| JsValue::from_str(value)).collect::<Array>().into()
        } else {
            JsValue::UNDEFINED
        };
        let report = encrypted.report.to_json().into();
        object(&[("body", body), ("query", query), ("headers", headers), ("report", report)])
    }
}

/// The first step of decryption: the tokens of a text, and what has to be decrypted for them.
#[wasm_bindgen]
pub struct Scan(edgeseal::Scan<'static>);

#[wasm_bindgen]
impl Scan {
    /// Finds the tokens of a text. Private keys are none of this module's business: of the keyring only the key ids
    /// and classic tags matter.
    ///
    /// # Errors
    /// `EdgeSealError` with `code`, and `pointer` if the keyring is refused; `TypeError` for a format that does not exist.
    #[wasm_bindgen(constructor)]
    pub fn new(
        text: Vec<u8>,
        #[wasm_bindgen(unchecked_param_type = "TextFormat")] format: &str,
        keyring: &str,
    ) -> Result<Self, JsValue> {
        let format = match format {
            "json" => TextFormat::Json,
            "ndjson" => TextFormat::NdJson,
            "form" => TextFormat::Form,
            "text" => TextFormat::Text,
            _ => return Err(TypeError::new("expected `json`, `ndjson`, `form` or `text`").into()),
        };
        let keyring = Keyring::from_json(keyring.as_bytes()).map_err(|error| config_error(&error))?;
        Ok(Self(edgeseal::Scan::new(text, format, &keyring).map_err(|error| scan_error(&error))?))
    }

    /// Requires a pair of every token's context: a token bound to something else does not open, nor does a direct one. Gives
    /// the scan to go on with; this one is used up.
    #[wasm_bindgen(js_name = requireContext)]
    pub fn require_context(self, name: &str, value: &str) -> Self {
        Self(self.0.require_context(name, value))
    }

    /// What has to be decrypted: each distinct RSAES-OAEP-SHA-256 ciphertext once, in the order of the text.
    ///
    /// # Errors
    /// None that a caller can cause.
    #[wasm_bindgen(unchecked_return_type = "Ciphertext[]")]
    pub fn ciphertexts(&self) -> Result<Array, JsValue> {
        let ciphertexts = self.0.ciphertexts().iter().map(|ciphertext| {
            object(&[("keyId", ciphertext.key_id().as_str().into()), ("bytes", bytes(ciphertext.bytes()))])
        });
        ciphertexts.collect()
    }

    /// The second step: puts plaintext back, given an answer for each of `ciphertexts()` in the same order.
    ///
    /// # Errors
    /// `EdgeSealError` with `code` if a token does not open; then there is no body.
    #[wasm_bindgen(unchecked_return_type = "Spliced")]
    pub fn splice(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Answer[]")] answers: &Array,
    ) -> Result<Object, JsValue> {
        let answers: Vec<Answer> = answers.iter().map(|value| answer(&value)).collect::<Result<_, _>>()?;
        let spliced = self.0.splice(&answers).map_err(|error| open_error(&error))?;
        object(&[("body", bytes(&spliced.body)), ("report", spliced.report.to_json().into())])
    }
}

fn answer(value: &JsValue) -> Result<Answer, JsValue> {
    if let Some(plaintext) = value.dyn_ref::<Uint8Array>() {
        return Ok(Answer::Plaintext(Zeroizing::new(plaintext.to_vec())));
    }
    match value.as_string().as_deref() {
        Some("failed") => Ok(Answer::Failed),
        Some("wrong-length") => Ok(Answer::WrongLength),
        Some("denied") => Ok(Answer::Denied),
        Some("unavailable") => Ok(Answer::Unavailable),
        _ => Err(TypeError::new(
            "expected a Uint8Array, or `failed`, `wrong-length`, `denied` or `unavailable`",
        )
        .into()),
    }
}

/// A function of the host; one that throws, or gives something else than bytes, fails.
fn public_operation(function: Function) -> PublicOperation {
    Box::new(move |key_id, _, encoded| {
        let given = function.call2(&JsValue::UNDEFINED, &key_id.as_str().into(), &bytes(encoded)).ok()?;
        Some(given.dyn_ref::<Uint8Array>()?.to_vec())
    })
}

/// A time; `None` for what is none, such as NaN.
fn duration(milliseconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(milliseconds / 1_000.0).ok()
}

/// A copy in JavaScript's memory.
fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}
