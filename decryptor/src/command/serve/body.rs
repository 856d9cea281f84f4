//! The bodies of requests: of bounded length, in bounded time, into memory that is zeroed.
//!
//! What hyper has read and not yet given out is in buffers of its own, which it does not zero.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::problem::Problem;

/// Room that is made before anything has come.
const FIRST_ROOM_BYTES: usize = 1 << 16;

/// Whether the length that a request declares is within the limit, before anything is read. `None` if it declares none.
pub(super) fn declared(headers: &HeaderMap, most: usize) -> Result<Option<usize>, Problem> {
    let Some(length) = headers.get(header::CONTENT_LENGTH) else { return Ok(None) };
    // hyper has refused what is no number. What does not fit one is too large.
    let length = length.to_str().ok().and_then(|length| length.parse().ok()).filter(|length| *length <= most);
    length.map(Some).ok_or_else(|| too_large(most))
}

/// Reads a body: at most so many bytes, until a time, and never waiting longer than `pause` for the next.
pub(super) async fn read(
    body: Body,
    declared: Option<usize>,
    most: usize,
    deadline: Instant,
    pause: Duration,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(declared.unwrap_or(FIRST_ROOM_BYTES).min(most)));
    let mut pieces = body.into_data_stream();
    loop {
        let until = Instant::now().checked_add(pause).map_or(deadline, |until| until.min(deadline));
        let piece = timeout_at(until, pieces.next()).await;
        let piece = piece.map_err(|_| Problem::new("body_timeout", "the body did not come in time"))?;
        let Some(piece) = piece else { return Ok(bytes) };
        let piece = piece.map_err(|_| {
            Problem::new("body_incomplete", "the body ended early, or is not framed as HTTP demands")
        })?;
        let length = bytes.len().saturating_add(piece.len());
        if length > most {
            return Err(too_large(most));
        }
        if length > bytes.capacity() {
            bytes = grown(&bytes, length, most);
        }
        bytes.extend_from_slice(&piece);
    }
}

/// A vector that grows by itself leaves a copy behind.
fn grown(bytes: &[u8], length: usize, most: usize) -> Zeroizing<Vec<u8>> {
    let room = length.max(bytes.len().saturating_mul(2).min(most));
    let mut bigger = Zeroizing::new(Vec::with_capacity(room));
    bigger.extend_from_slice(bytes);
    bigger
}

fn too_large(most: usize) -> Problem {
    Problem::new("body_too_large", format!("the body is longer than the {most} bytes that are allowed"))
}
