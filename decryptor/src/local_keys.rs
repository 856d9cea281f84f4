//! Private keys in PKCS#8 files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use edgeseal::{Answer, KeyId, KeyLocation};
use zeroize::Zeroizing;

use crate::{KeyError, KeyProvider, PrivateKey, PrivateKeyError, Question, Warning};

/// Longest private key file, in bytes. A key of 4096 bits takes about 3,300.
const MAX_KEY_FILE_BYTES: usize = 1 << 16;

/// Decrypts under private keys in local files. A file is read when its key is first needed, and once.
#[derive(Debug)]
pub struct LocalKeys {
    folder: PathBuf,
    keys: BTreeMap<KeyId, PrivateKey>,
    warnings: Vec<Warning>,
}

impl LocalKeys {
    /// Looks for relative paths in this folder: the keyring's.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), keys: BTreeMap::new(), warnings: Vec::new() }
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Answer, KeyError> {
        if let Some(key) = self.keys.get(question.key_id) {
            return Ok(key.answer(question.ciphertext));
        }
        let KeyLocation::File(file) = question.entry.location() else { return Ok(Answer::Unavailable) };
        let path = self.folder.join(file.as_ref());
        let key = self.load(question, &path)?;
        let answer = key.answer(question.ciphertext);
        self.keys.insert(question.key_id.clone(), key);
        Ok(answer)
    }

    fn load(&mut self, question: &Question<'_>, path: &Path) -> Result<PrivateKey, KeyError> {
        let (pem, private) = read(path).map_err(|error| KeyError::Unreadable {
            key_id: question.key_id.clone(),
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        if !private {
            self.warnings.push(Warning::ReadableByOthers { path: path.to_owned() });
        }
        let expected = question.entry.spki_sha256();
        PrivateKey::from_pem(&pem)
            .and_then(|key| match expected {
                Some(digest) if digest != key.public_key().spki_sha256() => Err(PrivateKeyError::Fingerprint),
                _ => Ok(key),
            })
            .map_err(|error| KeyError::Refused {
                key_id: question.key_id.clone(),
                path: path.to_owned(),
                error,
            })
    }
}

impl KeyProvider for LocalKeys {
    fn serves(&self, location: &KeyLocation) -> bool {
        matches!(location, KeyLocation::File(_))
    }

    fn answer(&mut self, questions: &[Question<'_>]) -> Result<Vec<Answer>, KeyError> {
        questions.iter().map(|question| self.ask(question)).collect()
    }

    fn warnings(&self) -> &[Warning] {
        &self.warnings
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
