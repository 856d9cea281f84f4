//! Texts of an event: what is done with each before and after it is decrypted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use edgeseal::TextFormat;
use zeroize::Zeroizing;

use super::Failure;
use crate::Run;

/// Records that the Kinesis Producer Library has put together begin so. Their length and digest would not fit any more.
const AGGREGATED: &[u8] = &[0xf3, 0x89, 0x9a, 0xc2];

/// The texts of one event, in one run.
pub(super) struct Texts<'r> {
    pub(super) run: &'r Run,
    pub(super) format: Option<TextFormat>,
}

impl Texts<'_> {
    pub(super) async fn bytes(&self, text: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        Ok(self.run.decrypt(text, self.format).await?.body)
    }

    /// Text that is a string of an event, and remains one.
    pub(super) async fn string(&self, text: &str) -> Result<String, Failure> {
        let bytes = self.bytes(text.as_bytes()).await?;
        Ok(core::str::from_utf8(&bytes).map_err(|_| not_utf8())?.to_owned())
    }

    /// Bytes that an event has as base64.
    pub(super) async fn base64(&self, text: &str) -> Result<String, Failure> {
        let bytes = Zeroizing::new(decode(text)?);
        if bytes.starts_with(AGGREGATED) {
            let message =
                "the record is one that the Kinesis Producer Library put together: take it apart before";
            return Err(Failure::new("record_aggregated", message));
        }
        Ok(STANDARD.encode(&*self.bytes(&bytes).await?))
    }
}

pub(super) fn decode(text: &str) -> Result<Vec<u8>, Failure> {
    let decoded = STANDARD.decode(text);
    decoded.map_err(|_| Failure::new("body_not_base64", "data that should be base64 is not"))
}

/// Plaintext is UTF-8, and what stood around it was.
fn not_utf8() -> Failure {
    Failure::new("body_not_utf8", "the text is not UTF-8")
}
