//! Has ciphertexts decrypted, or moved to another key: each once, several at a time, within limits.

mod flights;
mod known;
mod reply;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use edgeseal::{Ciphertext, KeyId};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{KeyError, Limits, Meter};
use flights::Flights;
use known::Known;
pub(crate) use reply::{Asks, Call, Reply, Settles};

/// What a run knows of keys and ciphertexts.
pub(crate) struct Asker<R> {
    concurrency: usize,
    deadline: Option<Instant>,
    /// Time between the beginnings of two calls.
    interval: Option<Duration>,
    meter: Meter,
    known: Mutex<Known<R>>,
    flights: Flights,
    /// When the next call may begin.
    next_call: Mutex<Option<Instant>>,
}

/// Longest time between two calls. More than a run takes, and no clock fails to tell it.
const LONGEST_INTERVAL: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl<R: Reply> Asker<R> {
    pub(crate) fn new(limits: &Limits) -> Self {
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

    pub(crate) fn calls(&self) -> BTreeMap<KeyId, u64> {
        self.meter.calls()
    }

    /// A reply for each ciphertext, in the same order. An error of a key that `tolerated` names is [`Reply::UNAVAILABLE`].
    ///
    /// The first error ends it: calls under way are dropped, and none begins.
    pub(crate) async fn ask<A: Asks<Reply = R>>(
        &self,
        asked: &A,
        ciphertexts: &[Ciphertext],
        tolerated: impl Fn(&KeyId) -> bool,
    ) -> Result<Vec<R>, KeyError> {
        let tolerated = &tolerated;
        // By index: a future that comes of a closure over references is not known to be `Send` (rust-lang/rust#64552). And not in order: an error would
        // have to wait for the calls before it.
        let asking = stream::iter(0..ciphertexts.len())
            .map(|index| async move {
                match ciphertexts.get(index) {
                    Some(ciphertext) => Ok((index, self.reply(asked, ciphertext, tolerated).await?)),
                    None => Ok((index, R::UNAVAILABLE)),
                }
            })
            .buffer_unordered(self.concurrency)
            .try_collect();
        let mut replies: Vec<(usize, R)> = match self.deadline {
            Some(deadline) => timeout_at(deadline, asking).await.map_err(|_| KeyError::DeadlinePassed)?,
            None => asking.await,
        }?;
        replies.sort_unstable_by_key(|(index, _)| *index);
        Ok(replies.into_iter().map(|(_, reply)| reply).collect())
    }

    async fn reply<A: Asks<Reply = R>>(
        &self,
        asked: &A,
        ciphertext: &Ciphertext,
        tolerated: impl Fn(&KeyId) -> bool,
    ) -> Result<R, KeyError> {
        let key_id = ciphertext.key_id();
        // Before the `match`, which would hold the lock through it.
        let known = self.known().of(ciphertext);
        let reply = match known {
            Some(known) => known,
            None => self.find_out(asked, ciphertext).await,
        };
        match reply {
            Err(KeyError::Unavailable { .. }) if tolerated(key_id) => Ok(R::UNAVAILABLE),
            reply => reply,
        }
    }

    async fn find_out<A: Asks<Reply = R>>(&self, asked: &A, ciphertext: &Ciphertext) -> Result<R, KeyError> {
        // Nothing is done yet: who cannot ask at all takes no turn.
        let call = asked.call(ciphertext, &self.meter)?;

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
        let reply = call.await;
        self.known().remember(ciphertext, &reply);
        reply
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known<R>> {
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
