//! What becomes of a token that is not decrypted.

/// What stands in the place of a token that is not decrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// The token.
    #[default]
    Keep,
    /// `***`: a JSON string, a part of one, or text, as the place demands.
    Mask,
    /// `null` for a whole JSON string, and nothing at all at other places.
    Null,
    /// Nothing: there is no output at all.
    Fail,
}

/// Why a well-formed token under a known key is not decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDecrypted {
    /// The caller may not use the key.
    Denied,
    /// It does not open, or is not what the selection requires: one outcome for every reason.
    Failed,
    /// The key could not be asked.
    Unavailable,
}

impl NotDecrypted {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Denied => "access_denied",
            Self::Failed => "decryption_failed",
            Self::Unavailable => "key_unavailable",
        }
    }

    /// What becomes of it unless somebody says otherwise: a denied token stays, anything else fails the whole.
    pub fn usual_fallback(self) -> Fallback {
        match self {
            Self::Denied => Fallback::Keep,
            Self::Failed | Self::Unavailable => Fallback::Fail,
        }
    }
}
