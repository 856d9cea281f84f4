//! What an error of AWS KMS means (AWS KMS API Reference, `Decrypt` and `ReEncrypt`, Errors).

use core::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::RequestId;
use http_body_util::LengthLimitError;

use crate::Unavailability;

/// What came of a call that failed.
pub(super) enum Refused {
    /// The caller may not make it.
    Denied,
    /// The key exists and is for this: the ciphertext does not open. Why is nobody's business.
    DoesNotOpen,
    /// There is no answer: why, and what AWS calls the request.
    Unavailable(Unavailability, Option<String>),
}

/// What a failed call under a key says of a ciphertext.
pub(super) fn refused<E>(error: &SdkError<E>) -> Refused
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let SdkError::ServiceError(refused) = error
        && !refused.raw().status().is_success()
    {
        match refused.err().code().unwrap_or_default() {
            "AccessDeniedException" => return Refused::Denied,
            "InvalidCiphertextException" | "IncorrectKeyException" => return Refused::DoesNotOpen,
            _ => {}
        }
    }
    Refused::Unavailable(unavailability(error), error.request_id().map(str::to_owned))
}

/// Why a call of any kind got no answer.
pub(super) fn unavailability<E>(error: &SdkError<E>) -> Unavailability
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        // A reply that says all is well, and cannot be read.
        SdkError::ServiceError(refused) if refused.raw().status().is_success() => {
            Unavailability::AnswerInvalid
        }
        SdkError::ServiceError(refused) => of_code(refused.err().code().unwrap_or_default()),
        _ if caused_by::<CredentialsError>(error) => Unavailability::Credentials,
        SdkError::TimeoutError(_) => Unavailability::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Unavailability::TimedOut,
        SdkError::DispatchFailure(_) => Unavailability::Unreachable,
        SdkError::ResponseError(_) if caused_by::<LengthLimitError>(error) => Unavailability::AnswerInvalid,
        // It broke off.
        SdkError::ResponseError(_) => Unavailability::Unreachable,
        _ => Unavailability::Other,
    }
}

fn of_code(code: &str) -> Unavailability {
    match code {
        "DisabledException" => Unavailability::Disabled,
        "KMSInvalidStateException" => Unavailability::WrongState,
        "NotFoundException" => Unavailability::NotFound,
        "InvalidKeyUsageException" => Unavailability::WrongUsage,
        "ThrottlingException"
        | "LimitExceededException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException" => Unavailability::Throttled,
        "DependencyTimeoutException"
        | "KeyUnavailableException"
        | "KMSInternalException"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => Unavailability::ServiceFailed,
        "UnrecognizedClientException"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "OptInRequired"
        | "NotAuthorized"
        | "SignatureDoesNotMatch" => Unavailability::Credentials,
        // An error without a code is one that was not written by KMS: a proxy, or a server that fails.
        "" => Unavailability::ServiceFailed,
        _ => Unavailability::Other,
    }
}

/// Whether an error, or what it came of, is of this type.
pub(super) fn caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(caused_by::<E>)
}
