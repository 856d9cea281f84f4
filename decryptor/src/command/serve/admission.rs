//! How many requests are worked on at once, and how many may wait for that.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::problem::Problem;

/// So many requests at once; as many again wait, and further ones are refused at once.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    /// Places and waiting room together.
    room: Arc<Semaphore>,
    most: usize,
}

/// A request's place, until it is dropped.
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
    _room: OwnedSemaphorePermit,
}

impl Admission {
    pub(super) fn new(most: usize) -> Self {
        let room = most.saturating_mul(2).min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(most)), room: Arc::new(Semaphore::new(room)), most }
    }

    pub(super) async fn enter(&self, deadline: Instant) -> Result<Place, Problem> {
        let overloaded = || Problem::new("overloaded", "too many requests at once");
        let room = self.room.clone().try_acquire_owned().map_err(|_| overloaded())?;
        let place = timeout_at(deadline, self.places.clone().acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or_else(overloaded)?;
        Ok(Place { _place: place, _room: room })
    }

    /// Requests that are worked on.
    pub(super) fn working(&self) -> usize {
        self.most.saturating_sub(self.places.available_permits())
    }

    /// Requests that wait.
    pub(super) fn waiting(&self) -> usize {
        let inside = self.most.saturating_mul(2).saturating_sub(self.room.available_permits());
        inside.saturating_sub(self.working())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn so_many_work_as_many_wait_and_the_next_is_refused() {
        let admission = Arc::new(Admission::new(2));
        let far = Instant::now() + Duration::from_secs(600);
        let (first, second) =
            (admission.enter(far).await.expect("first"), admission.enter(far).await.expect("second"));
        let wait = || {
            let admission = admission.clone();
            Box::pin(async move { admission.enter(far).await })
        };
        let (mut third, mut fourth) = (wait(), wait());
        assert!(futures_util::poll!(&mut third).is_pending());
        assert!(futures_util::poll!(&mut fourth).is_pending());
        assert_eq!((admission.working(), admission.waiting()), (2, 2));
        assert_eq!(admission.enter(far).await.err().map(|problem| problem.code()), Some("overloaded"));
        drop(first);
        let third = third.await.expect("a place");
        assert_eq!((admission.working(), admission.waiting()), (2, 1));
        // One that stops waiting takes no room.
        drop(fourth);
        assert_eq!((admission.working(), admission.waiting()), (2, 0));
        drop((second, third));
        assert_eq!((admission.working(), admission.waiting()), (0, 0));
    }

    #[tokio::test]
    async fn nobody_waits_beyond_the_deadline() {
        let admission = Admission::new(1);
        let _place = admission.enter(Instant::now()).await.expect("a place");
        assert_eq!(
            admission.enter(Instant::now()).await.err().map(|problem| problem.code()),
            Some("overloaded")
        );
    }
}
