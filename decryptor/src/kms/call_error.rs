//! Why a call that manages keys failed.

use core::fmt;

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::RequestId;

use super::failure::unavailability;
use crate::Unavailability;

/// Longest text of the service that is passed on, in characters.
const MAX_SAID_CHARS: usize = 500;

/// A call of AWS KMS that manages keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KmsCall {
    /// `DescribeKey`: what a key is.
    DescribeKey,
    /// `GetPublicKey`: its public half.
    GetPublicKey,
    /// `CreateKey`: a new one.
    CreateKey,
    /// `CreateAlias`: a name for it.
    CreateAlias,
}

impl KmsCall {
    /// Its name in the AWS KMS API Reference.
    pub fn name(self) -> &'static str {
        match self {
            Self::DescribeKey => "DescribeKey",
            Self::GetPublicKey => "GetPublicKey",
            Self::CreateKey => "CreateKey",
            Self::CreateAlias => "CreateAlias",
        }
    }

    /// What whoever makes it has to be allowed (AWS KMS Developer Guide, "Permissions reference").
    pub fn permission(self) -> &'static str {
        match self {
            Self::DescribeKey => "`kms:DescribeKey` on the key",
            Self::GetPublicKey => "`kms:GetPublicKey` on the key",
            Self::CreateKey => "`kms:CreateKey`, and `kms:TagResource` for a key with tags",
            Self::CreateAlias => "`kms:CreateAlias` on the key and on the alias",
        }
    }
}

/// A call that manages keys failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsCallError {
    /// Which.
    pub call: KmsCall,
    /// Why.
    pub reason: KmsCallReason,
    /// What the service says about it, in its own words.
    pub said: Option<String>,
    /// What the service calls the request, to be found in its logs.
    pub request_id: Option<String>,
}

/// Why a call that manages keys failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KmsCallReason {
    /// The caller may not make it.
    Denied,
    /// Nothing says which region is meant.
    NoRegion,
    /// There is such an alias.
    AliasExists,
    /// The account has as many keys or aliases as it may.
    QuotaReached,
    /// The service does not accept what it was asked for.
    Refused,
    /// Anything that `Decrypt` fails of, too.
    Unavailable(Unavailability),
}

impl KmsCallError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self.reason {
            KmsCallReason::Denied => "access_denied",
            KmsCallReason::NoRegion => "kms_region_missing",
            KmsCallReason::AliasExists => "alias_exists",
            KmsCallReason::QuotaReached => "kms_quota_reached",
            KmsCallReason::Refused => "kms_refused",
            KmsCallReason::Unavailable(_) => "key_unavailable",
        }
    }

    /// Whether there is no such key or alias.
    pub fn is_not_found(&self) -> bool {
        self.reason == KmsCallReason::Unavailable(Unavailability::NotFound)
    }

    /// Whether the call may have done its work all the same: nobody said that it did not.
    pub fn may_be_done(&self) -> bool {
        matches!(
            self.reason,
            KmsCallReason::Unavailable(
                Unavailability::TimedOut
                    | Unavailability::Unreachable
                    | Unavailability::ServiceFailed
                    | Unavailability::AnswerInvalid
            )
        )
    }

    /// Nothing came of a call that was never made, or whose answer is none.
    pub(super) fn own(call: KmsCall, reason: KmsCallReason) -> Self {
        Self { call, reason, said: None, request_id: None }
    }

    pub(super) fn answer_invalid(call: KmsCall) -> Self {
        Self::own(call, KmsCallReason::Unavailable(Unavailability::AnswerInvalid))
    }

    pub(super) fn of<E>(call: KmsCall, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + core::error::Error + 'static,
    {
        let code = match error {
            SdkError::ServiceError(refused) if !refused.raw().status().is_success() => {
                refused.err().code().unwrap_or_default()
            }
            _ => "",
        };
        let reason = match code {
            "AccessDeniedException" => KmsCallReason::Denied,
            "AlreadyExistsException" => KmsCallReason::AliasExists,
            // Of these calls it is a quota of resources, and no throttling.
            "LimitExceededException" => KmsCallReason::QuotaReached,
            _ => match unavailability(error) {
                Unavailability::Other => KmsCallReason::Refused,
                reason => KmsCallReason::Unavailable(reason),
            },
        };
        let said = error.message().map(|text| shortened(text.trim_end_matches('.')));
        let said = said.filter(|text| !text.is_empty());
        Self { call, reason, said, request_id: error.request_id().map(str::to_owned) }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_SAID_CHARS).collect()
}

impl fmt::Display for KmsCallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.call.name();
        match self.reason {
            KmsCallReason::Denied => {
                write!(f, "AWS KMS denies `{call}`: it takes {}", self.call.permission())
            }
            KmsCallReason::NoRegion => write!(f, "nothing says which region `{call}` is for"),
            KmsCallReason::AliasExists => write!(f, "AWS KMS refuses `{call}`: there is such an alias"),
            KmsCallReason::QuotaReached => {
                write!(f, "AWS KMS refuses `{call}`: the account has as many as its quota allows")
            }
            KmsCallReason::Refused => write!(f, "AWS KMS refuses `{call}`"),
            KmsCallReason::Unavailable(reason) => write!(f, "AWS KMS, `{call}`: {reason}"),
        }?;
        if let Some(said) = &self.said {
            write!(f, "; it says: {said}")?;
        }
        self.request_id.as_ref().map_or(Ok(()), |id| write!(f, " (request {id})"))
    }
}

impl core::error::Error for KmsCallError {}
