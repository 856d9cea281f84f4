//! AWS KMS, once a token needs it.

use edgeseal::KeyLocation;
use edgeseal_decryptor::{Asking, AwsKms, KeyProvider, KmsTimeouts, Meter, Question};
use tokio::sync::OnceCell;

/// Looks for the AWS configuration when a key in AWS KMS is first asked, and not before: without a region in the environment, that alone can be
/// a request to the machine's metadata service.
pub(super) struct LazyKms {
    timeouts: KmsTimeouts,
    kms: OnceCell<AwsKms>,
}

impl LazyKms {
    pub(super) fn new(timeouts: KmsTimeouts) -> Self {
        Self { timeouts, kms: OnceCell::new() }
    }
}

impl KeyProvider for LazyKms {
    fn serves(&self, location: &KeyLocation) -> bool {
        matches!(location, KeyLocation::Kms(_))
    }

    fn ask<'a>(&'a self, question: Question<'a>, meter: &'a Meter) -> Asking<'a> {
        Box::pin(async move {
            let kms = self.kms.get_or_init(|| AwsKms::from_environment(self.timeouts)).await;
            kms.ask(question, meter).await
        })
    }

    fn caller(&self) -> Option<String> {
        self.kms.get()?.caller()
    }
}
