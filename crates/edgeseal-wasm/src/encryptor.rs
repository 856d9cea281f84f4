//! Encryption: what an edge carries.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use edgeseal::{DataKeys, EncryptError, Host, HostRsa, KeyId, Policy, PublicKey, Request};
use getrandom::SysRng;
use js_sys::{Array, Function, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::error::{config_error, edgeseal_error};
use crate::object::{bytes, object};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("encryptor.d.ts");

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
    /// turns. `now` is a time in milliseconds since any fixed moment, for data keys that serve several requests.
    ///
    /// # Errors
    /// `EdgeSealError` with `code` and `status`; then nothing may go on.
    #[wasm_bindgen(unchecked_return_type = "Encrypted")]
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would be read member by member, each a call into JavaScript"
    )]
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

#[inline(never)]
fn encrypt_error(error: &EncryptError) -> JsValue {
    edgeseal_error(&error.to_string(), error.code(), &[("status", error.http_status().into())])
}
