//! Keys in AWS KMS.

mod attempt;
mod call_error;
mod description;
mod failure;
mod keys;
mod re_encrypt;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kms::Client;
use aws_sdk_kms::error::ProvideErrorMetadata;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::EncryptionAlgorithmSpec;
use aws_smithy_types::retry::RetryMode;
use edgeseal::{Answer, KeyId, KeyLocation};
use zeroize::Zeroizing;

use crate::provider::Asking;
use crate::{KeyError, KeyProvider, Meter, Question, Unavailability};
use attempt::{Attempts, Counting, Refusal, TooLong};
pub use call_error::{KmsCall, KmsCallError, KmsCallReason};
pub use description::{KeyDescription, KeyUnfit, KmsPublicKey};
use failure::Refused;
pub use keys::{KmsKeys, NewKey};

/// Asks AWS KMS (`Decrypt` and `ReEncrypt` with `RSAES_OAEP_SHA_256`).
///
/// Each call goes to the region of the key's ARN, under the ARN; nothing of a token but its ciphertext is sent. Credentials, profile, endpoint
/// and retries are the SDK's usual ones. Clones are cheap and share their connections.
#[derive(Clone, Debug)]
pub struct AwsKms {
    config: SdkConfig,
    timeouts: KmsTimeouts,
    /// One client for each region: it holds connections and what the service said about its load.
    clients: Arc<Mutex<BTreeMap<String, Client>>>,
    caller: Arc<Mutex<Option<String>>>,
}

/// How long a call to AWS KMS may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KmsTimeouts {
    /// One attempt. The SDK has no such limit of its own.
    pub attempt: Duration,
    /// A call with all its attempts.
    pub call: Duration,
}

impl Default for KmsTimeouts {
    fn default() -> Self {
        Self { attempt: Duration::from_secs(5), call: Duration::from_secs(30) }
    }
}

impl AwsKms {
    /// Beginnings of the targets of `tracing` that a program with a subscriber of its own caps at DEBUG, whatever it is asked for.
    ///
    /// With `LOG_SENSITIVE_BODIES=true` in the environment, the SDK says replies with their plaintexts at the level TRACE under
    /// `aws_smithy_runtime::client::orchestrator::http`. Nothing else of a call has been seen at any level; the cap is on all of the SDK all the same.
    pub const SDK_TARGETS_CAPPED: [&'static str; 1] = ["aws_"];

    /// Configured as every AWS tool is: environment, profile, container or instance.
    ///
    /// Unless `AWS_RETRY_MODE` says otherwise, retries are adaptive: throttling slows the calls that come after.
    pub async fn from_environment(timeouts: KmsTimeouts) -> Self {
        Self::load(aws_config::defaults(BehaviorVersion::latest()), timeouts).await
    }

    /// The same where the region of keys without an ARN is known: it is not looked for, which can be a request to the machine's metadata service.
    pub async fn from_environment_in(region: &str, timeouts: KmsTimeouts) -> Self {
        let region = Region::new(region.to_owned());
        Self::load(aws_config::defaults(BehaviorVersion::latest()).region(region), timeouts).await
    }

    async fn load(loader: aws_config::ConfigLoader, timeouts: KmsTimeouts) -> Self {
        let config = loader.load().await;
        let config = match config.retry_config() {
            Some(retries) if std::env::var_os("AWS_RETRY_MODE").is_none() && retries.has_retry() => {
                let adaptive = retries.clone().with_retry_mode(RetryMode::Adaptive);
                config.to_builder().retry_config(adaptive).build()
            }
            _ => config,
        };
        Self::new(config, timeouts)
    }

    /// Configured by the caller. Its region does not matter: that of each key's ARN does.
    pub fn new(config: SdkConfig, timeouts: KmsTimeouts) -> Self {
        let given = config.timeout_config().map_or_else(TimeoutConfig::builder, TimeoutConfig::to_builder);
        let limited =
            given.operation_attempt_timeout(timeouts.attempt).operation_timeout(timeouts.call).build();
        let config = config.to_builder().timeout_config(limited).build();
        Self { config, timeouts, clients: Arc::default(), caller: Arc::default() }
    }

    /// How long a call may take.
    pub fn timeouts(&self) -> KmsTimeouts {
        self.timeouts
    }

    fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(region.to_owned()).or_insert_with(|| {
            let config = aws_sdk_kms::config::Builder::from(&self.config);
            let config = config.region(Region::new(region.to_owned())).retry_classifier(TooLong);
            Client::from_conf(config.build())
        });
        client.clone()
    }

