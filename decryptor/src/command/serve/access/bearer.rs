//! Bearer tokens (RFC 6750), compared in constant time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;

use crate::command::failure::Failure;
use crate::command::input::read_at_most;
use crate::command::serve::problem::Problem;

/// Shortest token, in characters: 32 hexadecimal digits are 128 bits.
const MIN_TOKEN_CHARACTERS: usize = 32;
const MAX_FILE_BYTES: usize = 1 << 20;

/// The tokens of a file, as their digests.
pub(super) struct BearerTokens {
    path: PathBuf,
    tokens: RwLock<Vec<Accepted>>,
}

struct Accepted {
    digest: [u8; 32],
    /// What the audit calls it: where it stands in the file.
    name: Arc<str>,
}

impl BearerTokens {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Ok(Self { path: path.to_owned(), tokens: RwLock::new(read(path)?) })
    }

    pub(super) fn reload(&self) -> Result<(), Failure> {
        let tokens = read(&self.path)?;
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = tokens;
        Ok(())
    }

    /// Which token a request has.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<Arc<str>, Problem> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Problem::new("unauthorized", "exactly one Authorization header is needed"));
        };
        let token = value
            .as_bytes()
            .split_at_checked(7)
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer "));
        let Some((_, token)) = token else {
            return Err(Problem::new("unauthorized", "the Authorization header has to hold a bearer token"));
        };
        let digest = digest_of(token);
        let mut found = None;
        // All of them: how long it takes must not tell how far it came.
        for accepted in &*self.tokens.read().unwrap_or_else(PoisonError::into_inner) {
            if bool::from(accepted.digest.ct_eq(&digest)) {
                found = Some(accepted.name.clone());
            }
        }
        found.ok_or_else(|| Problem::new("unauthorized", "the bearer token is not one that is accepted"))
    }
}

fn read(path: &Path) -> Result<Vec<Accepted>, Failure> {
    let refused = |what: String| {
        Failure::new("token_file_refused", format_args!("the bearer tokens in `{}`: {what}", path.display()))
    };
    if !is_private(path)? {
        return Err(refused("others than its owner can read the file".to_owned()));
    }
    let text = read_at_most(path, MAX_FILE_BYTES)?;
    if text.len() > MAX_FILE_BYTES {
        return Err(refused("the file is longer than 1 MiB".to_owned()));
    }
    let mut tokens = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let token = line.trim_ascii();
        if token.is_empty() || token.starts_with(b"#") {
            continue;
        }
        let number = index.saturating_add(1);
        if token.len() < MIN_TOKEN_CHARACTERS {
            return Err(refused(format!("line {number} has fewer than {MIN_TOKEN_CHARACTERS} characters")));
        }
        // What may stand in the header (RFC 6750, section 2.1).
        if !token.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte)) {
            return Err(refused(format!("line {number} has a character that no bearer token has")));
        }
        tokens.push(Accepted { digest: digest_of(token), name: format!("token:{number}").into() });
    }
    if tokens.is_empty() {
        return Err(refused("the file has none".to_owned()));
    }
    Ok(tokens)
}

fn digest_of(token: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest(&SHA256, token).as_ref()) {
        *to = *from;
    }
    bytes
}

#[cfg(unix)]
fn is_private(path: &Path) -> Result<bool, Failure> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = File::open(path).and_then(|file| file.metadata());
    let metadata =
        metadata.map_err(|error| Failure::reading(format_args!("`{}`", path.display()), &error))?;
    Ok(metadata.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> Result<bool, Failure> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("writes");
        file
    }

    fn with(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, value.parse().expect("a value"))])
    }

    #[test]
    fn a_token_is_accepted_by_its_digest_and_named_by_its_line() {
        let (one, two) = ("a".repeat(32), "b".repeat(33));
        let tokens = BearerTokens::read(file(&format!("# ours\n\n{one}\r\n  {two}  ")).path())
            .unwrap_or_else(|_| panic!("reads"));
        assert_eq!(&*tokens.check(&with(&format!("Bearer {one}"))).expect("one"), "token:3");
        assert_eq!(&*tokens.check(&with(&format!("bEARER {two}"))).expect("two"), "token:4");
        for wrong in [
            format!("Bearer {}", "a".repeat(31)),
            format!("Bearer {}", "a".repeat(33)),
            format!("Bearer  {one}"),
            format!("Basic {one}"),
            one.clone(),
            "Bearer ".to_owned(),
            "Bearer # ours".to_owned(),
        ] {
            assert!(tokens.check(&with(&wrong)).is_err(), "{wrong}");
        }
        assert!(tokens.check(&HeaderMap::new()).is_err());
        let mut twice = with(&format!("Bearer {one}"));
        twice.append(AUTHORIZATION, format!("Bearer {one}").parse().expect("a value"));
        assert!(tokens.check(&twice).is_err());
    }

    #[test]
    fn files_that_are_not_lists_of_long_tokens_are_refused() {
        for text in [
            "",
            "# nothing\n\n",
            &"a".repeat(31),
            &format!("{}\nshort", "a".repeat(32)),
            &"ä".repeat(32),
            &format!("{} {}", "a".repeat(32), "b".repeat(32)),
        ] {
            assert!(BearerTokens::read(file(text).path()).is_err(), "{text}");
        }
    }
}
