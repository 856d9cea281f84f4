//! What is done at every attempt of a call: it is counted, and the reply is bounded.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use edgeseal::KeyId;
use http_body_util::{LengthLimitError, Limited};

use super::failure::caused_by;
use crate::{KeyError, Meter};

/// Longest reply, in bytes. A plaintext has 446 at most, and comes as base64 with an ARN of 2,048 at most.
const MAX_REPLY_BYTES: usize = 1 << 16;

/// What watches the attempts of one call.
#[derive(Debug)]
pub(super) struct Attempts {
    /// Nothing, of a call that manages keys.
    pub(super) counting: Option<Counting>,
    pub(super) caller: Arc<Mutex<Option<String>>>,
}

/// Counts attempts, and says why one was not made.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) meter: Meter,
    pub(super) key_id: KeyId,
    pub(super) refusal: Refusal,
}

/// Why an attempt was not made. The SDK would wrap it beyond recognition.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusal(Arc<Mutex<Option<KeyError>>>);

impl Refusal {
    pub(super) fn take(&self) -> Option<KeyError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, error: KeyError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "edgeseal"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Counting { meter, key_id, refusal }) = &self.counting
            && let Err(refused) = meter.count(key_id)
        {
            refusal.set(refused.clone());
            return Err(refused.into());
        }
        // `AWS4-HMAC-SHA256 Credential=ACCESS_KEY_ID/DATE/…`: the id, which is no secret.
        let signed = context.request().headers().get("authorization");
        let id = signed.and_then(|header| header.split_once("Credential=")?.1.split('/').next());
        if let Some(id) = id {
            *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.to_owned());
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let reply = core::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(reply, MAX_REPLY_BYTES));
        Ok(())
    }
}

/// Has a reply that is too long not asked for again. To the SDK it is one that broke off.
#[derive(Debug)]
pub(super) struct TooLong;

impl ClassifyRetry for TooLong {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.output_or_error() {
            Some(Err(error)) if caused_by::<LengthLimitError>(error) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "edgeseal: reply too long"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
