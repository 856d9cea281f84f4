//! An encryptor whose RSA is undone without a private key, and tokens opened by other means than the library's.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use edgeseal::{
    Answer, EncryptError, EncryptedRequest, Encryptor, Host, HostRsa, KeyId, Keyring, Policy, PublicKey,
    Request, Scan, TextFormat,
};
use serde_json::Value;

use crate::keys::PUBLIC_KEYS;
use crate::naive::{self, Classic, Token};
use crate::oaep;
use crate::random::Random;

type Operation = Box<dyn FnMut(&KeyId, &PublicKey, &[u8]) -> Option<Vec<u8>>>;
type Powers = Rc<RefCell<HashMap<Vec<u8>, Vec<u8>>>>;

/// A policy, and what it takes to look into what it encrypts.
pub(crate) struct Bench {
    encryptor: Encryptor,
    rsa: RefCell<HostRsa<Operation>>,
    /// The ciphertexts that were computed, and what is in them. The others tell it themselves.
    powers: Powers,
    /// How many requests there were: a generator that begins anew with each would repeat ciphertexts, which is refused.
    requests: Cell<u64>,
    keyring: Keyring,
    pub(crate) classic: Vec<Classic>,
}

/// What is in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) key_id: String,
    pub(crate) kind: char,
    /// The JSON text of the value.
    pub(crate) json: Vec<u8>,
    /// The field it is bound to, in envelope mode.
    pub(crate) field: Option<String>,
}

