//! Decrypts texts under the keys of a keyring.

use core::fmt;
use std::sync::Arc;

use edgeseal::{Keyring, TextFormat};

use crate::{DecryptError, Decrypted, KeyProvider, LocalKeys, Run, RunOptions, Warning};

/// Decrypts the tokens of texts under the keys of a keyring. Clones are cheap and share their providers.
///
/// ```
/// use edgeseal::Keyring;
/// use edgeseal_decryptor::{Decryptor, RunOptions};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keyring = Keyring::from_json(br#"{"version": 1, "keys": {"pii": {"private_key_file": "pii.pem"}}}"#)?;
/// let decryptor = Decryptor::new(keyring).with_local_keys("keys");
/// let decrypted = decryptor.decrypt(b"{\"note\": \"no token\"}", None).await?;
/// assert_eq!(*decrypted.body, b"{\"note\": \"no token\"}");
/// assert_eq!(decrypted.report.found(), 0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Decryptor {
    keyring: Arc<Keyring>,
    providers: Vec<Arc<dyn KeyProvider>>,
}

impl Decryptor {
    /// A decryptor that cannot ask any key yet.
    pub fn new(keyring: Keyring) -> Self {
        Self { keyring: Arc::new(keyring), providers: Vec::new() }
    }

    /// Has this provider asked. Where several serve a location, the first is.
    #[must_use]
    pub fn with_provider(mut self, provider: impl KeyProvider + 'static) -> Self {
        self.providers.push(Arc::new(provider));
        self
    }

    /// Reads private keys from PKCS#8 files; relative paths begin in this folder.
    #[must_use]
    pub fn with_local_keys(self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.with_provider(LocalKeys::new(folder))
    }

    /// Begins a run: texts that share answers, limits and a report.
    pub fn run(&self, options: RunOptions) -> Run {
        Run::new(self.clone(), options)
    }

    /// Decrypts the tokens of one text, as a run of its own with the usual options.
    ///
    /// Without a format, a text that parses as JSON is JSON, one in which every line that is not blank parses is NDJSON, and anything else is
    /// text. JSON that is nested too deep or begins with a byte order mark is refused rather than taken for text.
    ///
    /// # Errors
    /// [`DecryptError`]; then there is no text.
    pub async fn decrypt(&self, text: &[u8], format: Option<TextFormat>) -> Result<Decrypted, DecryptError> {
        self.run(RunOptions::default()).decrypt(text, format).await
    }

    /// The keyring.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// What the keys' owner should know, of all texts so far.
    pub fn warnings(&self) -> Vec<Warning> {
        self.providers.iter().flat_map(|provider| provider.warnings()).collect()
    }

    /// Who asks for keys, as far as their owner is told.
    pub fn callers(&self) -> Vec<String> {
        self.providers.iter().filter_map(|provider| provider.caller()).collect()
    }

    pub(crate) fn providers(&self) -> &[Arc<dyn KeyProvider>] {
        &self.providers
    }
}

impl fmt::Debug for Decryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decryptor").field("keyring", &self.keyring).finish_non_exhaustive()
    }
}
