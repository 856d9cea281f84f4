//! What AWS KMS says about a key.

use core::fmt;

use aws_sdk_kms::types::{EncryptionAlgorithmSpec, KeyMetadata, MultiRegionKeyType};
use aws_smithy_types::DateTime;
use edgeseal::{KeySize, PublicKey, PublicKeyError};
use pem_rfc7468::LineEnding;

/// What `DescribeKey` says. Words that are not explained are those of the AWS KMS API Reference, `KeyMetadata`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct KeyDescription {
    /// The key's own ARN, also if it was asked for by an alias.
    pub arn: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: String,
    /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, …
    pub usage: String,
    /// `RSA_2048`, `SYMMETRIC_DEFAULT`, …
    pub spec: String,
    /// `RSAES_OAEP_SHA_256` and others, of a key for encryption.
    pub algorithms: Vec<String>,
    /// `AWS_KMS`, `EXTERNAL`, …
    pub origin: Option<String>,
    /// The key's description.
    pub description: Option<String>,
    /// When it was made.
    pub created: Option<DateTime>,
    /// When it will be gone, if its deletion is scheduled.
    pub deletion_date: Option<DateTime>,
    /// When imported material expires, if it does.
    pub valid_to: Option<DateTime>,
    /// Whether it is a multi-Region key.
    pub multi_region: bool,
    /// Whether it is one of the replicas of a multi-Region key.
    pub replica: bool,
    /// The regions that a multi-Region key is in, the primary's first; none of another key.
    pub regions: Vec<String>,
}

/// Why EdgeSeal cannot use a key, or not now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyUnfit {
    /// It is for something else than encryption.
    Usage(String),
    /// It is not an RSA key of 2048, 3072 or 4096 bits.
    Spec(String),
    /// `RSAES_OAEP_SHA_256` is not among its algorithms.
    Algorithms,
    /// It is not enabled.
    State(String),
}

impl KeyDescription {
    pub(super) fn of(metadata: &KeyMetadata) -> Option<Self> {
        let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let regions = metadata.multi_region_configuration();
        let primary = regions.and_then(|it| it.primary_key()).into_iter();
        let all = primary.chain(regions.map(|it| it.replica_keys()).unwrap_or_default());
        let algorithms = metadata.encryption_algorithms().iter();
        Some(Self {
            arn: text(metadata.arn())?,
            state: text(metadata.key_state().map(|it| it.as_str()))?,
            usage: text(metadata.key_usage().map(|it| it.as_str()))?,
            spec: text(metadata.key_spec().map(|it| it.as_str()))?,
            algorithms: algorithms.map(|it| it.as_str().to_owned()).collect(),
            origin: text(metadata.origin().map(|it| it.as_str())),
            description: text(metadata.description()),
            created: metadata.creation_date().copied(),
            deletion_date: metadata.deletion_date().copied(),
            valid_to: metadata.valid_to().copied(),
            multi_region: metadata.multi_region().unwrap_or(false),
            replica: regions.and_then(|it| it.multi_region_key_type()) == Some(&MultiRegionKeyType::Replica),
            regions: all.filter_map(|key| text(key.region())).collect(),
        })
    }

    /// Whether it is enabled.
    pub fn is_enabled(&self) -> bool {
        self.state == "Enabled"
    }

    /// The size of its modulus, if it is an RSA key of a size that EdgeSeal uses.
    pub fn key_size(&self) -> Option<KeySize> {
        key_size(&self.spec)
    }

    /// Whether tokens can be made for it and decrypted under it now.
    ///
    /// # Errors
    /// [`KeyUnfit`]: the first of what stands against it. What cannot be changed comes before its state.
    pub fn check_fit(&self) -> Result<KeySize, KeyUnfit> {
        if self.usage != "ENCRYPT_DECRYPT" {
            return Err(KeyUnfit::Usage(self.usage.clone()));
        }
        let size = self.key_size().ok_or_else(|| KeyUnfit::Spec(self.spec.clone()))?;
        let ours = EncryptionAlgorithmSpec::RsaesOaepSha256;
        if !self.algorithms.iter().any(|algorithm| algorithm == ours.as_str()) {
            return Err(KeyUnfit::Algorithms);
        }
        if self.is_enabled() { Ok(size) } else { Err(KeyUnfit::State(self.state.clone())) }
    }
}

impl KeyUnfit {
    /// One word for reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "wrong_usage",
            Self::Spec(_) => "wrong_spec",
            Self::Algorithms => "wrong_algorithms",
            Self::State(_) => "wrong_state",
        }
    }
}

/// The size that AWS KMS calls so.
fn key_size(spec: &str) -> Option<KeySize> {
    match spec {
        "RSA_2048" => Some(KeySize::Rsa2048),
        "RSA_3072" => Some(KeySize::Rsa3072),
        "RSA_4096" => Some(KeySize::Rsa4096),
        _ => None,
    }
}

impl fmt::Display for KeyUnfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(usage) => {
                write!(f, "its key usage is `{usage}`; expected `ENCRYPT_DECRYPT`, which no key changes to")
            }
            Self::Spec(spec) => {
                write!(f, "its key spec is `{spec}`; expected `RSA_2048`, `RSA_3072` or `RSA_4096`")
            }
            Self::Algorithms => f.write_str("`RSAES_OAEP_SHA_256` is not among its encryption algorithms"),
            Self::State(state) => write!(f, "its state is `{state}`; expected `Enabled`"),
        }
    }
}

impl core::error::Error for KeyUnfit {}

/// What `GetPublicKey` says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KmsPublicKey {
    /// The key's own ARN.
    pub arn: String,
    /// `RSA_2048`, …
    pub spec: String,
    /// `ENCRYPT_DECRYPT`, …
    pub usage: String,
    /// `RSAES_OAEP_SHA_256` and others.
    pub algorithms: Vec<String>,
    /// The SubjectPublicKeyInfo, not checked.
    pub der: Vec<u8>,
}

impl KmsPublicKey {
    /// The key, checked as the policy's keys are.
    ///
    /// # Errors
    /// [`PublicKeyError`], naming the first check that failed; of a key that is not of the size that KMS says, [`PublicKeyError::Size`].
    pub fn public_key(&self) -> Result<PublicKey, PublicKeyError> {
        let key = PublicKey::from_der(&self.der)?;
        if key_size(&self.spec) == Some(key.size()) { Ok(key) } else { Err(PublicKeyError::Size) }
    }

    /// The key as a policy has it: one PEM block (RFC 7468).
    pub fn pem(&self) -> Option<String> {
        pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, &self.der).ok()
    }
}
