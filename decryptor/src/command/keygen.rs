//! `edgeseal keygen`.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use edgeseal_decryptor::KeyPair;
use serde::Serialize;

use super::arguments::KeygenArguments;
use super::failure::Failure;
use super::hex::hex;
use super::output::Output;
use super::terminal;

pub(crate) fn run(arguments: &KeygenArguments) -> Result<ExitCode, Failure> {
    let key_id = arguments.key_id.as_str();
    let private_name = format!("{key_id}.private.pem");
    let here = arguments.output.as_path() == Path::new(".");
    let folder = if here { Path::new("") } else { arguments.output.as_path() };
    let private_path = folder.join(&private_name);
    let public_path = folder.join(format!("{key_id}.public.pem"));
    // Before the work is done; creating the files looks again.
    for path in [&private_path, &public_path] {
        if fs::symlink_metadata(path).is_ok() {
            return Err(exists(path));
        }
    }
    let pair = KeyPair::generate(arguments.bits.into()).map_err(|error| Failure::new(error.code(), error))?;
    let private = NewFile::create(private_path, Readers::Owner, pair.expose_private_pem())?;
    let public = NewFile::create(public_path, Readers::All, pair.public_pem().as_bytes())?;
    // From here on both files stay, even if nobody hears of them: somebody may have begun to use the key.
    let (private_path, public_path) = (private.keep(), public.keep());

    let spki_sha256 = hex(pair.spki_sha256());
    let summary = Summary {
        key_id,
        private_key_file: private_path.to_string_lossy().into_owned(),
        public_key_file: public_path.to_string_lossy().into_owned(),
        spki_sha256: &spki_sha256,
        policy_keys: BTreeMap::from([(key_id, PolicyKey { public_key: pair.public_pem() })]),
        keyring: KeyringFile {
            version: 1,
            keys: BTreeMap::from([(
                key_id,
                KeyringEntry { private_key_file: &private_name, spki_sha256: &spki_sha256 },
            )]),
        },
    };
    // Strings and numbers always have a JSON text.
    let mut json = serde_json::to_vec_pretty(&summary).unwrap_or_default();
    json.push(b'\n');
    terminal::note("note: a key pair for development; keys of production belong in a KMS");
    Output::stdout().stage(&json)?.commit()?;
    Ok(ExitCode::SUCCESS)
}

/// What is printed.
#[derive(Serialize)]
struct Summary<'k> {
    key_id: &'k str,
    private_key_file: String,
    public_key_file: String,
    spki_sha256: &'k str,
    policy_keys: BTreeMap<&'k str, PolicyKey<'k>>,
    keyring: KeyringFile<'k>,
}

#[derive(Serialize)]
struct PolicyKey<'k> {
    public_key: &'k str,
}

#[derive(Serialize)]
struct KeyringFile<'k> {
    version: u32,
    keys: BTreeMap<&'k str, KeyringEntry<'k>>,
}

#[derive(Serialize)]
struct KeyringEntry<'k> {
    /// As the keyring stands beside it.
    private_key_file: &'k str,
    spki_sha256: &'k str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    Owner,
    All,
}

/// A file that was not there before, and goes again unless it is kept: half a key pair is worse than none.
struct NewFile {
    path: PathBuf,
    kept: bool,
}

impl NewFile {
    fn create(path: PathBuf, readers: Readers, bytes: &[u8]) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if readers == Readers::Owner {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(&path),
            _ => writing(&path, &error),
        })?;
        let new = Self { path, kept: false };
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| writing(&new.path, &error))?;
        Ok(new)
    }

    fn keep(mut self) -> PathBuf {
        self.kept = true;
        std::mem::take(&mut self.path)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            // There is an error on its way already.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn exists(path: &Path) -> Failure {
    Failure::new("file_exists", format_args!("`{}` exists", path.display()))
}

fn writing(path: &Path, error: &io::Error) -> Failure {
    Failure::writing(format_args!("`{}`", path.display()), error)
}
