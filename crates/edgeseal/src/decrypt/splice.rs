//! The second step: opens the tokens with what the caller got, and puts plaintext in their places.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::counts::Counts;
use super::csv::Field;
use super::place::Place;
use super::plaintext::Plaintext;
use super::report::{DecryptReport, Kept};
use super::scan::{Need, Placed};
use super::{Answer, Fallback, NotDecrypted, OpenError, Scan};
use crate::label::KeyId;

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

/// What becomes of one token.
pub(super) enum Outcome<V> {
    /// This stands in its place.
    Replaced(V),
    /// It is reported as kept.
    Kept { code: &'static str, fallback: Fallback },
}

impl<V> Outcome<V> {
    /// It stays, and counts as damaged.
    pub(super) const DAMAGED: Self = Self::Kept { code: "token_damaged", fallback: Fallback::Keep };
}

impl Scan<'_> {
    /// Puts plaintext back, given an answer for each of [`ciphertexts`](Self::ciphertexts) in the same order. A missing answer counts as
    /// [`Answer::Unavailable`].
    ///
    /// Tokens whose key is denied, unknown or of another size stay in place, as do damaged ones and those outside the selection. The
    /// output is never scanned again: a token in a plaintext comes out as text.
    ///
    /// # Errors
    /// [`OpenError`], and no output, if any other token does not open.
    pub fn splice(&self, answers: &[Answer]) -> Result<Spliced, OpenError> {
        self.splice_with(answers, |_, reason| reason.usual_fallback())
    }

    /// [`splice`](Self::splice), where `fallback` says what stands in the place of a token that is not decrypted, given its key and
    /// the reason. It is not asked about tokens that are damaged, of an unknown version, kind or key, or outside the selection: they stay.
    ///
    /// # Errors
    /// [`OpenError`], and no output, for the first token of which `fallback` says [`Fallback::Fail`].
    pub fn splice_with(
        &self,
        answers: &[Answer],
        fallback: impl Fn(&KeyId, NotDecrypted) -> Fallback,
    ) -> Result<Spliced, OpenError> {
        let decide = |token: &Placed, key_id: &KeyId, offset: usize| match self.open(token, answers) {
            Ok(Some(plaintext)) => Ok(Outcome::Replaced(plaintext)),
            Ok(None) => Ok(Outcome::DAMAGED),
            Err(reason) => match fallback(key_id, reason) {
                Fallback::Fail => Err(OpenError::of(reason, offset, key_id)),
                fallback => Ok(Outcome::Kept { code: reason.code(), fallback }),
            },
        };
        let (body, report) = self.replace(decide, |writer, token, plaintext| {
            writer.put(token, plaintext.max_written_bytes(), |out| token.place.append(&plaintext, out));
            if let Some(field) = writer.bare_field(token) {
                writer.is_quoted |= field.has_to_quote(&plaintext.as_text());
            }
        })?;
        Ok(Spliced { body, report })
    }

