//! Plain JavaScript objects and arrays: what is returned needs no `free()`.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

/// An object with these members.
pub(crate) fn object(members: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object)
}

/// A copy in JavaScript's memory.
pub(crate) fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}
