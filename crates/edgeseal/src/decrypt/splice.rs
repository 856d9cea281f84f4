//! The second step: opens the tokens with what the caller got, and puts plaintext in their places.

use zeroize::Zeroizing;

use super::plaintext::Plaintext;
use super::report::{DecryptReport, Kept};
use super::scan::Placed;
use super::{Answer, OpenError, Scan};

/// A text with plaintext in it.
pub struct Spliced {
    /// The text. Outside the decrypted tokens every byte is as it was.
    pub body: Zeroizing<Vec<u8>>,
    /// What became of the tokens.
    pub report: DecryptReport,
}

impl core::fmt::Debug for Spliced {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Spliced").field("report", &self.report).finish_non_exhaustive()
    }
}

impl Scan<'_> {
    /// Puts plaintext back, given an answer for each of [`ciphertexts`](Self::ciphertexts) in the same order. A missing answer counts as
    /// [`Answer::Unavailable`].
    ///
    /// Tokens whose key is denied, unknown or of another size stay in place, as do damaged ones. The output is never scanned again:
    /// a token in a plaintext comes out as text.
    ///
    /// # Errors
    /// [`OpenError`], and no output, if any other token does not open.
    pub fn splice(&self, answers: &[Answer]) -> Result<Spliced, OpenError> {
        let mut body = Zeroizing::new(Vec::with_capacity(self.text.len()));
        let mut kept = Vec::new();
        // What was kept before is in the order of the text, as the tokens are.
        let mut found = self.kept.iter().cloned().peekable();
        let mut decrypted = 0_usize;
        let mut copied = 0_usize;
        for token in &self.tokens {
            kept.extend(core::iter::from_fn(|| found.next_if(|it| it.offset() < token.offset)));
            let decrypted_bytes = match answers.get(token.ciphertext) {
                Some(Answer::Plaintext(bytes)) => bytes,
                Some(Answer::Denied) => {
                    kept.push(self.keep(token, "access_denied"));
                    continue;
                }
                Some(Answer::WrongLength) => {
                    kept.push(self.keep(token, "token_damaged"));
                    continue;
                }
                Some(Answer::Failed) => return Err(OpenError::DecryptionFailed { offset: token.offset }),
                Some(Answer::Unavailable) | None => {
                    return Err(OpenError::KeyUnavailable { offset: token.offset });
                }
            };
            let plaintext = Plaintext::open(&token.content, decrypted_bytes, &self.required_context)
                .ok_or(OpenError::DecryptionFailed { offset: token.offset })?;
            let between = self.text.get(copied..token.span.start).unwrap_or_default();
            reserve(&mut body, between.len().saturating_add(plaintext.max_written_bytes()));
            body.extend_from_slice(between);
            token.place.append(&plaintext, &mut body);
            copied = token.span.end;
            decrypted = decrypted.saturating_add(1);
        }
        let rest = self.text.get(copied..).unwrap_or_default();
        reserve(&mut body, rest.len());
        body.extend_from_slice(rest);
        kept.extend(found);
        let found = kept.len().saturating_add(decrypted);
        Ok(Spliced { body, report: DecryptReport { found, decrypted, kept } })
    }

    fn keep(&self, token: &Placed, code: &'static str) -> Kept {
        let key = self.ciphertexts().get(token.ciphertext).map(|ciphertext| ciphertext.key_id().clone());
        Kept { offset: token.offset, code, key }
    }
}

/// Makes room for so many more bytes. A buffer that has to move is zeroed where it was, which `Vec` does not do.
fn reserve(buffer: &mut Zeroizing<Vec<u8>>, more: usize) {
    let needed = buffer.len().saturating_add(more);
    if needed > buffer.capacity() {
        let mut bigger = Zeroizing::new(Vec::with_capacity(needed.max(buffer.capacity().saturating_mul(2))));
        bigger.extend_from_slice(buffer);
        *buffer = bigger;
    }
}
