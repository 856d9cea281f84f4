//! The public keys of `test-vectors/keys`.

/// Name and SPKI PEM.
pub(crate) const PUBLIC_KEYS: [(&str, &str); 4] = [
    ("rsa2048-a", include_str!("../../test-vectors/keys/rsa2048-a.public.pem")),
    ("rsa2048-b", include_str!("../../test-vectors/keys/rsa2048-b.public.pem")),
    ("rsa3072", include_str!("../../test-vectors/keys/rsa3072.public.pem")),
    ("rsa4096", include_str!("../../test-vectors/keys/rsa4096.public.pem")),
];
