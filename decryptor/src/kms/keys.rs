//! Keys in AWS KMS as things to describe and to make.

use std::time::Duration;

use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::types::{KeySpec, KeyUsageType, Tag};
use edgeseal::KeySize;

use super::AwsKms;
use super::attempt::Attempts;
use super::call_error::{KmsCall, KmsCallError, KmsCallReason};
use super::description::{KeyDescription, KmsPublicKey};

/// How long a new key may be unknown to a part of the service (AWS KMS Developer Guide, "AWS KMS eventual consistency").
const MAX_UNKNOWN: Duration = Duration::from_secs(30);
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Describes keys in AWS KMS, gets their public halves, and makes new ones. Clients, limits and credentials are those of an [`AwsKms`].
///
/// Nothing here changes or deletes a key that is there already.
#[derive(Debug)]
pub struct KmsKeys {
    kms: AwsKms,
}

/// A key to be made: usage `ENCRYPT_DECRYPT`, material by AWS KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The size of its modulus.
    pub size: KeySize,
    /// What it is for, in words for people.
    pub description: String,
    /// Names and values.
    pub tags: Vec<(String, String)>,
    /// A key policy (JSON); without it the key gets AWS KMS's default policy. One that would lock its author out is always refused.
    pub policy: Option<String>,
    /// Whether it can be replicated to other regions.
    pub multi_region: bool,
}

impl KmsKeys {
    /// Asks as this one does.
    pub fn new(kms: AwsKms) -> Self {
        Self { kms }
    }

    /// The region that a call for a key goes to: that of its ARN, else the given one, else that of the configuration.
    pub fn region(&self, key: &str, given: Option<&str>) -> Option<String> {
        let given = region_of_arn(key).or(given);
        given.or_else(|| self.kms.config.region().map(AsRef::as_ref)).map(str::to_owned)
    }

    /// Describes a key: `DescribeKey`. It is called by a key ARN, an alias ARN, `alias/NAME` or a key id; the last two need a region.
    ///
    /// # Errors
    /// [`KmsCallError`].
    pub async fn describe(&self, key: &str, region: Option<&str>) -> Result<KeyDescription, KmsCallError> {
        const CALL: KmsCall = KmsCall::DescribeKey;
        let region = self.region(key, region);
        let region = region.ok_or_else(|| KmsCallError::own(CALL, KmsCallReason::NoRegion))?;
        let call = self.kms.client(&region).describe_key().key_id(key);
        let reply = Box::pin(call.customize().interceptor(self.bounded()).send()).await;
        let reply = reply.map_err(|error| KmsCallError::of(CALL, &error))?;
        let described = reply.key_metadata().and_then(KeyDescription::of);
        // Another key than was asked for, or an ARN that is none of a key there, must not get into a keyring.
        let fits = |it: &KeyDescription| {
            (!is_key_arn(key) || it.arn == key)
                && is_key_arn(&it.arn)
                && region_of_arn(&it.arn) == Some(region.as_str())
        };
        described.filter(fits).ok_or_else(|| KmsCallError::answer_invalid(CALL))
    }

    /// Gets the public half of a key, called by its ARN: `GetPublicKey`.
    ///
    /// # Errors
    /// [`KmsCallError`].
    pub async fn public_key(&self, arn: &str) -> Result<KmsPublicKey, KmsCallError> {
        const CALL: KmsCall = KmsCall::GetPublicKey;
        let region = self.region(arn, None);
        let region = region.ok_or_else(|| KmsCallError::own(CALL, KmsCallReason::NoRegion))?;
        let call = self.kms.client(&region).get_public_key().key_id(arn);
        let reply = Box::pin(call.customize().interceptor(self.bounded()).send()).await;
        let reply = reply.map_err(|error| KmsCallError::of(CALL, &error))?;
        let invalid = || KmsCallError::answer_invalid(CALL);
        if reply.key_id() != Some(arn) {
            return Err(invalid());
        }
        Ok(KmsPublicKey {
            arn: arn.to_owned(),
            spec: reply.key_spec().ok_or_else(invalid)?.as_str().to_owned(),
            usage: reply.key_usage().ok_or_else(invalid)?.as_str().to_owned(),
            algorithms: reply.encryption_algorithms().iter().map(|it| it.as_str().to_owned()).collect(),
            der: reply.public_key.ok_or_else(invalid)?.into_inner(),
        })
    }

    /// The same of a key that has just been made: while a part of the service does not know it yet, asks again.
    ///
    /// # Errors
    /// [`KmsCallError`].
    pub async fn public_key_of_new(&self, arn: &str) -> Result<KmsPublicKey, KmsCallError> {
        once_known(|| self.public_key(arn)).await
    }

