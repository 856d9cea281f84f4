//! AWS KMS, once a token needs it.

use edgeseal::KeyLocation;
use edgeseal_decryptor::{
    Asking, AwsKms, KeyProvider, KmsTimeouts, Meter, Question, RewrapProvider, RewrapQuestion, Rewrapping,
};

use tokio::sync::OnceCell;

use super::arguments::LimitArguments;

/// Looks for the AWS configuration when a key in AWS KMS is first asked, and not before: without a region in the environment, that alone can be
/// a request to the machine's metadata service.
pub(crate) struct LazyKms {
    timeouts: KmsTimeouts,
    kms: OnceCell<AwsKms>,
}

impl LazyKms {
    pub(crate) fn new(limits: &LimitArguments) -> Self {
        let (attempt, call) = (limits.attempt_timeout, limits.call_timeout);
        Self { timeouts: KmsTimeouts { attempt, call }, kms: OnceCell::new() }
    }

    async fn kms(&self) -> &AwsKms {
        self.kms.get_or_init(|| AwsKms::from_environment(self.timeouts)).await
    }
}

impl KeyProvider for LazyKms {
    fn serves(&self, location: &KeyLocation) -> bool {
        matches!(location, KeyLocation::Kms(_))
    }

    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a> {
        Box::pin(async move { self.kms().await.ask(question, meter).await })
    }

    fn caller(&self) -> Option<String> {
        KeyProvider::caller(self.kms.get()?)
    }
}

impl RewrapProvider for LazyKms {
    fn rewrap<'a>(&'a self, question: RewrapQuestion<'a>, meter: &'a Meter) -> Rewrapping<'a> {
        Box::pin(async move { self.kms().await.rewrap(question, meter).await })
    }

    fn caller(&self) -> Option<String> {
        KeyProvider::caller(self)
    }
}
