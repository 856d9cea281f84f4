//! What an error of AWS KMS means (AWS KMS API Reference, `Decrypt`, Errors).

use aws_sdk_kms::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::RequestId;
use aws_sdk_kms::operation::decrypt::DecryptError;
use edgeseal::Answer;

use crate::Unavailability;

/// What came of a call that failed: an answer all the same, or why there is none and what AWS calls the request.
pub(super) fn answer(error: &SdkError<DecryptError>) -> Result<Answer, (Unavailability, Option<String>)> {
    let request_id = error.request_id().map(str::to_owned);
    let reason = match error {
        SdkError::ServiceError(refused) => match refused.err().code().unwrap_or_default() {
            "AccessDeniedException" => return Ok(Answer::Denied),
            // For a key that exists and is for this: the ciphertext does not open. Why is nobody's business.
            "InvalidCiphertextException" | "IncorrectKeyException" => return Ok(Answer::Failed),
            code => of_code(code),
        },
        SdkError::TimeoutError(_) => Unavailability::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Unavailability::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_user() => Unavailability::Credentials,
        SdkError::DispatchFailure(_) => {
            if is_about_credentials(error) {
                Unavailability::Credentials
            } else {
                Unavailability::Unreachable
            }
        }
        SdkError::ConstructionFailure(_) => Unavailability::Credentials,
        SdkError::ResponseError(_) => Unavailability::AnswerInvalid,
        _ => Unavailability::Other,
    };
    Err((reason, request_id))
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

/// The SDK has no variant of its own for a chain of credentials that ends with none.
fn is_about_credentials(error: &SdkError<DecryptError>) -> bool {
    DisplayErrorContext(error).to_string().contains("credential")
}
