//! Has ciphertexts decrypted: each once, several at a time, within limits.

mod flights;
mod known;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use edgeseal::{Answer, Ciphertext, KeyId};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{Decryptor, KeyError, Limits, Meter, Question, Unavailability, audit};
use flights::Flights;
use known::Known;

/// What a run knows of keys and ciphertexts.
pub(super) struct Asker {
    concurrency: usize,
    deadline: Option<Instant>,
    /// Time between the beginnings of two calls.
    interval: Option<Duration>,
    meter: Meter,
    known: Mutex<Known>,
    flights: Flights,
    /// When the next call may begin.
    next_call: Mutex<Option<Instant>>,
}

/// Longest time between two calls. More than a run takes, and no clock fails to tell it.
const LONGEST_INTERVAL: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Asker {
    pub(super) fn new(limits: &Limits) -> Self {
        let per_second = limits.calls_per_second.filter(|rate| *rate > 0.0);
        let interval = |rate| Duration::try_from_secs_f64(1.0 / rate).unwrap_or(LONGEST_INTERVAL);
        Self {
            concurrency: limits.concurrency.max(1),
            // A time that no clock can tell is none.
            deadline: limits.total.and_then(|total| Instant::now().checked_add(total)),
            interval: per_second.map(|rate| interval(rate).min(LONGEST_INTERVAL)),
            meter: Meter::new(limits.max_calls),
            known: Mutex::new(Known::new(limits.remembered_answers)),
            flights: Flights::default(),
            next_call: Mutex::default(),
        }
    }

    pub(super) fn calls(&self) -> BTreeMap<KeyId, u64> {
        self.meter.calls()
    }

    /// An answer for each ciphertext, in the same order. An error of a key that `tolerated` names is [`Answer::Unavailable`].
    ///
    /// The first error ends it: calls under way are dropped, and none begins.
    pub(super) async fn ask(
        &self,
        decryptor: &Decryptor,
        ciphertexts: &[Ciphertext],
        tolerated: impl Fn(&KeyId) -> bool,
    ) -> Result<Vec<Answer>, KeyError> {
        let tolerated = &tolerated;
        // By index: a future that comes of a closure over references is not known to be `Send` (rust-lang/rust#64552). And not in order: an error would
        // have to wait for the calls before it.
        let asking = stream::iter(0..ciphertexts.len())
            .map(|index| async move {
                match ciphertexts.get(index) {
                    Some(ciphertext) => Ok((index, self.answer(decryptor, ciphertext, tolerated).await?)),
                    None => Ok((index, Answer::Unavailable)),
                }
            })
            .buffer_unordered(self.concurrency)
            .try_collect();
        let mut answers: Vec<(usize, Answer)> = match self.deadline {
            Some(deadline) => timeout_at(deadline, asking).await.map_err(|_| KeyError::DeadlinePassed)?,
            None => asking.await,
        }?;
        answers.sort_unstable_by_key(|(index, _)| *index);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    async fn answer(
        &self,
        decryptor: &Decryptor,
        ciphertext: &Ciphertext,
        tolerated: impl Fn(&KeyId) -> bool,
    ) -> Result<Answer, KeyError> {
        let key_id = ciphertext.key_id();
        // Before the `match`, which would hold the lock through it.
        let known = self.known().of(ciphertext);
        let answer = match known {
            Some(known) => known,
            None => self.find_out(decryptor, ciphertext).await,
        };
        match answer {
            Err(KeyError::Unavailable { .. }) if tolerated(key_id) => Ok(Answer::Unavailable),
            answer => answer,
        }
    }

    async fn find_out(&self, decryptor: &Decryptor, ciphertext: &Ciphertext) -> Result<Answer, KeyError> {
        let key_id = ciphertext.key_id();
        let unavailable = || KeyError::Unavailable {
            key_id: key_id.clone(),
            reason: Unavailability::NoProvider,
            request_id: None,
        };
        let entry = decryptor.keyring().get(key_id).ok_or_else(unavailable)?;
        let mut providers = decryptor.providers().iter();
        let provider =
            providers.find(|provider| provider.serves(entry.location())).ok_or_else(unavailable)?;

        let flight = self.flights.of(ciphertext);
        let _alone = flight.alone().await;
        // A timer that has run out lets the first calls begin all the same.
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(KeyError::DeadlinePassed);
        }
        // Another text of the run may have asked the same meanwhile: that takes no turn.
        if let Some(known) = self.known().of(ciphertext) {
            return known;
        }
        self.wait_for_turn().await;
        // And while it waited, another call may have found out that the key is denied.
        if let Some(known) = self.known().of(ciphertext) {
            return known;
        }
        let question = Question { key_id, entry, ciphertext: ciphertext.bytes() };
        let answer = audit::asked(key_id, provider.ask(question, &self.meter)).await;
        self.known().remember(ciphertext, &answer);
        answer
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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
