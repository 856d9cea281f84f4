//! Scan, ask, splice.

use core::fmt;
use std::collections::BTreeMap;

use edgeseal::{Answer, Ciphertext, Keyring, OpenError, Scan, ScanError, Spliced, TextFormat};

use crate::{KeyError, KeyProvider, Question, Warning};

/// Decrypts the tokens of texts under the keys of a keyring.
pub struct Decryptor {
    keyring: Keyring,
    providers: Vec<Box<dyn KeyProvider>>,
    required_context: BTreeMap<String, String>,
}

impl Decryptor {
    /// A decryptor that cannot ask any key yet.
    pub fn new(keyring: Keyring) -> Self {
        Self { keyring, providers: Vec::new(), required_context: BTreeMap::new() }
    }

    /// Has this provider asked. Where several serve a location, the first is.
    #[must_use]
    pub fn with_provider(mut self, provider: impl KeyProvider + 'static) -> Self {
        self.providers.push(Box::new(provider));
        self
    }

    /// Requires a pair of every token's context, as [`Scan::require_context`] does.
    #[must_use]
    pub fn require_context(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.required_context.insert(name.into(), value.into());
        self
    }

    /// Decrypts the tokens of a text. Each distinct ciphertext is asked for once.
    ///
    /// Without a format, a text that parses as JSON is JSON, one in which every line that is not blank parses is NDJSON, and anything else is
    /// text. JSON that is nested too deep or begins with a byte order mark is refused rather than taken for text.
    ///
    /// # Errors
    /// [`DecryptError`]; then there is no text.
    pub fn decrypt(&mut self, text: &[u8], format: Option<TextFormat>) -> Result<Spliced, DecryptError> {
        let scan = match format {
            Some(format) => Scan::new(text, format, &self.keyring)?,
            None => scan_guessing(text, &self.keyring)?,
        };
        let required = &self.required_context;
        let scan = required.iter().fold(scan, |scan, (name, value)| scan.require_context(name, value));
        let answers = self.ask(scan.ciphertexts())?;
        Ok(scan.splice(&answers)?)
    }

    /// What the keys' owner should know, of all texts so far.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.providers.iter().flat_map(|provider| provider.warnings())
    }

    fn ask(&mut self, ciphertexts: &[Ciphertext]) -> Result<Vec<Answer>, KeyError> {
        let mut answers: Vec<Option<Answer>> = vec![None; ciphertexts.len()];
        for provider in &mut self.providers {
            let open = answers.iter_mut().zip(ciphertexts).filter(|(answer, _)| answer.is_none());
            let (places, questions): (Vec<&mut Option<Answer>>, Vec<Question<'_>>) = open
                .filter_map(|(place, ciphertext)| {
                    let key_id = ciphertext.key_id();
                    let entry = self.keyring.get(key_id).filter(|entry| provider.serves(entry.location()))?;
                    Some((place, Question { key_id, entry, ciphertext: ciphertext.bytes() }))
                })
                .unzip();
            if questions.is_empty() {
                continue;
            }
            for (place, answer) in places.into_iter().zip(provider.answer(&questions)?) {
                *place = Some(answer);
            }
        }
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(Answer::Unavailable)).collect())
    }
}

impl fmt::Debug for Decryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decryptor").field("keyring", &self.keyring).finish_non_exhaustive()
    }
}

/// Scans a text of unknown format.
fn scan_guessing<'t>(text: &'t [u8], keyring: &Keyring) -> Result<Scan<'t>, ScanError> {
    for format in [TextFormat::Json, TextFormat::NdJson] {
        match Scan::new(text, format, keyring) {
            Err(ScanError::JsonInvalid { .. } | ScanError::NotUtf8 { .. }) => {}
            // What is JSON but for its depth must not have plaintext put in raw.
            scanned => return scanned,
        }
    }
    // Nor must what is JSON but for a byte order mark. A table exported with one is text.
    if let Some(rest) = text.strip_prefix("\u{feff}".as_bytes())
        && [TextFormat::Json, TextFormat::NdJson]
            .iter()
            .any(|format| Scan::new(rest, *format, keyring).is_ok())
    {
        return Err(ScanError::NotUtf8 { offset: 0 });
    }
    Scan::new(text, TextFormat::Text, keyring)
}

/// A text is not decrypted, and nothing of it is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecryptError {
    /// The text is not of its format.
    Scan(ScanError),
    /// A key is not usable.
    Key(KeyError),
    /// A token does not open, or its key cannot be asked.
    Open(OpenError),
}

impl DecryptError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Scan(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Open(error) => error.code(),
        }
    }
}

impl fmt::Display for DecryptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scan(error) => error.fmt(f),
            Self::Key(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for DecryptError {}

impl From<ScanError> for DecryptError {
    fn from(error: ScanError) -> Self {
        Self::Scan(error)
    }
}

impl From<KeyError> for DecryptError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<OpenError> for DecryptError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}
