//! A stand-in of ours for `ReEncrypt`, which the emulator does not have.
//!
//! It follows the AWS KMS API Reference: the plaintext is in this process, as it is in AWS KMS, and not in that of the caller. What decrypts and
//! encrypts is the emulator, under an identity of the stand-in's own; whether the caller may is for `kms:ReEncryptFrom` on the one key and
//! `kms:ReEncryptTo` on the other, by the caller's IAM policy in the emulator. It checks no signature.
//!
//! What AWS KMS answers to a plaintext that is too long for the destination is not in its reference: that `Encrypt` answers
//! `ValidationException` is what users of AWS report.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::EncryptionAlgorithmSpec::RsaesOaepSha256;
use aws_smithy_types::base64;
use serde_json::json;

use crate::emulator::{Identity, administrator, python};
use crate::fault;
use crate::proxy::Seen;

const OAEP: &str = "RSAES_OAEP_SHA_256";

/// What AWS KMS would answer.
pub(crate) async fn answer(seen: &Seen) -> Vec<u8> {
    re_encrypt(seen).await.unwrap_or_else(|(code, message)| fault::error_with(400, &code, &message))
}

type Refused = (String, String);

async fn re_encrypt(seen: &Seen) -> Result<Vec<u8>, Refused> {
    let member = |name: &str| seen.body[name].as_str().unwrap_or_else(|| panic!("{name}"));
    let members: BTreeSet<&str> = seen.body.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "CiphertextBlob",
        "DestinationEncryptionAlgorithm",
        "DestinationKeyId",
        "SourceEncryptionAlgorithm",
        "SourceKeyId",
    ];
    assert_eq!(members, expected.into());
    assert_eq!((member("SourceEncryptionAlgorithm"), member("DestinationEncryptionAlgorithm")), (OAEP, OAEP));
    let (source, destination) = (member("SourceKeyId"), member("DestinationKeyId"));

    let [caller, _, region, ..] = seen.scope()[..] else { panic!("{}", seen.head) };
    for arn in [source, destination] {
        if arn.split(':').nth(3) != Some(region) {
            return Err(("NotFoundException".into(), format!("Invalid arn {arn}")));
        }
    }
    for (action, arn) in [("kms:ReEncryptFrom", source), ("kms:ReEncryptTo", destination)] {
        if !may(caller, action, arn) {
            let message = format!("User: {caller} is not authorized to perform: {action} on resource: {arn}");
            return Err(("AccessDeniedException".into(), message));
        }
    }

    let kms = administrator(region);
    let ciphertext = Blob::new(base64::decode(member("CiphertextBlob")).unwrap());
    let decrypting = kms.decrypt().key_id(source).ciphertext_blob(ciphertext);
    let decrypted = decrypting.encryption_algorithm(RsaesOaepSha256).send().await;
    let plaintext = decrypted.map_err(|error| refused(source, &error))?.plaintext.unwrap();

    let described = kms.describe_key().key_id(destination).send().await;
    let spec = described.unwrap().key_metadata.unwrap().key_spec.unwrap();
    let bits: usize = spec.as_str().strip_prefix("RSA_").unwrap().parse().unwrap();
    let most = bits / 8 - 66;
    if plaintext.as_ref().len() > most {
        let message =
            format!("Algorithm {OAEP} and key spec {spec:?} cannot encrypt data larger than {most} bytes.");
        return Err(("ValidationException".into(), message));
    }
    let encrypting = kms.encrypt().key_id(destination).plaintext(plaintext);
    let encrypted = encrypting.encryption_algorithm(RsaesOaepSha256).send().await;
    let new = encrypted.map_err(|error| refused(destination, &error))?.ciphertext_blob.unwrap();
    let reply = json!({
        "CiphertextBlob": base64::encode(new),
        "SourceKeyId": source,
        "KeyId": destination,
        "SourceEncryptionAlgorithm": OAEP,
        "DestinationEncryptionAlgorithm": OAEP,
    });
    Ok(fault::reply(200, reply.to_string().as_bytes()))
}

/// The emulator's code, with a message that names the key as AWS does.
fn refused<E: ProvideErrorMetadata>(arn: &str, error: &SdkError<E>) -> Refused {
    let code = error.code().expect("an error of the service");
    (code.to_owned(), format!("{arn}: {code}"))
}

/// Whether the owner of an access key may do this. What the emulator has said of it is remembered.
pub(crate) fn may(access_key_id: &str, action: &str, arn: &str) -> bool {
    static KNOWN: Mutex<Option<HashMap<[String; 3], bool>>> = Mutex::new(None);
    if access_key_id == Identity::root().access_key_id {
        return true;
    }
    let question = [access_key_id, action, arn].map(str::to_owned);
    let mut known = KNOWN.lock().unwrap();
    let known = known.get_or_insert_default();
    *known
        .entry(question)
        .or_insert_with(|| python("may.py", &[access_key_id, action, arn]).trim() == "allowed")
}