    /// Makes a key: `CreateKey`, asked once. The service cannot tell a repeated request from a second one, so that a retry could make two keys:
    /// [`KmsCallError::may_be_done`] says of an error whether there may be one.
    ///
    /// # Errors
    /// [`KmsCallError`].
    pub async fn create(&self, key: &NewKey, region: Option<&str>) -> Result<KeyDescription, KmsCallError> {
        const CALL: KmsCall = KmsCall::CreateKey;
        let region = self.region("", region);
        let region = region.ok_or_else(|| KmsCallError::own(CALL, KmsCallReason::NoRegion))?;
        let tags: Result<Vec<Tag>, _> = key
            .tags
            .iter()
            .map(|(name, value)| Tag::builder().tag_key(name).tag_value(value).build())
            .collect();
        let tags = tags.map_err(|_| KmsCallError::own(CALL, KmsCallReason::Refused))?;
        // `BypassPolicyLockoutSafetyCheck` is never sent.
        let call = self
            .kms
            .client(&region)
            .create_key()
            .key_usage(KeyUsageType::EncryptDecrypt)
            .key_spec(match key.size {
                KeySize::Rsa2048 => KeySpec::Rsa2048,
                KeySize::Rsa3072 => KeySpec::Rsa3072,
                KeySize::Rsa4096 => KeySpec::Rsa4096,
            })
            .description(&key.description)
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_policy(key.policy.clone())
            .set_multi_region(key.multi_region.then_some(true));
        let once = aws_sdk_kms::config::Builder::new().retry_config(RetryConfig::disabled());
        let call = call.customize().interceptor(self.bounded()).config_override(once);
        let reply = Box::pin(call.send()).await.map_err(|error| KmsCallError::of(CALL, &error))?;
        let made = reply.key_metadata().and_then(KeyDescription::of);
        made.filter(|it| is_key_arn(&it.arn)).ok_or_else(|| KmsCallError::answer_invalid(CALL))
    }

    /// Gives a key, called by its ARN, another name, `alias/NAME`: `CreateAlias`. While a part of the service does not know a new key yet, asks
    /// again.
    ///
    /// # Errors
    /// [`KmsCallError`], also if the alias is that of another key.
    pub async fn create_alias(&self, alias: &str, arn: &str) -> Result<(), KmsCallError> {
        let exists = match once_known(|| self.create_alias_once(alias, arn)).await {
            Err(error) if error.reason == KmsCallReason::AliasExists => error,
            answer => return answer,
        };
        // An attempt whose answer was lost may have made it.
        let key = self.describe(alias, region_of_arn(arn)).await;
        if key.is_ok_and(|key| key.arn == arn) { Ok(()) } else { Err(exists) }
    }

    async fn create_alias_once(&self, alias: &str, arn: &str) -> Result<(), KmsCallError> {
        const CALL: KmsCall = KmsCall::CreateAlias;
        let region = self.region(arn, None);
        let region = region.ok_or_else(|| KmsCallError::own(CALL, KmsCallReason::NoRegion))?;
        let call = self.kms.client(&region).create_alias().alias_name(alias).target_key_id(arn);
        let reply = Box::pin(call.customize().interceptor(self.bounded()).send()).await;
        reply.map(drop).map_err(|error| KmsCallError::of(CALL, &error))
    }

    /// Bounds the replies of a call that nobody counts.
    fn bounded(&self) -> Attempts {
        Attempts { counting: None, caller: self.kms.caller.clone() }
    }
}

/// Asks again while the answer is that there is no such key.
async fn once_known<T>(ask: impl AsyncFn() -> Result<T, KmsCallError>) -> Result<T, KmsCallError> {
    let (mut waited, mut wait) = (Duration::ZERO, FIRST_WAIT);
    loop {
        match ask().await {
            Err(error) if error.is_not_found() && waited < MAX_UNKNOWN => {
                tokio::time::sleep(wait).await;
                waited = waited.saturating_add(wait);
                wait = wait.saturating_mul(2).min(LONGEST_WAIT);
            }
            answer => return answer,
        }
    }
}

/// The region in an ARN of AWS KMS.
pub(super) fn region_of_arn(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let begins = [parts.next()?, parts.next()?, parts.next()?];
    let region = parts.next()?;
    (begins[0] == "arn" && begins[2] == "kms" && !region.is_empty()).then_some(region)
}

/// Whether this is the ARN of a key: `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
fn is_key_arn(text: &str) -> bool {
    let resource = text.split(':').nth(5).and_then(|resource| resource.strip_prefix("key/"));
    region_of_arn(text).is_some() && resource.is_some_and(|id| !id.is_empty())
}
