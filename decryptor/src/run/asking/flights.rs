//! Ciphertexts that are being asked for: who wants the same one waits for the answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use edgeseal::Ciphertext;

#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Ciphertext, Arc<tokio::sync::Mutex<()>>>>);

/// One of them; dropped when its answer is there, or nobody waits for it any more.
pub(super) struct Flight<'f> {
    flights: &'f Flights,
    ciphertext: &'f Ciphertext,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Flights {
    pub(super) fn of<'f>(&'f self, ciphertext: &'f Ciphertext) -> Flight<'f> {
        let turn = self.all().entry(ciphertext.clone()).or_default().clone();
        Flight { flights: self, ciphertext, turn }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Ciphertext, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight<'_> {
    /// Waits until nobody else asks.
    pub(super) async fn alone(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut all = self.flights.all();
        // The map's and this one: clones are made under the same lock.
        if Arc::strong_count(&self.turn) <= 2 {
            all.remove(self.ciphertext);
        }
    }
}
