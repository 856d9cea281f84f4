//! Decryption in two steps without I/O: scanning yields ciphertexts, the caller has them decrypted, splicing puts the plaintext back.

mod counts;
mod csv;
mod error;
mod fallback;
mod gather;
mod inspect;
mod place;
mod plaintext;
mod pointer;
mod reader;
mod report;
mod rewrap;
mod scan;
mod scanner;
mod selection;
mod skim;
mod splice;
mod track;
mod trail;

use alloc::vec::Vec;

use zeroize::Zeroizing;

pub use csv::Delimiter;
pub use error::{OpenError, ScanError};
pub use fallback::{Fallback, NotDecrypted};
pub use inspect::{FoundToken, Inspected, Inspector};
pub(crate) use pointer::Pointer;
pub use report::{DecryptReport, Kept};
pub use rewrap::{
    Denial, Destination, NotRewrapped, RewrapAnswer, RewrapCheck, RewrapError, RewrapMismatch, RewrapPair,
    Rewrapped,
};
pub use scan::{Ciphertext, Scan};
pub use scanner::Scanner;
pub use selection::Selection;
pub use splice::Spliced;

/// How a text is read, and so for which place plaintext is put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// One JSON text (RFC 8259).
    Json,
    /// JSON texts, one to a line.
    NdJson,
    /// A form or query string; plaintext is put back serialised.
    Form,
    /// Any bytes; plaintext is put back raw.
    Text,
    /// Records of fields (RFC 4180), ended by LF or CR LF, in any encoding that has ASCII in it; a byte order mark may stand before
    /// them. Plaintext is put back as part of its field, which gets quotation marks if it then has to have some.
    Csv(Delimiter),
}

/// What became of one [`Ciphertext`].
#[derive(Clone)]
pub enum Answer {
    /// RSAES-OAEP-SHA-256 opened it. Bytes of the value, or of the data key.
    Plaintext(Zeroizing<Vec<u8>>),
    /// It does not open. The reason is nobody's business.
    Failed,
    /// It is not as long as the key's modulus: the token is damaged.
    WrongLength,
    /// The caller may not use the key.
    Denied,
    /// The key could not be asked.
    Unavailable,
}
