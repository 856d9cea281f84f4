//! Has ciphertexts decrypted: each once, several at a time, within limits.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use edgeseal::{Answer, Ciphertext, KeyId};
use futures_util::{StreamExt, TryStreamExt, stream};
use lru::LruCache;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{Decryptor, KeyError, Limits, Meter, Question, Unavailability};

/// What a run knows of keys and ciphertexts.
pub(super) struct Asker {
    concurrency: usize,
    deadline: Option<Instant>,
    /// Time between the beginnings of two calls.
    interval: Option<Duration>,
    meter: Meter,
    known: Mutex<Known>,
    /// When the next call may begin.
    next_call: Mutex<Option<Instant>>,
}

struct Known {
    answers: LruCache<Ciphertext, Answer>,
    denied: BTreeSet<KeyId>,
    /// The length of ciphertexts under a key, in bytes, once one has been decrypted.
    lengths: BTreeMap<KeyId, usize>,
}

impl Asker {
    pub(super) fn new(limits: &Limits) -> Self {
        let capacity = NonZeroUsize::new(limits.remembered_answers).unwrap_or(NonZeroUsize::MIN);
        let per_second = limits.calls_per_second.filter(|rate| *rate > 0.0);
        Self {
            concurrency: limits.concurrency.max(1),
            // A time that no clock can tell is none.
            deadline: limits.total.and_then(|total| Instant::now().checked_add(total)),
            interval: per_second.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok()),
            meter: Meter::new(limits.max_calls),
            known: Mutex::new(Known {
                answers: LruCache::new(capacity),
                denied: BTreeSet::new(),
                lengths: BTreeMap::new(),
            }),
            next_call: Mutex::default(),
        }
    }

    pub(super) fn calls(&self) -> BTreeMap<KeyId, u64> {
        self.meter.calls()
    }

    /// An answer for each ciphertext, in the same order. An error of a key that `tolerated` names is [`Answer::Unavailable`].
    pub(super) async fn ask(
        &self,
        decryptor: &Decryptor,
        ciphertexts: &[Ciphertext],
        tolerated: impl Fn(&KeyId) -> bool,
    ) -> Result<Vec<Answer>, KeyError> {
        // By index: a future that comes of a closure over references is not known to be `Send` (rust-lang/rust#64552).
        let tolerated = &tolerated;
        let asking = stream::iter(0..ciphertexts.len())
            .map(|index| async move {
                match ciphertexts.get(index) {
                    Some(ciphertext) => self.answer(decryptor, ciphertext, tolerated).await,
                    None => Ok(Answer::Unavailable),
                }
            })
            .buffered(self.concurrency)
            .try_collect();
        match self.deadline {
            Some(deadline) => timeout_at(deadline, asking).await.map_err(|_| KeyError::DeadlinePassed)?,
            None => asking.await,
        }
    }

    async fn answer(
        &self,
        decryptor: &Decryptor,
        ciphertext: &Ciphertext,
        tolerated: impl Fn(&KeyId) -> bool,
    ) -> Result<Answer, KeyError> {
        if let Some(answer) = self.known(ciphertext) {
            return Ok(answer);
        }
        let key_id = ciphertext.key_id();
        let unavailable = || KeyError::Unavailable {
            key_id: key_id.clone(),
            reason: Unavailability::NoProvider,
            request_id: None,
        };
        let asked = async {
            let entry = decryptor.keyring().get(key_id).ok_or_else(unavailable)?;
            let mut providers = decryptor.providers().iter();
            let provider =
                providers.find(|provider| provider.serves(entry.location())).ok_or_else(unavailable)?;
            self.wait_for_turn().await;
            // While it waited, another may have found out that the key is denied.
            if let Some(answer) = self.known(ciphertext) {
                return Ok(answer);
            }
            provider.ask(Question { key_id, entry, ciphertext: ciphertext.bytes() }, &self.meter).await
        };
        match asked.await {
            Ok(answer) => {
                self.remember(ciphertext, &answer);
                Ok(answer)
            }
            Err(KeyError::Unavailable { .. }) if tolerated(key_id) => Ok(Answer::Unavailable),
            Err(error) => Err(error),
        }
    }

    fn known(&self, ciphertext: &Ciphertext) -> Option<Answer> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.answers.get(ciphertext) {
            return Some(answer.clone());
        }
        if known.denied.contains(ciphertext.key_id()) {
            return Some(Answer::Denied);
        }
        let length = known.lengths.get(ciphertext.key_id())?;
        (*length != ciphertext.bytes().len()).then_some(Answer::WrongLength)
    }

    fn remember(&self, ciphertext: &Ciphertext, answer: &Answer) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Answer::Plaintext(_) => {
                known.lengths.insert(ciphertext.key_id().clone(), ciphertext.bytes().len());
                known.answers.put(ciphertext.clone(), answer.clone());
            }
            Answer::Failed | Answer::WrongLength => {
                known.answers.put(ciphertext.clone(), answer.clone());
            }
            Answer::Denied => {
                known.denied.insert(ciphertext.key_id().clone());
            }
            Answer::Unavailable => {}
        }
    }

    /// Waits until the rate allows another call.
    async fn wait_for_turn(&self) {
        let Some(interval) = self.interval else { return };
        let turn = {
            let mut next = self.next_call.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = next.map_or(now, |next| next.max(now));
            *next = turn.checked_add(interval);
            turn
        };
        sleep_until(turn).await;
    }
}