    /// Writes the text with something in the place of each token that `decide` says so of, given its key and where it begins in the whole
    /// text.
    pub(super) fn replace<V, E>(
        &self,
        decide: impl Fn(&Placed, &KeyId, usize) -> Result<Outcome<V>, E>,
        put: impl Fn(&mut Writer<'_>, &Placed, V),
    ) -> Result<(Zeroizing<Vec<u8>>, DecryptReport), E> {
        let mut writer = Writer::new(&self.text, &self.fields);
        let mut kept = Vec::new();
        // What was kept before is in the order of the text, as the tokens are.
        let mut found = self.kept.iter().cloned().peekable();
        let mut decrypted = 0_usize;
        let mut decrypted_by_key = Counts::default();
        for token in &self.tokens {
            let offset = self.base.saturating_add(token.offset);
            kept.extend(core::iter::from_fn(|| found.next_if(|it| it.offset() < offset)));
            let Some(key_id) = self.key_id(token) else { continue };
            match decide(token, key_id, offset)? {
                Outcome::Replaced(by) => {
                    put(&mut writer, token, by);
                    decrypted = decrypted.saturating_add(1);
                    decrypted_by_key.add(key_id);
                }
                Outcome::Kept { code, fallback } => {
                    match fallback {
                        Fallback::Keep | Fallback::Fail => {}
                        Fallback::Mask => writer.put(token, MASK.len(), |out| token.place.append_mask(out)),
                        Fallback::Null => writer.put(token, NULL.len(), |out| token.place.append_null(out)),
                    }
                    let pointer = token.pointer.clone();
                    kept.push(Kept { fallback, ..Kept::new(offset, code, Some(key_id.clone()), pointer) });
                }
            }
        }
        kept.extend(found);
        self.tell_lines(&mut kept);
        let report = DecryptReport {
            found: kept.len().saturating_add(decrypted).saturating_add(self.skipped),
            decrypted,
            skipped: self.skipped,
            kept,
            decrypted_by_key,
            skipped_by_key: self.skipped_by_key.clone(),
        };
        Ok((writer.finish(), report))
    }

    /// The plaintext of a token; `None` if it is damaged.
    fn open(&self, token: &Placed, answers: &[Answer]) -> Result<Option<Plaintext>, NotDecrypted> {
        let Need::Answer(index) = token.need else { return Err(NotDecrypted::Failed) };
        match answers.get(index) {
            Some(Answer::Plaintext(bytes)) => {
                let plaintext = Plaintext::open(&token.content, bytes, &self.required_context);
                plaintext.ok_or(NotDecrypted::Failed).map(Some)
            }
            Some(Answer::Failed) => Err(NotDecrypted::Failed),
            Some(Answer::WrongLength) => Ok(None),
            Some(Answer::Denied) => Err(NotDecrypted::Denied),
            Some(Answer::Unavailable) | None => Err(NotDecrypted::Unavailable),
        }
    }

    pub(super) fn key_id<'s>(&'s self, token: &'s Placed) -> Option<&'s KeyId> {
        match &token.need {
            Need::Answer(index) => self.ciphertexts().get(*index).map(super::Ciphertext::key_id),
            Need::Refused(key_id) => Some(key_id),
        }
    }

    /// Counts the lines up to each position, all in one pass.
    fn tell_lines(&self, kept: &mut [Kept]) {
        let mut counted = 0;
        let mut line = self.lines_before.saturating_add(1);
        for kept in kept {
            let offset = kept.offset.saturating_sub(self.base);
            let between = self.text.get(counted..offset).unwrap_or_default();
            line = line.saturating_add(memchr::memchr_iter(b'\n', between).count());
            counted = offset.max(counted);
            kept.line = line;
        }
    }
}

/// What [`Fallback::Mask`] writes, with quotation marks around it; and [`Fallback::Null`].
const MASK: &str = "\"***\"";
const NULL: &str = "null";

/// Writes a text with other things in the place of its tokens.
pub(super) struct Writer<'s> {
    text: &'s [u8],
    fields: &'s [Field],
    body: Zeroizing<Vec<u8>>,
    copied: usize,
    /// The field of CSV without quotation marks that is being written: its index, and where it begins in the output.
    open: Option<(usize, usize)>,
    /// Whether it has to have some.
    is_quoted: bool,
}

impl<'s> Writer<'s> {
    fn new(text: &'s [u8], fields: &'s [Field]) -> Self {
        let body = Zeroizing::new(Vec::with_capacity(text.len()));
        Self { text, fields, body, copied: 0, open: None, is_quoted: false }
    }

    /// Writes something of at most so many bytes in the place of a token.
    pub(super) fn put(&mut self, token: &Placed, max_bytes: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let index = match token.place {
            Place::Bare(index) => Some(index),
            _ => None,
        };
        if self.open.map(|(open, _)| open) != index {
            self.close();
            if let (Some(index), Some(field)) = (index, self.bare_field(token)) {
                self.copy_to(field.span.start);
                self.open = Some((index, self.body.len()));
            }
        }
        self.copy_to(token.span.start);
        reserve(&mut self.body, max_bytes);
        write(&mut self.body);
        self.copied = token.span.end;
    }

    pub(super) fn bare_field(&self, token: &Placed) -> Option<&'s Field> {
        match token.place {
            Place::Bare(index) => self.fields.get(index),
            _ => None,
        }
    }

    fn copy_to(&mut self, offset: usize) {
        let between = self.text.get(self.copied..offset).unwrap_or_default();
        reserve(&mut self.body, between.len());
        self.body.extend_from_slice(between);
        self.copied = offset.max(self.copied);
    }

    /// Ends the field that is being written, with quotation marks around it if it has to have them: also if nothing is left of a
    /// record, since parsers leave out empty lines.
    fn close(&mut self) {
        let Some((index, start)) = self.open.take() else { return };
        let Some(field) = self.fields.get(index) else { return };
        self.copy_to(field.span.end);
        let is_nothing = field.is_record && self.body.len() == start;
        if core::mem::take(&mut self.is_quoted) || is_nothing {
            reserve(&mut self.body, 2);
            self.body.insert(start, b'"');
            self.body.push(b'"');
        }
    }

    fn finish(mut self) -> Zeroizing<Vec<u8>> {
        self.close();
        self.copy_to(self.text.len());
        self.body
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
