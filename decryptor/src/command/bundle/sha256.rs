//! SHA-256 (FIPS 180-4).

use aws_lc_rs::digest::{SHA256, digest};

/// The digest in lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest in base64, as Lambda writes its `CodeSha256`.
pub(super) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(digest(&SHA256, bytes))
}