impl Bench {
    /// With the members of a policy beside `version` and `keys`. The keys are `k1` and `k2`, of 2048 bits, `k3`, of 3072, and `c1`, with classic tags.
    pub(crate) fn new(members: &str) -> Self {
        let key = |id: &str, pem: &str, more: &str| format!("{id:?}:{{\"public_key\":{pem:?}{more}}}");
        let [(_, a), (_, b), (_, c), _] = PUBLIC_KEYS;
        let tags = r#","prefix":"[enc:","suffix":":enc]""#;
        let keys = [key("k1", a, ""), key("k2", b, ""), key("k3", c, ""), key("c1", a, tags)].join(",");
        let policy = format!(r#"{{"version":1,"keys":{{{keys}}},{members}}}"#);
        let policy = Policy::from_json(policy.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let entries = ["k1", "k2", "k3"].map(|id| format!(r#""{id}":{{"private_key_file":"k"}}"#)).join(",");
        let keyring =
            format!(r#"{{"version":1,"keys":{{{entries},"c1":{{"private_key_file":"k"{tags}}}}}}}"#);
        let powers = Powers::default();
        Self {
            encryptor: Encryptor::new(policy),
            rsa: RefCell::new(HostRsa::new(operation(Rc::clone(&powers)))),
            powers,
            requests: Cell::new(0),
            keyring: Keyring::from_json(keyring.as_bytes()).expect("the keyring loads"),
            classic: vec![Classic { key_id: "c1", prefix: "[enc:", suffix: ":enc]" }],
        }
    }

    pub(crate) fn encrypt<'r>(&self, request: &Request<'r>) -> Result<EncryptedRequest<'r>, EncryptError> {
        self.requests.set(self.requests.get() + 1);
        let mut random = Random::new(self.requests.get());
        let mut rsa = self.rsa.borrow_mut();
        self.encryptor.encrypt_request_with(request, Host::new(&mut random).with_rsa(&mut rsa))
    }

    /// Decrypts by the library, given what is in the ciphertexts.
    pub(crate) fn decrypt(&self, text: &[u8], format: TextFormat) -> Vec<u8> {
        let scan = Scan::new(text, format, &self.keyring).expect("what was encrypted is read again");
        let answers: Vec<Answer> = scan
            .ciphertexts()
            .iter()
            .map(|it| self.unwrap(it.bytes()).map_or(Answer::Failed, |bytes| Answer::Plaintext(bytes.into())))
            .collect();
        scan.splice(&answers).expect("what was encrypted opens").body.to_vec()
    }

    /// Opens a text that is one token; `None` if it is none.
    pub(crate) fn open(&self, text: &[u8]) -> Option<Opened> {
        let found = naive::find(text, &self.classic);
        let [naive::Found { range, token: Ok(token) }] = &found[..] else { return None };
        (*range == (0..text.len())).then(|| self.open_token(token))
    }

    fn open_token(&self, token: &Token) -> Opened {
        let unwrapped = self.unwrap(&token.rsa).expect("it holds an encoded message");
        let text = |bytes: Vec<u8>| {
            serde_json::to_vec(&String::from_utf8(bytes).expect("kind s is text")).expect("a string")
        };
        let (json, field) = match &token.sealed {
            None if token.kind == 'v' => {
                let minimal: Result<String, _> = serde_json::from_slice(&unwrapped);
                let is_text = minimal.is_ok_and(|it| serde_json::to_vec(&it).is_ok_and(|it| it == unwrapped));
                assert!(!is_text, "a string that is its own minimal text is of kind s");
                (unwrapped, None)
            }
            None => (text(unwrapped), None),
            Some(sealed) => {
                let (padded, context) = unseal(sealed, &unwrapped);
                let length = padded.iter().rposition(|byte| *byte != b' ').expect("there is a value") + 1;
                assert_eq!(padded.len(), length.div_ceil(32) * 32, "it is padded to a multiple of 32");
                (padded[..length].to_vec(), context.get("field").cloned())
            }
        };
        Opened { key_id: token.key_id.clone(), kind: token.kind, json, field }
    }

    fn unwrap(&self, ciphertext: &[u8]) -> Option<Vec<u8>> {
        let powers = self.powers.borrow();
        match powers.get(ciphertext) {
            Some(encoded) => oaep::decode(encoded),
            None => oaep::decode(&disguise(ciphertext)),
        }
    }
}

/// Opens an envelope: the padded plaintext, and the context.
pub(crate) fn unseal(
    (header, iv, ciphertext, tag): &(String, Vec<u8>, Vec<u8>, Vec<u8>),
    data_key: &[u8],
) -> (Vec<u8>, BTreeMap<String, String>) {
    let key = Key::<Aes256Gcm>::try_from(data_key).expect("a data key has 32 bytes");
    let nonce = Nonce::try_from(&iv[..]).expect("12 bytes");
    let sealed = [&ciphertext[..], tag].concat();
    let payload = Payload { msg: &sealed, aad: header.as_bytes() };
    let padded = Aes256Gcm::new(&key).decrypt(&nonce, payload).expect("the tag is right");
    let json = naive::base64url(header.as_bytes()).expect("the header is base64url");
    let read: Value = serde_json::from_slice(&json).expect("the header is JSON");
    assert_eq!(
        (&read["alg"], &read["enc"], &read["cty"]),
        (&"RSA-OAEP-256".into(), &"A256GCM".into(), &"json".into())
    );
    let context = read["ctx"].as_object().expect("there is a context");
    let text = |value: &Value| value.as_str().expect("a context has strings").to_owned();
    (padded, context.iter().map(|(name, value)| (name.clone(), text(value))).collect())
}

/// The first operation under each key is the crate `rsa`'s, which the library compares with its own. The others, which it believes, can be undone.
fn operation(powers: Powers) -> Operation {
    let mut known = Vec::new();
    Box::new(move |key_id, key, encoded| {
        if known.contains(key_id) {
            return Some(disguise(encoded));
        }
        known.push(key_id.clone());
        let power = oaep::power(key.modulus(), encoded)?;
        powers.borrow_mut().insert(power.clone(), encoded.to_vec());
        Some(power)
    })
}

/// The library takes no ciphertext that is the message. This is as good as one, and its own inverse; the first byte stays zero.
fn disguise(encoded: &[u8]) -> Vec<u8> {
    let mut bytes = encoded.to_vec();
    for byte in bytes.iter_mut().skip(1) {
        *byte ^= 0x5a;
    }
    bytes
}
