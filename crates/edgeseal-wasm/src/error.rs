//! The library's errors as JavaScript `Error`s named `EdgeSealError`, with the same stable code.

use alloc::string::ToString;
use alloc::vec::Vec;

use edgeseal::ConfigError;
use js_sys::{Error, Object};
use wasm_bindgen::JsValue;

use crate::object::object;

/// Why a policy or a keyring is refused.
#[inline(never)]
pub(crate) fn config_error(error: &ConfigError) -> JsValue {
    edgeseal_error(&error.to_string(), error.code(), &[("pointer", error.pointer().into())])
}

/// An error with a code, and with other members.
pub(crate) fn edgeseal_error(message: &str, code: &str, members: &[(&str, JsValue)]) -> JsValue {
    let error = Error::new(message);
    error.set_name("EdgeSealError");
    let members: Vec<_> =
        [("code", JsValue::from_str(code))].into_iter().chain(members.iter().cloned()).collect();
    match object(&members) {
        Ok(members) => Object::assign(&error, &members).into(),
        Err(error) => error,
    }
}