    /// What counts the attempts of a call under this key, and what says why one was not made.
    fn attempts(&self, key_id: &KeyId, meter: &Meter) -> (Attempts, Refusal) {
        let (refusal, caller) = (Refusal::default(), self.caller.clone());
        let (meter, key_id) = (meter.clone(), key_id.clone());
        let counting = Some(Counting { meter, key_id, refusal: refusal.clone() });
        (Attempts { counting, caller }, refusal)
    }

    /// Whether this caller may decrypt under a key: `Decrypt` with `DryRun`, which tells without decrypting. A service that does not know
    /// `DryRun` decrypts; then its plaintext is thrown away.
    ///
    /// # Errors
    /// [`KeyError`] if nobody says.
    pub async fn may_decrypt(&self, question: Question<'_>, meter: &Meter) -> Result<Permission, KeyError> {
        Ok(match self.decrypt(question, meter, true).await? {
            Reply::WouldSucceed | Reply::Answer(Answer::Plaintext(_)) => Permission::Allowed,
            Reply::Answer(Answer::Denied) => Permission::Denied,
            Reply::Answer(_) => Permission::Failed,
        })
    }

    async fn decrypt(&self, question: Question<'_>, meter: &Meter, dry_run: bool) -> Result<Reply, KeyError> {
        let unavailable = |reason, request_id| KeyError::Unavailable {
            key_id: question.key_id.clone(),
            reason,
            request_id,
        };
        let KeyLocation::Kms(arn) = question.entry.location() else {
            return Err(unavailable(Unavailability::NoProvider, None));
        };
        let region = arn.split(':').nth(3).unwrap_or_default();
        let (attempts, refusal) = self.attempts(question.key_id, meter);
        let call = self
            .client(region)
            .decrypt()
            .key_id(arn.as_ref())
            .ciphertext_blob(Blob::new(question.ciphertext))
            .encryption_algorithm(EncryptionAlgorithmSpec::RsaesOaepSha256)
            .set_dry_run(dry_run.then_some(true));
        // The future of a call is large; most of it would be on the stack of whoever waits.
        let reply = Box::pin(call.customize().interceptor(attempts).send()).await;
        if let Some(refused) = refusal.take() {
            return Err(refused);
        }
        match reply {
            Ok(reply) => {
                let ours = reply.key_id.as_deref() == Some(arn.as_ref())
                    && reply.encryption_algorithm == Some(EncryptionAlgorithmSpec::RsaesOaepSha256);
                match reply.plaintext {
                    // The SDK's own copy cannot be zeroed.
                    Some(plaintext) if ours => {
                        Ok(Reply::Answer(Answer::Plaintext(Zeroizing::new(plaintext.into_inner()))))
                    }
                    _ => Err(unavailable(Unavailability::AnswerInvalid, None)),
                }
            }
            Err(error) if dry_run && error.code() == Some("DryRunOperationException") => {
                Ok(Reply::WouldSucceed)
            }
            Err(error) => match failure::refused(&error) {
                Refused::Denied => Ok(Reply::Answer(Answer::Denied)),
                Refused::DoesNotOpen => Ok(Reply::Answer(Answer::Failed)),
                Refused::Unavailable(reason, request_id) => Err(unavailable(reason, request_id)),
            },
        }
    }
}

/// What [`AwsKms::may_decrypt`] found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It would decrypt.
    Allowed,
    /// The caller may not.
    Denied,
    /// The ciphertext does not open, whoever asks.
    Failed,
}

/// What `Decrypt` says.
enum Reply {
    Answer(Answer),
    /// Of a dry run: it would decrypt.
    WouldSucceed,
}

impl KeyProvider for AwsKms {
    fn serves(&self, location: &KeyLocation) -> bool {
        matches!(location, KeyLocation::Kms(_))
    }

    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a> {
        Box::pin(async move {
            match self.decrypt(question, meter, false).await? {
                Reply::Answer(answer) => Ok(answer),
                // Nobody asked for that.
                Reply::WouldSucceed => Ok(Answer::Unavailable),
            }
        })
    }

    /// The access key id that the last call was signed with, which CloudTrail has as `userIdentity.accessKeyId`.
    fn caller(&self) -> Option<String> {
        self.caller.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
