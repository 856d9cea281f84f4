//! What the calls of a run have found out, so that nothing is asked twice.

use std::collections::BTreeMap;

use edgeseal::{Ciphertext, KeyId};
use lru::LruCache;

use super::{Reply, Settles};
use crate::KeyError;

pub(super) struct Known<R> {
    answers: LruCache<Ciphertext, R>,
    most_answers: usize,
    /// What every question under a key comes to: denied, or an error that will not go away.
    keys: BTreeMap<KeyId, Result<R, KeyError>>,
    /// The length of ciphertexts under a key, in bytes, once one has been decrypted.
    lengths: BTreeMap<KeyId, usize>,
}

impl<R: Reply> Known<R> {
    pub(super) fn new(answers: usize) -> Self {
        // Bounded by hand: a bounded cache makes room for all of it at once, and most runs are short.
        Self {
            answers: LruCache::unbounded(),
            most_answers: answers.max(1),
            keys: BTreeMap::new(),
            lengths: BTreeMap::new(),
        }
    }

    /// What is known without asking.
    pub(super) fn of(&mut self, ciphertext: &Ciphertext) -> Option<Result<R, KeyError>> {
        if let Some(answer) = self.answers.get(ciphertext) {
            return Some(Ok(answer.clone()));
        }
        if let Some(verdict) = self.keys.get(ciphertext.key_id()) {
            return Some(verdict.clone());
        }
        let length = self.lengths.get(ciphertext.key_id())?;
        (*length != ciphertext.bytes().len()).then_some(Ok(R::WRONG_LENGTH))
    }

    pub(super) fn remember(&mut self, ciphertext: &Ciphertext, reply: &Result<R, KeyError>) {
        let key_id = || ciphertext.key_id().clone();
        let settles = match reply {
            Ok(reply) => reply.settles(),
            Err(KeyError::Unavailable { reason, .. }) if reason.lasts() => Settles::Key,
            // The next question may find it better.
            Err(_) => Settles::Nothing,
        };
        if settles == Settles::Length {
            self.lengths.insert(key_id(), ciphertext.bytes().len());
        }
        match (settles, reply) {
            (Settles::Length | Settles::Ciphertext, Ok(known)) => {
                self.answers.put(ciphertext.clone(), known.clone());
                if self.answers.len() > self.most_answers {
                    self.answers.pop_lru();
                }
            }
            (Settles::Key, verdict) => {
                self.keys.insert(key_id(), verdict.clone());
            }
            _ => {}
        }
    }
}
