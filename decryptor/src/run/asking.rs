//! Has ciphertexts decrypted, or moved to another key: each once, several at a time, within limits.

mod flights;
mod known;
mod reply;
#[cfg(test)]
mod tests;

use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering};
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
    /// The first error ends it: calls under way are dropped, and none begins. So does a reply that `fails` the text, as soon as all before it are there:
    /// what is behind it is [`Reply::UNAVAILABLE`]. A text of a hundred thousand tokens that somebody made up costs as many calls as are under way at
    /// once, and which token fails first does not depend on which call was the quickest.
    pub(crate) async fn ask<A: Asks<Reply = R>>(
        &self,
        asked: &A,
        ciphertexts: &[Ciphertext],
        tolerated: impl Fn(&KeyId) -> bool,
        fails: impl Fn(&KeyId, &R) -> bool,
    ) -> Result<Vec<R>, KeyError> {
        let (tolerated, fails) = (&tolerated, &fails);
        // How many replies are wanted.
        let wanted = &AtomicUsize::new(ciphertexts.len());
        // By index: a future that comes of a closure over references is not known to be `Send` (rust-lang/rust#64552). And not in order: an error would
        // have to wait for the calls before it.
        let mut asking = pin!(
            // Once it is known how it ends, the rest is not even looked at.
            stream::iter((0..ciphertexts.len()).take_while(|index| *index < wanted.load(Ordering::Relaxed)))
                .map(|index| async move {
                    let Some(ciphertext) = ciphertexts.get(index) else { return Ok(None) };
                    if index >= wanted.load(Ordering::Relaxed) {
                        return Ok(None);
                    }
                    let reply = self.reply(asked, ciphertext, tolerated).await?;
                    if fails(ciphertext.key_id(), &reply) {
                        wanted.fetch_min(index.saturating_add(1), Ordering::Relaxed);
                    }
                    Ok(Some((index, reply)))
                })
                .buffer_unordered(self.concurrency)
        );
        let mut replies: Vec<(usize, R)> = Vec::with_capacity(ciphertexts.len());
        let collecting = async {
            while let Some(reply) = asking.try_next().await? {
                replies.extend(reply);
                let wanted = wanted.load(Ordering::Relaxed);
                if wanted < ciphertexts.len()
                    && replies.iter().filter(|(index, _)| *index < wanted).count() == wanted
                {
                    break;
                }
            }
            Ok::<_, KeyError>(())
        };
        match self.deadline {
            Some(deadline) => timeout_at(deadline, collecting).await.map_err(|_| KeyError::DeadlinePassed)?,
            None => collecting.await,
        }?;
        replies.sort_unstable_by_key(|(index, _)| *index);
        replies.truncate(wanted.load(Ordering::Relaxed));
        let mut replies: Vec<R> = replies.into_iter().map(|(_, reply)| reply).collect();
        replies.resize(ciphertexts.len(), R::UNAVAILABLE);
        Ok(replies)
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
