//! Private keys in PKCS#8 files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use edgeseal::{Answer, Ciphertext, KeyId, KeyLocation, Keyring, KeyringEntry, RewrapPair};
use zeroize::Zeroizing;

use crate::provider::Asking;
use crate::{KeyError, KeyProvider, Meter, PrivateKey, PrivateKeyError, Question, Unavailability, Warning};

/// Longest private key file, in bytes. A key of 4096 bits takes about 3,300.
const MAX_KEY_FILE_BYTES: usize = 1 << 16;

/// Decrypts under private keys in local files. A file is read when its key is first needed, and once.
#[derive(Debug)]
pub struct LocalKeys {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keys: BTreeMap<KeyId, Arc<PrivateKey>>,
    warnings: Vec<Warning>,
}

impl LocalKeys {
    /// Looks for relative paths in this folder: the keyring's.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), state: Mutex::default() }
    }

    /// The private key in the file that a keyring's entry names, whatever fingerprint the entry has. It is read anew each time.
    ///
    /// # Errors
    /// [`KeyError`] if the entry names no file, or there is no usable key in it.
    pub fn read(&self, key_id: &KeyId, entry: &KeyringEntry) -> Result<PrivateKey, KeyError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.load(&mut state, key_id, entry)?;
        file.key.map_err(|error| KeyError::Refused { key_id: key_id.clone(), path: file.path, error })
    }

    /// Whether two ciphertexts hold the same, each under its key.
    ///
    /// # Errors
    /// [`KeyError`] if one of the private keys cannot be had.
    pub fn hold_the_same(&self, keyring: &Keyring, pair: &RewrapPair) -> Result<bool, KeyError> {
        let answer = |ciphertext: &Ciphertext| {
            let key_id = ciphertext.key_id();
            let (reason, request_id) = (Unavailability::NoProvider, None);
            let unavailable = || KeyError::Unavailable { key_id: key_id.clone(), reason, request_id };
            let key = self.key(key_id, keyring.get(key_id).ok_or_else(unavailable)?)?;
            Ok(key.answer(ciphertext.bytes()))
        };
        Ok(match (answer(&pair.before)?, answer(&pair.after)?) {
            (Answer::Plaintext(before), Answer::Plaintext(after)) => {
                verify_slices_are_equal(&before, &after).is_ok()
            }
            _ => false,
        })
    }

    /// The private key of an entry.
    pub(crate) fn key(&self, key_id: &KeyId, entry: &KeyringEntry) -> Result<Arc<PrivateKey>, KeyError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = state.keys.get(key_id) {
            return Ok(key.clone());
        }
        let key_id = key_id.clone();
        let file = self.load(&mut state, &key_id, entry)?;
        let expected = entry.spki_sha256();
        let key = file
            .key
            .and_then(|key| match expected {
                Some(digest) if digest != key.public_key().spki_sha256() => Err(PrivateKeyError::Fingerprint),
                _ => Ok(Arc::new(key)),
            })
            .map_err(|error| KeyError::Refused { key_id: key_id.clone(), path: file.path, error })?;
        state.keys.insert(key_id, key.clone());
        Ok(key)
    }

    fn load(&self, state: &mut State, key_id: &KeyId, entry: &KeyringEntry) -> Result<KeyFile, KeyError> {
        let KeyLocation::File(file) = entry.location() else {
            return Err(KeyError::Unavailable {
                key_id: key_id.clone(),
                reason: Unavailability::NoProvider,
                request_id: None,
            });
        };
        let path = self.folder.join(file.as_ref());
        let (pem, private) = read(&path).map_err(|error| KeyError::Unreadable {
            key_id: key_id.clone(),
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let warning = Warning::ReadableByOthers { path: path.clone() };
        if !private && !state.warnings.contains(&warning) {
            state.warnings.push(warning);
        }
        Ok(KeyFile { path, key: PrivateKey::from_pem(&pem) })
    }
}

/// What a file has been found to hold.
struct KeyFile {
    path: PathBuf,
    key: Result<PrivateKey, PrivateKeyError>,
}

impl KeyProvider for LocalKeys {
    fn serves(&self, location: &KeyLocation) -> bool {
        matches!(location, KeyLocation::File(_))
    }

    fn ask<'a>(&'a self, question: Question<'a>, _: &'a Meter) -> Asking<'a> {
        Box::pin(async move {
            let key = self.key(question.key_id, question.entry)?;
            let ciphertext = question.ciphertext.to_vec();
            // A private-key operation takes about a millisecond: the other questions go to other threads.
            let answer = tokio::task::spawn_blocking(move || key.answer(&ciphertext)).await;
            Ok(answer.unwrap_or(Answer::Unavailable))
        })
    }

    fn warnings(&self) -> Vec<Warning> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).warnings.clone()
    }
}

/// The bytes of a key file, as far as it can be one, and whether only its owner can read it.
fn read(path: &Path) -> io::Result<(Zeroizing<Vec<u8>>, bool)> {
    let file = File::open(path)?;
    let private = is_private(&file)?;
    // As long as it can get at once: a vector that grows leaves copies behind.
    let mut pem = Zeroizing::new(vec![0; MAX_KEY_FILE_BYTES]);
    let mut length = 0_usize;
    let mut file = file.take(MAX_KEY_FILE_BYTES.try_into().unwrap_or(u64::MAX));
    loop {
        match file.read(pem.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => length = length.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    pem.truncate(length);
    Ok((pem, private))
}

#[cfg(unix)]
fn is_private(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &File) -> io::Result<bool> {
    Ok(true)
}
