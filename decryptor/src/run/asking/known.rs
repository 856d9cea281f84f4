//! What the calls of a run have found out, so that nothing is asked twice.

use std::collections::BTreeMap;

use edgeseal::{Answer, Ciphertext, KeyId};
use lru::LruCache;

use crate::KeyError;

pub(super) struct Known {
    answers: LruCache<Ciphertext, Answer>,
    most_answers: usize,
    /// What every question under a key comes to: denied, or an error that will not go away.
    keys: BTreeMap<KeyId, Result<Answer, KeyError>>,
    /// The length of ciphertexts under a key, in bytes, once one has been decrypted.
    lengths: BTreeMap<KeyId, usize>,
}

impl Known {
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
    pub(super) fn of(&mut self, ciphertext: &Ciphertext) -> Option<Result<Answer, KeyError>> {
        if let Some(answer) = self.answers.get(ciphertext) {
            return Some(Ok(answer.clone()));
        }
        if let Some(verdict) = self.keys.get(ciphertext.key_id()) {
            return Some(verdict.clone());
        }
        let length = self.lengths.get(ciphertext.key_id())?;
        (*length != ciphertext.bytes().len()).then_some(Ok(Answer::WrongLength))
    }

    pub(super) fn remember(&mut self, ciphertext: &Ciphertext, answer: &Result<Answer, KeyError>) {
        let key_id = || ciphertext.key_id().clone();
        match answer {
            Ok(known @ (Answer::Plaintext(_) | Answer::Failed | Answer::WrongLength)) => {
                if matches!(known, Answer::Plaintext(_)) {
                    self.lengths.insert(key_id(), ciphertext.bytes().len());
                }
                self.answers.put(ciphertext.clone(), known.clone());
                if self.answers.len() > self.most_answers {
                    self.answers.pop_lru();
                }
            }
            Ok(Answer::Denied) => {
                self.keys.insert(key_id(), answer.clone());
            }
            Err(KeyError::Unavailable { reason, .. }) if reason.lasts() => {
                self.keys.insert(key_id(), answer.clone());
            }
            // The next question may find it better.
            Ok(Answer::Unavailable) | Err(_) => {}
        }
    }
}
