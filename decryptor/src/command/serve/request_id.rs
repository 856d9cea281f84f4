//! What a request is called, by the client, by the log and by the answer.

use axum::http::HeaderMap;

use crate::command::hex::hex;

/// The header that answers have.
pub(super) const REQUEST_ID_HEADER: &str = "edgeseal-request-id";

/// 1 to 64 of `A-Za-z0-9_-`: the client's own X-Request-Id if that is such, else 16 random hexadecimal digits. No token has that shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(String);

impl RequestId {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut given = headers.get_all("x-request-id").iter();
        match (given.next().and_then(|id| id.to_str().ok()), given.next()) {
            (Some(id), None) if is_usable(id) => Self(id.to_owned()),
            _ => Self::random(),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn random() -> Self {
        let mut bytes = [0; 8];
        // It only tells requests apart: without randomness, all are called the same.
        let _ = getrandom::fill(&mut bytes);
        Self(hex(&bytes))
    }
}

fn is_usable(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-request-id", value.parse().expect("a value"));
        }
        RequestId::of(&headers).0
    }

    #[test]
    fn the_clients_own_id_is_taken_if_it_can_harm_nobody() {
        let longest = "x".repeat(64);
        for id in ["a", "Order_7-b", longest.as_str()] {
            assert_eq!(of(&[id]), id);
        }
        let too_long = "x".repeat(65);
        for ids in [&["a b"][..], &["a.b"], &[""], &[too_long.as_str()], &["a", "a"], &[]] {
            let id = of(ids);
            assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        }
        assert_ne!(of(&[]), of(&[]));
    }
}
