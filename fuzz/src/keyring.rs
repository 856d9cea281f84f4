//! Loading a keyring.
//!
//! Input: the file. **Oracle:** as for a policy. What loads has the entries that serde_json reads, and the same ones after serde_json has written the file
//! again.

use edgeseal::{KeyLocation, Keyring};
use serde_json::Value;

use crate::policy::{check_error, rewritten};
use crate::vectors::Vectors;

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    match Keyring::from_json(data) {
        Ok(keyring) => {
            let again =
                Keyring::from_json(&rewritten(data)).expect("it loads again when serde_json has written it");
            assert!(keyring.iter().eq(again.iter()), "something has changed");
            let read: Value = serde_json::from_slice(data).expect("serde_json reads what loads");
            let keys = read["keys"].as_object().expect("there are keys");
            assert_eq!(keyring.iter().count(), keys.len());
            for (key_id, entry) in keyring.iter() {
                let read = &keys[key_id.as_str()];
                let location = match entry.location() {
                    KeyLocation::Kms(arn) => ("kms_key_arn", arn),
                    KeyLocation::File(file) => ("private_key_file", file),
                    _ => panic!("there is another location"),
                };
                assert_eq!(read[location.0].as_str(), Some(&**location.1));
                let hexadecimal: Option<String> = entry
                    .spki_sha256()
                    .map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect());
                assert_eq!(read["spki_sha256"].as_str(), hexadecimal.as_deref());
                assert_eq!(read["prefix"].as_str(), entry.tags().map(|tags| tags.prefix()));
                assert_eq!(read["suffix"].as_str(), entry.tags().map(|tags| tags.suffix()));
                assert_eq!(read["mode"].is_string(), entry.mode().is_some());
                let bits = entry.key_spec().map(|size| format!("RSA_{}", 8 * size.modulus_bytes()));
                assert_eq!(read["key_spec"].as_str(), bits.as_deref());
            }
        }
        Err(error) => check_error(data, &error),
    }
}

/// The keyrings of the vectors.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = vectors.of("keyring").filter_map(|vector| vector.bytes("document")).collect();
    for file in ["token", "decrypt", "rewrap"] {
        seeds.extend(vectors.of(file).map(|vector| vector.group["keyring"].to_string().into_bytes()));
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
