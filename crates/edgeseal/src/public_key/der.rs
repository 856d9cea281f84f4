//! As much of DER (X.690) as the SubjectPublicKeyInfo of an RSA key has: elements with one byte of tag.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017, appendix A.1).
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// Bytes of the longest length that is read.
const MAX_LENGTH_BYTES: usize = 4;

/// SubjectPublicKeyInfo (RFC 5280, section 4.1).
pub(super) struct Spki<'d> {
    /// Whether the algorithm is rsaEncryption with NULL parameters (RFC 3279, section 2.3.1).
    pub(super) is_rsa: bool,
    /// The content of a BIT STRING.
    key: &'d [u8],
}

/// RSAPublicKey (RFC 8017, appendix A.1.1). Numbers are big-endian, without a zero before them.
pub(super) struct RsaPublicKey<'d> {
    pub(super) modulus: &'d [u8],
    pub(super) exponent: &'d [u8],
}

impl<'d> Spki<'d> {
    /// `None` if it is something else, or if something follows it.
    pub(super) fn read(der: &'d [u8]) -> Option<Self> {
        let mut spki = Elements::within(der)?;
        let mut algorithm = Elements(spki.next(SEQUENCE)?);
        let key = spki.next(BIT_STRING)?;
        spki.end()?;
        let identifier = algorithm.next(OBJECT_IDENTIFIER)?;
        let parameters = if algorithm.0.is_empty() { None } else { Some(algorithm.any()?) };
        algorithm.end()?;
        Some(Self { is_rsa: identifier == RSA_ENCRYPTION && parameters == Some((NULL, &[])), key })
    }

    /// The key, if it is one for RSA.
    pub(super) fn rsa_key(&self) -> Option<RsaPublicKey<'d>> {
        // The number of bits of the last byte that do not count.
        let mut key = Elements::within(self.key.strip_prefix(&[0])?)?;
        let (modulus, exponent) = (key.unsigned()?, key.unsigned()?);
        key.end()?;
        Some(RsaPublicKey { modulus, exponent })
    }
}

/// Elements one after the other.
struct Elements<'d>(&'d [u8]);

impl<'d> Elements<'d> {
    /// Those of a sequence that nothing follows.
    fn within(der: &'d [u8]) -> Option<Self> {
        let mut outside = Self(der);
        let inside = outside.next(SEQUENCE)?;
        outside.end()?;
        Some(Self(inside))
    }

    /// The content of the next one, which has to have this tag.
    fn next(&mut self, tag: u8) -> Option<&'d [u8]> {
        self.any().filter(|(other, _)| *other == tag).map(|(_, content)| content)
    }

    /// A number that is not negative.
    fn unsigned(&mut self) -> Option<&'d [u8]> {
        match self.next(INTEGER)? {
            [0, rest @ ..] if rest.first().is_some_and(|byte| *byte >= 0x80) => Some(rest),
            [0, _, ..] | [] => None,
            [first, ..] if *first >= 0x80 => None,
            number => Some(number),
        }
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    /// Tag and content of the next one. A length has to be as short as it can be.
    #[inline(never)]
    fn any(&mut self) -> Option<(u8, &'d [u8])> {
        let (tag, rest) = self.0.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (first, rest) = rest.split_first()?;
        let (length, rest) = if *first < 0x80 {
            (usize::from(*first), rest)
        } else {
            let count = usize::from(*first & 0x7f);
            let (bytes, rest) = rest.split_at_checked(count).filter(|_| count <= MAX_LENGTH_BYTES)?;
            let length = bytes.iter().fold(0_u32, |length, byte| (length << 8) | u32::from(*byte));
            let is_shortest = bytes.first().is_some_and(|byte| *byte > 0) && length >= 0x80;
            (usize::try_from(length).ok().filter(|_| is_shortest)?, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }
}
