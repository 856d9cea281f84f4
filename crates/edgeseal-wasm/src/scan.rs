//! Decryption: for backends in JavaScript.

use alloc::string::ToString;
use alloc::vec::Vec;

use edgeseal::{Answer, Keyring, TextFormat};
use js_sys::{Array, Object, TypeError, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{config_error, edgeseal_error};
use crate::object::{bytes, object};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("scan.d.ts");

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
        Ok(Self(
            edgeseal::Scan::new(text, format, &keyring)
                .map_err(|error| refused(&error.to_string(), error.code()))?,
        ))
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
        let spliced = self.0.splice(&answers).map_err(|error| refused(&error.to_string(), error.code()))?;
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

fn refused(message: &str, code: &str) -> JsValue {
    edgeseal_error(message, code, &[])
}
