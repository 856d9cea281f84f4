//! What is asked of keys, and what it settles.

use core::future::Future;
use core::pin::Pin;

use edgeseal::{Answer, Ciphertext, RewrapAnswer};

use crate::{Decryptor, KeyError, Meter, Question, Unavailability, audit};

/// A question to a key that nobody has asked yet.
pub(crate) type Call<'a, R> = Pin<Box<dyn Future<Output = Result<R, KeyError>> + Send + 'a>>;

/// Asks keys one thing.
pub(crate) trait Asks: Sync {
    type Reply: Reply;

    /// The question for one ciphertext. Nothing of it is done until it is awaited.
    fn call<'a>(
        &'a self,
        ciphertext: &'a Ciphertext,
        meter: &'a Meter,
    ) -> Result<Call<'a, Self::Reply>, KeyError>;
}

/// What a key has said of a ciphertext.
pub(crate) trait Reply: Clone + Send + Sync + 'static {
    const WRONG_LENGTH: Self;
    const UNAVAILABLE: Self;

    fn settles(&self) -> Settles;

    /// A word for spans.
    fn outcome(&self) -> &'static str;
}

/// What need not be asked again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settles {
    /// The ciphertext; and one of another length is not the key's.
    Length,
    /// The ciphertext.
    Ciphertext,
    /// Everything under the key.
    Key,
    Nothing,
}

impl Asks for Decryptor {
    type Reply = Answer;

    fn call<'a>(
        &'a self,
        ciphertext: &'a Ciphertext,
        meter: &'a Meter,
    ) -> Result<Call<'a, Answer>, KeyError> {
        let key_id = ciphertext.key_id();
        let unavailable = || KeyError::Unavailable {
            key_id: key_id.clone(),
            reason: Unavailability::NoProvider,
            request_id: None,
        };
        let entry = self.keyring().get(key_id).ok_or_else(unavailable)?;
        let mut providers = self.providers().iter();
        let provider =
            providers.find(|provider| provider.serves(entry.location())).ok_or_else(unavailable)?;
        let question = Question { key_id, entry, ciphertext: ciphertext.bytes() };
        Ok(Box::pin(async move { audit::asked(key_id, provider.ask(question, meter)).await }))
    }
}

impl Reply for Answer {
    const WRONG_LENGTH: Self = Self::WrongLength;
    const UNAVAILABLE: Self = Self::Unavailable;

    fn settles(&self) -> Settles {
        match self {
            Self::Plaintext(_) => Settles::Length,
            Self::Failed | Self::WrongLength => Settles::Ciphertext,
            Self::Denied => Settles::Key,
            Self::Unavailable => Settles::Nothing,
        }
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Plaintext(_) => "decrypted",
            Self::Failed => "decryption_failed",
            Self::WrongLength => "token_damaged",
            Self::Denied => "access_denied",
            Self::Unavailable => "key_unavailable",
        }
    }
}

impl Reply for RewrapAnswer {
    const WRONG_LENGTH: Self = Self::WrongLength;
    const UNAVAILABLE: Self = Self::Unavailable;

    fn settles(&self) -> Settles {
        match self {
            Self::Ciphertext(_) => Settles::Length,
            Self::Failed | Self::TooLong | Self::WrongLength => Settles::Ciphertext,
            Self::Denied(_) => Settles::Key,
            Self::Unavailable => Settles::Nothing,
        }
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Ciphertext(_) => "rewrapped",
            Self::Failed => "decryption_failed",
            Self::TooLong => "rewrap_too_long",
            Self::WrongLength => "token_damaged",
            Self::Denied(_) => "access_denied",
            Self::Unavailable => "key_unavailable",
        }
    }
}
