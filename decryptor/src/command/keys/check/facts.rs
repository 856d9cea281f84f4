//! What is known of a key: what the policies and the keyring say, and what its owner said.

use edgeseal::{FieldName, KeyId, KeyringEntry, PublicKey, PublicKeyError, Tags, TokenMode};
use edgeseal_decryptor::Unavailability;

/// All that is known of one key id.
pub(super) struct KeyFacts<'a> {
    pub(super) key_id: &'a KeyId,
    /// The keyring's entry, if it has the key.
    pub(super) entry: Option<&'a KeyringEntry>,
    /// What each policy that has the key says of it, in the order of the arguments.
    pub(super) policies: Vec<PolicyFacts<'a>>,
    /// What AWS KMS or the private key file said; `None` if neither was asked.
    pub(super) owner: Option<OwnerFacts>,
}

/// What one policy says of a key.
pub(super) struct PolicyFacts<'a> {
    /// The policy's file, as it was named.
    pub(super) file: &'a str,
    pub(super) public_key: &'a PublicKey,
    pub(super) tags: Option<&'a Tags>,
    /// The rules that write tokens under the key.
    pub(super) rules: Vec<RuleFacts<'a>>,
}

/// One rule under a key.
pub(super) struct RuleFacts<'a> {
    pub(super) name: &'a FieldName,
    pub(super) modes: &'static [TokenMode],
}

/// What the owner of a private key said.
#[derive(Default)]
pub(super) struct OwnerFacts {
    /// `DescribeKey`; `None` if it was not asked, as of a file.
    pub(super) description: Option<Result<Description, Trouble>>,
    /// `GetPublicKey`, or the public half of the file; `None` if it was not asked.
    pub(super) public_key: Option<Result<Result<PublicKey, PublicKeyError>, Trouble>>,
    /// One for each distinct public key of the policies; without policies, one for the owner's.
    pub(super) canaries: Vec<CanaryFacts>,
    /// Whether others than its owner can read the private key file.
    pub(super) readable_by_others: bool,
}

/// What `DescribeKey` says, as far as it matters. Words and dates are those of AWS KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) state: String,
    pub(super) usage: String,
    pub(super) spec: String,
    pub(super) algorithms: Vec<String>,
    pub(super) deletion_date: Option<String>,
    /// When imported material expires.
    pub(super) valid_to: Option<String>,
}

/// Why the owner did not say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The caller may not ask.
    Denied,
    /// AWS KMS has no answer.
    Unavailable(Unavailability),
    /// The private key file cannot be read: the message.
    FileUnreadable(String),
    /// It holds no private key that this release uses: the message.
    FileRefused(String),
}

/// What came of a canary.
pub(super) struct CanaryFacts {
    /// The policy whose public key it was encrypted under; `None` is the owner's own.
    pub(super) policy: Option<String>,
    pub(super) outcome: Canary,
}

/// What came of a value that was encrypted under a public key and given to the owner of the private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Canary {
    /// It came back as it was.
    Opened,
    /// The owner would have decrypted it, and was not asked to.
    Allowed,
    /// The caller may not decrypt.
    Denied,
    /// It did not open, or something else came back.
    Failed,
    /// The owner had no answer.
    Unavailable(Unavailability),
    /// It could not be made here: the random number generator failed.
    NotMade,
}

impl KeyFacts<'_> {
    /// Whether any rule of any policy writes tokens under the key.
    pub(super) fn is_used(&self) -> bool {
        self.policies.iter().any(|policy| !policy.rules.is_empty())
    }

    /// The public key as its owner has it, if that is known.
    pub(super) fn owners_key(&self) -> Option<&PublicKey> {
        self.owner.as_ref()?.public_key.as_ref()?.as_ref().ok()?.as_ref().ok()
    }

    pub(super) fn description(&self) -> Option<&Description> {
        self.owner.as_ref()?.description.as_ref()?.as_ref().ok()
    }

    /// What came of the canaries, in one: the worst.
    pub(super) fn canary(&self) -> Option<&Canary> {
        self.owner
            .as_ref()?
            .canaries
            .iter()
            .map(|canary| &canary.outcome)
            .max_by_key(|outcome| outcome.rank())
    }
}

impl Canary {
    fn rank(&self) -> u8 {
        match self {
            Self::Opened => 0,
            Self::Allowed => 1,
            Self::Denied => 2,
            Self::NotMade => 3,
            Self::Unavailable(_) => 4,
            Self::Failed => 5,
        }
    }

    /// One word.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Unavailable(_) => "unavailable",
            Self::NotMade => "not made",
        }
    }
}

impl Description {
    pub(super) fn is_enabled(&self) -> bool {
        self.state == "Enabled"
    }

    /// Whether tokens could be decrypted under it if it were enabled.
    pub(super) fn is_fit(&self) -> bool {
        self.usage == "ENCRYPT_DECRYPT" && self.is_rsa() && self.has_algorithm()
    }

    pub(super) fn is_rsa(&self) -> bool {
        matches!(self.spec.as_str(), "RSA_2048" | "RSA_3072" | "RSA_4096")
    }

    pub(super) fn has_algorithm(&self) -> bool {
        self.algorithms.iter().any(|algorithm| algorithm == "RSAES_OAEP_SHA_256")
    }
}
