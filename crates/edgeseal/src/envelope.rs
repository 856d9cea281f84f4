//! Envelope mode: a value in a JWE (RFC 7516) with `RSA-OAEP-256` and `A256GCM` (RFC 7518), the key id outside.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::aead::{Aead, AeadFailed};
use crate::json::{Event, JsonText, Lexer, append_escaped, unescape};
use crate::label::FieldName;
use crate::sizes::{DATA_KEY_BYTES, IV_BYTES, PAD_BYTES};
use crate::token::{Sealed, append_base64url};

/// The base64url text of the protected header of a field.
pub(crate) fn header(field: &FieldName, context: &[(FieldName, Box<str>)]) -> Box<[u8]> {
    let mut json = br#"{"alg":"RSA-OAEP-256","cty":"json","ctx":{"field":""#.to_vec();
    json.extend_from_slice(field.as_str().as_bytes());
    for (name, value) in context {
        json.extend_from_slice(b"\",\"");
        json.extend_from_slice(name.as_str().as_bytes());
        json.extend_from_slice(b"\":\"");
        append_escaped(value.as_bytes(), &mut json);
    }
    json.extend_from_slice(br#""},"enc":"A256GCM"}"#);
    let mut header = Vec::new();
    append_base64url(&json, &mut header);
    header.into()
}

/// The length of the padded plaintext of a value whose JSON text has this many bytes.
pub(crate) fn padded_bytes(json_bytes: usize) -> usize {
    json_bytes.div_ceil(PAD_BYTES).max(1).saturating_mul(PAD_BYTES)
}

/// Appends a JWE: header, wrapped data key, IV, ciphertext, tag.
pub(crate) fn append_jwe(
    header: &[u8],
    wrapped: &[u8],
    data_key: &Aead,
    iv: &[u8; IV_BYTES],
    value: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), AeadFailed> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(padded_bytes(value.len())));
    buffer.extend_from_slice(value);
    buffer.resize(padded_bytes(value.len()), b' ');
    let tag = data_key.seal(iv, header, &mut buffer)?;
    out.extend_from_slice(header);
    for part in [wrapped, iv, &buffer, &tag] {
        out.push(b'.');
        append_base64url(part, out);
    }
    Ok(())
}

/// The pairs to which an envelope token is bound, the field among them.
pub(crate) type Context = BTreeMap<String, String>;

/// The context of a token; `None` if its header is not exactly what FORMAT.md, section 3, allows. The header is public: this can be known
/// before anybody is asked for a key.
pub(crate) fn context(sealed: &Sealed) -> Option<Context> {
    read_context(&URL_SAFE_NO_PAD.decode(&*sealed.header).ok()?)
}

/// Opens a JWE whose data key has been unwrapped and whose header has been checked: the padded plaintext. `None`, for every reason, if it
/// does not open.
pub(crate) fn open(sealed: &Sealed, data_key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let data_key: &[u8; DATA_KEY_BYTES] = data_key.try_into().ok()?;
    let mut buffer = Zeroizing::new(sealed.ciphertext.to_vec());
    Aead::new(data_key).open(&sealed.iv, sealed.header.as_bytes(), &mut buffer, &sealed.tag).ok()?;
    Some(buffer)
}

fn read_context(header: &[u8]) -> Option<Context> {
    core::str::from_utf8(header).ok()?;
    let mut lexer = Lexer::new(header, 0, 2);
    let text = |string: JsonText| {
        let unescaped = unescape(header.get(string.inner())?);
        if unescaped.lone_surrogate { None } else { String::from_utf8(unescaped.text.to_vec()).ok() }
    };
    let mut context = None;
    let mut seen = BTreeSet::new();
    let Event::ObjectStart(_) = lexer.next().ok()?? else { return None };
    loop {
        let name = match lexer.next().ok()?? {
            Event::Name(name) => text(name)?,
            Event::End(_) => break,
            _ => return None,
        };
        if !seen.insert(name.clone()) {
            return None;
        }
        match (name.as_str(), lexer.next().ok()??) {
            ("alg", Event::String(value)) if text(value)? == "RSA-OAEP-256" => {}
            ("enc", Event::String(value)) if text(value)? == "A256GCM" => {}
            ("cty", Event::String(value)) if text(value)? == "json" => {}
            ("ctx", Event::ObjectStart(_)) => {
                let mut pairs = BTreeMap::new();
                loop {
                    match lexer.next().ok()?? {
                        Event::End(_) => break,
                        Event::Name(name) => {
                            let Event::String(value) = lexer.next().ok()?? else { return None };
                            if pairs.insert(text(name)?, text(value)?).is_some() {
                                return None;
                            }
                        }
                        _ => return None,
                    }
                }
                context = Some(pairs);
            }
            _ => return None,
        }
    }
    // Four distinct known names: all of them are there.
    let complete = seen.len() == 4 && lexer.next().ok()?.is_none();
    context.filter(|context| complete && context.contains_key("field"))
}
