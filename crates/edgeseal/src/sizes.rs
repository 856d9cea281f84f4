//! Every length and limit, with its unit in its name.

/// Longest policy or keyring file, in bytes.
pub const MAX_CONFIG_BYTES: usize = 1 << 20;
/// Deepest nesting of a policy or keyring file.
pub(crate) const MAX_CONFIG_DEPTH: usize = 32;

/// Longest key id and longest field name, in characters.
pub const MAX_LABEL_CHARS: usize = 64;
/// Longest classic prefix or suffix, in characters.
pub const MAX_TAG_CHARS: usize = 32;

/// Longest token in a text or form, in characters: of a longer one the beginning counts as damaged. It holds an envelope of 12 million
/// bytes; an edge function reads a body of 1 MiB. In strings of JSON and fields of CSV a token has any length.
pub const MAX_TOKEN_CHARS: usize = 16 << 20;
/// Longest member name in a reported position, in bytes.
pub const MAX_POINTER_NAME_BYTES: usize = 64;
/// Longest reported position, in bytes; of a longer one the beginning is told.
pub const MAX_POINTER_BYTES: usize = 1_024;
/// Of what only begins like a token, how many positions in JSON a text has told: each takes more memory than the text that asks for it.
pub const MAX_DAMAGE_POINTERS: usize = 10_000;

/// Most keys of a policy.
pub const MAX_POLICY_KEYS: usize = 256;
/// Most field rules of a policy.
pub const MAX_FIELD_RULES: usize = 1_000;
/// Most content types that a field rule is limited to.
pub const MAX_CONTENT_TYPES: usize = 32;
/// Most request methods that a field rule is limited to.
pub const MAX_METHODS: usize = 16;
/// Longest request method, in characters.
pub const MAX_METHOD_CHARS: usize = 32;
/// Most request paths that a field rule is limited to.
pub const MAX_REQUEST_PATHS: usize = 32;
/// Longest name of a query parameter that a rule is for, in bytes.
pub const MAX_PARAMETER_BYTES: usize = 256;
/// Longest name of a header that a policy names, in characters.
pub const MAX_HEADER_NAME_CHARS: usize = 64;
/// Most headers for which a policy says what becomes of a digest.
pub const MAX_DIGEST_HEADERS: usize = 32;
/// Fewest and most characters of a value that is looked for elsewhere in a body.
pub const LEFTOVER_CHARS: core::ops::RangeInclusive<usize> = 4..=256;
/// Longest multipart boundary, in characters (RFC 2046, section 5.1.1).
pub(crate) const MAX_BOUNDARY_CHARS: usize = 70;
/// Most keys of a keyring.
pub const MAX_KEYRING_KEYS: usize = 1_024;
/// Most context pairs of a policy.
pub const MAX_CONTEXT_PAIRS: usize = 16;
/// Longest context value, in bytes.
pub const MAX_CONTEXT_VALUE_BYTES: usize = 128;
/// Longest field path, in bytes.
pub const MAX_PATH_BYTES: usize = 1_024;
/// Most transitions of the compiled field paths of a policy.
pub const MAX_MATCHER_TRANSITIONS: usize = 65_536;

/// Open arrays and objects of a body, unless the policy says otherwise.
pub const DEFAULT_MAX_DEPTH: usize = 128;
/// The most a policy may say for that.
pub const MAX_DEPTH: usize = 1_024;
/// Most values that a policy may let one data key serve. NIST SP 800-38D, section 8.3, allows 2^32 with random initialization vectors; two of
/// them are equal among 10^6 once in 2^57 times, and 4,000 clones of one process, which share its data key, stay below 2^32.
pub const MAX_DATA_KEY_VALUES: usize = 1_000_000;
/// The longest that a policy may let a data key serve, in seconds: an hour.
pub const MAX_DATA_KEY_AGE_SECONDS: usize = 3_600;

/// Values encrypted in one request, unless the policy says otherwise.
pub const DEFAULT_MAX_FIELDS: usize = 1_000;
/// The most a policy may say for that.
pub const MAX_FIELDS: usize = 100_000;
/// Most that a search for `leftovers` may take: distinct values, times the bytes that stay, as they are and decoded. As much as 1,000 values in a body
/// of a mebibyte that is looked through twice.
pub const MAX_SEARCH_BYTES: usize = 1 << 31;

/// SHA-256 output, in bytes (FIPS 180-4).
pub(crate) const SHA256_BYTES: usize = 32;
/// OAEP seed: one hash output, in bytes (RFC 8017, section 7.1.1).
pub(crate) const OAEP_SEED_BYTES: usize = SHA256_BYTES;
/// What OAEP takes of the modulus length: two hash outputs and two bytes (RFC 8017, section 7.1.1).
pub(crate) const OAEP_OVERHEAD_BYTES: usize = 2 * SHA256_BYTES + 2;

/// Data key of envelope mode, in bytes (AES-256).
pub(crate) const DATA_KEY_BYTES: usize = 32;
/// JWE initialization vector, in bytes (RFC 7518, section 5.3).
pub(crate) const IV_BYTES: usize = 12;
/// JWE authentication tag, in bytes (RFC 7518, section 5.3).
pub(crate) const TAG_BYTES: usize = 16;
/// Envelope plaintexts are padded to a multiple of this many bytes.
pub(crate) const PAD_BYTES: usize = 32;
/// Longest JWE protected header, in characters of base64url.
pub(crate) const MAX_HEADER_CHARS: usize = 4_096;

/// Length of the base64url text, without padding, of `bytes` bytes.
pub(crate) const fn base64url_chars(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

/// Length of the base64 text, with padding, of `bytes` bytes.
pub(crate) const fn base64_chars(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}
