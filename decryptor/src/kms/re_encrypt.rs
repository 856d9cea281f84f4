//! Moves ciphertexts to another key within AWS KMS.

use aws_sdk_kms::error::ProvideErrorMetadata;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::EncryptionAlgorithmSpec::RsaesOaepSha256;
use edgeseal::{Denial, KeyLocation, KeySize, RewrapAnswer};

use super::AwsKms;
use super::failure::{Refused, refused};
use crate::{KeyError, Meter, RewrapProvider, RewrapQuestion, Rewrapping, Unavailability};

impl AwsKms {
    /// `ReEncrypt`: the plaintext does not leave the service.
    async fn re_encrypt(
        &self,
        question: RewrapQuestion<'_>,
        meter: &Meter,
    ) -> Result<RewrapAnswer, KeyError> {
        let unavailable = |key_id: &edgeseal::KeyId, reason, request_id| KeyError::Unavailable {
            key_id: key_id.clone(),
            reason,
            request_id,
        };
        let RewrapQuestion { key_id, entry, to_key_id, to_entry, ciphertext } = question;
        let (KeyLocation::Kms(arn), KeyLocation::Kms(to_arn)) = (entry.location(), to_entry.location())
        else {
            return Err(unavailable(key_id, Unavailability::NoProvider, None));
        };
        let region = arn.split(':').nth(3).unwrap_or_default();
        let (attempts, refusal) = self.attempts(key_id, meter);
        let call = self
            .client(region)
            .re_encrypt()
            .ciphertext_blob(Blob::new(ciphertext))
            .source_key_id(arn.as_ref())
            .source_encryption_algorithm(RsaesOaepSha256)
            .destination_key_id(to_arn.as_ref())
            .destination_encryption_algorithm(RsaesOaepSha256);
        // The future of a call is large; most of it would be on the stack of whoever waits.
        let reply = Box::pin(call.customize().interceptor(attempts).send()).await;
        if let Some(refused) = refusal.take() {
            return Err(refused);
        }
        let error = match reply {
            Ok(reply) => {
                let ours = reply.source_key_id.as_deref() == Some(arn.as_ref())
                    && reply.key_id.as_deref() == Some(to_arn.as_ref())
                    && reply.source_encryption_algorithm == Some(RsaesOaepSha256)
                    && reply.destination_encryption_algorithm == Some(RsaesOaepSha256);
                return match reply.ciphertext_blob {
                    Some(new) if ours => Ok(RewrapAnswer::Ciphertext(new.into_inner().into())),
                    _ => Err(unavailable(key_id, Unavailability::AnswerInvalid, None)),
                };
            }
            Err(error) => error,
        };
        // What it says beside its code is looked at for two words and never shown.
        let message = error.message().unwrap_or_default();
        match refused(&error) {
            Refused::Denied => Ok(RewrapAnswer::Denied(denial(message))),
            Refused::DoesNotOpen => Ok(RewrapAnswer::Failed),
            Refused::Unavailable(Unavailability::Other, _)
                if error.code() == Some("ValidationException")
                    && may_be_too_long(ciphertext.len(), to_entry.key_spec()) =>
            {
                Ok(RewrapAnswer::TooLong)
            }
            Refused::Unavailable(reason, request_id) => {
                let key_id = if message.contains(to_arn.as_ref()) { to_key_id } else { key_id };
                Err(unavailable(key_id, reason, request_id))
            }
        }
    }
}

impl RewrapProvider for AwsKms {
    fn rewrap<'a>(&'a self, question: RewrapQuestion<'a>, meter: &'a Meter) -> Rewrapping<'a> {
        Box::pin(self.re_encrypt(question, meter))
    }

    fn caller(&self) -> Option<String> {
        crate::KeyProvider::caller(self)
    }
}

/// Which permission is missing: AWS names the action.
fn denial(message: &str) -> Denial {
    match (message.contains("kms:ReEncryptFrom"), message.contains("kms:ReEncryptTo")) {
        (true, false) => Denial::Source,
        (false, true) => Denial::Destination,
        _ => Denial::Either,
    }
}

/// Whether what was encrypted under a key of one size can be too long for the other, which AWS KMS calls a `ValidationException`: everything else
/// of the question is as it always is.
fn may_be_too_long(ciphertext_bytes: usize, to: Option<KeySize>) -> bool {
    ciphertext_bytes > to.unwrap_or(KeySize::Rsa2048).modulus_bytes()
}
