//! Reading a token, and opening an envelope.
//!
//! Input: what to do, then a token; or what to put into an envelope that is sealed here: a plaintext up to a zero byte, then the header. **Oracle:** the text is
//! taken for a token if and only if a reader written from FORMAT.md takes it for one, and what was read, written again, is the text: there is one text for each
//! token. An envelope opens if and only if its header and its plaintext are what FORMAT.md, section 3, says, its data key has 32 bytes, and none of its bits is
//! another; it gives the value that was sealed.

use std::sync::LazyLock;

use edgeseal::{Answer, Keyring, Kind, Scan, TextFormat, Token};

use crate::input::Input;
use crate::naive::{self, to_base64url};
use crate::token::{DATA_KEY, HEADER, as_text, envelope, is_header, is_value, pad};
use crate::tree::is_shallow;
use crate::vectors::Vectors;

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
    Keyring::from_json(br#"{"version":1,"keys":{"k1":{"private_key_file":"k"}}}"#).expect("the keyring loads")
});

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let form = input.byte();
    if form % 2 == 0 {
        if let Ok(text) = core::str::from_utf8(input.rest()) {
            check_text(text);
        }
        return;
    }
    let (data_key_bytes, flipped) = (input.byte(), usize::from(input.byte()));
    let plaintext = input.until(0);
    let header = input.rest();
    if header.is_empty() || header.len() > 3_072 || !is_shallow(header, 100) || !is_shallow(plaintext, 100) {
        return;
    }
    // Padded as it has to be, or only to the length that a ciphertext has to have.
    let padded = if form & 2 == 0 {
        pad(plaintext)
    } else {
        plaintext.iter().copied().chain([b'1'; 32]).take(plaintext.len() / 32 * 32 + 32).collect()
    };
    let rsa = [0x5a; 256];
    let token = envelope(header, &rsa, &padded);
    check_text(&token);
    let data_key = if data_key_bytes == 0 {
        DATA_KEY.to_vec()
    } else {
        DATA_KEY.repeat(2)[..usize::from(data_key_bytes) % 65].to_vec()
    };

    let end = padded.iter().rposition(|byte| *byte != b' ').map_or(0, |at| at + 1);
    let value = &padded[..end];
    let is_good = is_header(header) && is_value(value) && data_key.len() == 32;
    let expected = is_good.then(|| as_text(core::str::from_utf8(value).expect("JSON is UTF-8")));
    assert_eq!(open(&token, &data_key), expected, "what opens");

    // One character of the parts that are authenticated, or of the wrapped key, becomes another.
    let body = "__es1.k1.e.".len();
    let at = body + flipped * 7 % (token.len() - body - 3);
    let another = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
    let mut changed = token.clone();
    changed.replace_range(at..=at, another);
    let wrapped = token[body..].find('.').map(|dot| body + dot + 1..body + dot + 1 + 342);
    if !wrapped.is_some_and(|range| range.contains(&at)) {
        assert_eq!(open(&changed, &data_key), None, "another token opens");
    }
}

/// What a token becomes in plain text; `None` if it stays, or does not open.
fn open(token: &str, data_key: &[u8]) -> Option<String> {
    let scan = Scan::new(token.as_bytes(), TextFormat::Text, &KEYRING).expect("text can be anything");
    let answers = vec![Answer::Plaintext(data_key.to_vec().into()); scan.ciphertexts().len()];
    let spliced = scan.splice(&answers).ok()?;
    (spliced.report.decrypted() == 1)
        .then(|| String::from_utf8(spliced.body.to_vec()).expect("a value is UTF-8"))
}

fn check_text(text: &str) {
    let found = naive::find(text.as_bytes(), &[]);
    let whole = match &found[..] {
        [naive::Found { range, token: Ok(token) }] if *range == (0..text.len()) => Some(token),
        _ => None,
    };
    let ours = Token::parse(text);
    assert_eq!(ours.is_ok(), whole.is_some(), "which texts are tokens");
    match (ours, whole) {
        (Ok(ours), Some(token)) => {
            assert_eq!(ours.key_id().as_str(), token.key_id);
            assert_eq!(ours.ciphertext(), token.rsa);
            let kind = match ours.kind() {
                Kind::Text => 's',
                Kind::Value => 'v',
                Kind::Envelope => 'e',
                Kind::Classic => 'c',
            };
            assert_eq!(kind, token.kind);
            let rsa = to_base64url(ours.ciphertext());
            let body = match &token.sealed {
                None => rsa,
                Some((header, iv, ciphertext, tag)) => {
                    let [iv, ciphertext, tag] = [iv, ciphertext, tag].map(|part| to_base64url(part));
                    format!("{header}.{rsa}.{iv}.{ciphertext}.{tag}")
                }
            };
            assert_eq!(
                format!("__es1.{}.{kind}.{body}.__", ours.key_id().as_str()),
                text,
                "one text for each token"
            );
        }
        (Err(error), _) => {
            // What begins at once like a token says what it lacks.
            if let Some(naive::Found { range, token: Err(code) }) = found.first()
                && range.start == 0
            {
                assert_eq!(error.code(), *code);
            }
        }
        _ => {}
    }
}

/// The tokens of the vectors, parts of them exchanged, and headers.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let mut tokens = Vec::new();
    for vector in vectors.of("token") {
        let Some(text) = vector.bytes("text") else { continue };
        for found in naive::find(&text, &[]) {
            let end = if found.token.is_ok() { found.range.end } else { text.len() };
            tokens.push(text[found.range.start..end].to_vec());
        }
    }
    tokens.sort();
    tokens.dedup();
    let mut seeds: Vec<Vec<u8>> = tokens.iter().map(|token| [&[0][..], token].concat()).collect();
    let envelopes: Vec<Vec<&[u8]>> =
        tokens.iter().map(|token| token.split(|byte| *byte == b'.').collect()).collect();
    for pair in envelopes.windows(2) {
        for at in 0..pair[0].len().min(pair[1].len()) {
            let mut parts = pair[0].clone();
            parts[at] = pair[1][at];
            seeds.push([&[0][..], &parts.join(&b'.')].concat());
        }
    }
    for plaintext in ["1", "\"text\"", "{\"a\": [1]}", "", " 1", "1 2", "\"\\ud800\""] {
        seeds.push([&[1, 0, 9][..], plaintext.as_bytes(), &[0], HEADER.as_bytes()].concat());
    }
    for header in [
        r#"{"enc":"A256GCM","ctx":{"a":"b","field":"\u0066"},"cty":"json","alg":"RSA-OAEP-256"}"#,
        r#" {"alg":"RSA-OAEP-256", "cty":"json","ctx":{"field":"f","field":"g"},"enc":"A256GCM"}"#,
        r#"{"alg":"RSA-OAEP-256","cty":"json","ctx":{"field":1},"enc":"A256GCM","zip":"DEF"}"#,
        r#"{"alg":"dir","cty":"json","ctx":{},"enc":"A256GCM","enc":"A256GCM"}"#,
    ] {
        seeds.push([&[1, 0, 30][..], b"true\0", header.as_bytes()].concat());
        seeds.push([&[3, 33, 70][..], b"12345678901234567890123456789012\0", header.as_bytes()].concat());
    }
    seeds
}
