//! With keys in files, what is in a token before and after is compared.

use std::collections::HashSet;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use edgeseal::{KeyLocation, Keyring, RewrapPair};
use edgeseal_decryptor::{DecryptError, LocalKeys};

use crate::command::arguments::RewrapArguments;
use crate::command::failure::Failure;

/// The private keys of both sides.
pub(super) struct SamePlaintext<'k> {
    keys: LocalKeys,
    keyring: &'k Keyring,
}

/// What has been compared of one text.
pub(super) struct Compared<'k> {
    same: &'k SamePlaintext<'k>,
    done: HashSet<[u8; 32]>,
}

/// If both are there: with a public key alone, what is in a token afterwards is for its owner to see.
pub(super) fn of<'k>(arguments: &RewrapArguments, keyring: &'k Keyring) -> Option<SamePlaintext<'k>> {
    let is_file = matches!(keyring.get(&arguments.to)?.location(), KeyLocation::File(_));
    let wanted = arguments.local.local && arguments.local.to_public_key.is_none() && is_file;
    let folder = arguments.keyring.parent().unwrap_or(Path::new(""));
    wanted.then(|| SamePlaintext { keys: LocalKeys::new(folder), keyring })
}

impl SamePlaintext<'_> {
    pub(super) fn begin(&self) -> Compared<'_> {
        Compared { same: self, done: HashSet::new() }
    }
}

impl Compared<'_> {
    pub(super) fn compare(&mut self, pair: &RewrapPair) -> Result<(), Failure> {
        let mut context = Context::new(&SHA256);
        context.update(pair.before.key_id().as_str().as_bytes());
        context.update(&[0]);
        context.update(pair.before.bytes());
        context.update(pair.after.bytes());
        let digest: [u8; 32] = context.finish().as_ref().try_into().unwrap_or_default();
        if !self.done.insert(digest) {
            return Ok(());
        }
        let is_same = self.same.keys.hold_the_same(self.same.keyring, pair).map_err(DecryptError::from)?;
        if is_same {
            return Ok(());
        }
        Err(Failure::new("rewrap_mismatch", "a token does not hold what it held before it was moved"))
    }
}
