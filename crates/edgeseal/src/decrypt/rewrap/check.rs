//! Compares a text with what it became when its tokens were moved.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use super::super::place::Place;
use super::super::scan::{Need, Scan};
use super::super::{Ciphertext, Scanner, Selection, TextFormat};
use super::Destination;
use crate::keyring::Keyring;
use crate::label::KeyId;
use crate::token::Content;

/// Compares, piece by piece, a text before and after its tokens were moved to another key.
///
/// Both are scanned for tokens of the keys concerned. Every byte outside the moved tokens has to be the same; each moved token has to be of the
/// same kind, at the same place, as long as the destination's are, and of an envelope header, initialization vector, ciphertext and tag have to
/// be the same. The check shares the scanner with what it checks, and nothing of what writes.
pub struct RewrapCheck {
    keyring: Keyring,
    from: Vec<KeyId>,
    to: Destination,
    before: Side,
    after: Side,
    /// Those moved since they were last asked for.
    pairs: Option<Vec<RewrapPair>>,
    moved: u64,
    left: u64,
}

/// A ciphertext, and the one that it became.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RewrapPair {
    /// Under the key that the token was under.
    pub before: Ciphertext,
    /// Under the destination.
    pub after: Ciphertext,
}

/// What was written is not what was read with its tokens moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RewrapMismatch {
    /// Where, in bytes from the beginning of what was written.
    pub offset: u64,
}

impl RewrapMismatch {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "rewrap_mismatch"
    }
}

impl fmt::Display for RewrapMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what was written is not what was read with its tokens moved (byte {})", self.offset)
    }
}

impl core::error::Error for RewrapMismatch {}

/// One of the two texts.
struct Side {
    scanner: Scanner,
    waiting: Vec<u8>,
    /// What has not been compared yet.
    items: VecDeque<Item>,
}

enum Item {
    /// Bytes outside the tokens, and how many of them have been compared.
    Bytes(Vec<u8>, usize),
    Token(Box<Found>),
}

struct Found {
    raw: Vec<u8>,
    key_id: KeyId,
    place: Place,
    content: Content,
    /// Nothing, if the token is not one that opens.
    ciphertext: Option<Ciphertext>,
}

impl RewrapCheck {
    /// A check of one text, whose tokens were moved from these keys.
    pub fn new(format: TextFormat, from: &[KeyId], to: Destination, keyring: &Keyring) -> Self {
        let side = || Side::new(format, from, to.key_id());
        let (before, after) = (side(), side());
        Self {
            keyring: keyring.clone(),
            from: from.to_vec(),
            to,
            before,
            after,
            pairs: None,
            moved: 0,
            left: 0,
        }
    }

    /// Has [`pairs`](Self::pairs) tell what became what.
    #[must_use]
    pub fn with_pairs(mut self) -> Self {
        self.pairs = Some(Vec::new());
        self
    }

    /// Takes the next piece of the text before.
    ///
    /// # Errors
    /// [`RewrapMismatch`] as soon as the two differ.
    pub fn before(&mut self, piece: &[u8], last: bool) -> Result<(), RewrapMismatch> {
        let taken = self.before.take(piece, last, &self.keyring);
        self.compare(taken)
    }

    /// Takes the next piece of the text after.
    ///
    /// # Errors
    /// [`RewrapMismatch`] as soon as the two differ.
    pub fn after(&mut self, piece: &[u8], last: bool) -> Result<(), RewrapMismatch> {
        let taken = self.after.take(piece, last, &self.keyring);
        self.compare(taken)
    }

    /// Whether some of the text before waits to be compared: then more of the text after is of use.
    pub fn is_ahead(&self) -> bool {
        !self.before.items.is_empty()
    }

    /// What became what, since this was last asked. Nothing, unless [`with_pairs`](Self::with_pairs) was called.
    pub fn pairs(&mut self) -> Vec<RewrapPair> {
        self.pairs.as_mut().map(core::mem::take).unwrap_or_default()
    }

    /// Ends both texts; gives how many tokens were moved, and how many stayed under the keys that they were under.
    ///
    /// # Errors
    /// [`RewrapMismatch`] if one is longer than the other.
    pub fn finish(self) -> Result<(u64, u64), RewrapMismatch> {
        if self.before.is_empty() && self.after.is_empty() {
            Ok((self.moved, self.left))
        } else {
            Err(self.mismatch())
        }
    }

    fn mismatch(&self) -> RewrapMismatch {
        let rest = self.after.items.iter().map(Item::len);
        let compared = rest.fold(self.after.scanner.covered(), usize::saturating_sub);
        RewrapMismatch { offset: u64::try_from(compared).unwrap_or(u64::MAX) }
    }

    /// Compares what of both is there.
    fn compare(&mut self, taken: Option<()>) -> Result<(), RewrapMismatch> {
        taken.ok_or_else(|| self.mismatch())?;
        while let (Some(before), Some(after)) = (self.before.items.front_mut(), self.after.items.front_mut())
        {
            let same = match (before, after) {
                (Item::Bytes(one, from), Item::Bytes(other, at)) => {
                    let (rest, others) = (one.get(*from..), other.get(*at..));
                    let (rest, others) = (rest.unwrap_or_default(), others.unwrap_or_default());
                    let common = rest.len().min(others.len());
                    let same = rest.get(..common) == others.get(..common);
                    *from = from.saturating_add(common);
                    *at = at.saturating_add(common);
                    same
                }
                (Item::Token(before), Item::Token(after)) => {
                    let was_under = self.from.contains(&before.key_id);
                    if was_under && after.key_id == *self.to.key_id() {
                        self.moved = self.moved.saturating_add(1);
                        let pair = moved(before, after, &self.to);
                        let is_moved = pair.is_some();
                        if let Some(pairs) = &mut self.pairs {
                            pairs.extend(pair);
                        }
                        is_moved
                    } else {
                        self.left = self.left.saturating_add(u64::from(was_under));
                        before.raw == after.raw
                    }
                }
                (Item::Bytes(..), Item::Token(_)) | (Item::Token(_), Item::Bytes(..)) => false,
            };
            if !same {
                return Err(self.mismatch());
            }
            self.before.drop_compared();
            self.after.drop_compared();
        }
        Ok(())
    }
}

impl fmt::Debug for RewrapCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RewrapCheck")
            .field("moved", &self.moved)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// The two ciphertexts, if the second token is the first one moved.
fn moved(before: &Found, after: &Found, to: &Destination) -> Option<RewrapPair> {
    let pair = RewrapPair { before: before.ciphertext.clone()?, after: after.ciphertext.clone()? };
    let places = core::mem::discriminant(&before.place) == core::mem::discriminant(&after.place);
    let contents = to.content(&before.content)? == after.content;
    let is_new = pair.before.bytes() != pair.after.bytes();
    (places && contents && is_new && to.is_length(pair.after.bytes().len())).then_some(pair)
}

impl Side {
    fn new(format: TextFormat, from: &[KeyId], to: &KeyId) -> Self {
        let keys = from.iter().chain([to]).cloned();
        let scanner = Scanner::new(format).with_selection(keys.fold(Selection::default(), Selection::key));
        Self { scanner, waiting: Vec::new(), items: VecDeque::new() }
    }

    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.waiting.is_empty()
    }

    /// `None` if the text is not of its format any more.
    fn take(&mut self, piece: &[u8], last: bool, keyring: &Keyring) -> Option<()> {
        self.waiting.extend_from_slice(piece);
        let scan = self.scanner.scan(&self.waiting, last, keyring).ok()?;
        append(&scan, &mut self.items);
        let covered = scan.covered();
        self.waiting.drain(..covered);
        Some(())
    }

    fn drop_compared(&mut self) {
        let done = match self.items.front() {
            Some(Item::Bytes(bytes, compared)) => *compared >= bytes.len(),
            Some(Item::Token(_)) => true,
            None => false,
        };
        if done {
            self.items.pop_front();
        }
    }
}

impl Item {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes, compared) => bytes.len().saturating_sub(*compared),
            Self::Token(found) => found.raw.len(),
        }
    }
}

/// What a piece is made of, in its order.
fn append(scan: &Scan<'_>, items: &mut VecDeque<Item>) {
    let part = |range: core::ops::Range<usize>| scan.text.get(range).unwrap_or_default().to_vec();
    let mut at = 0;
    for token in &scan.tokens {
        let Some(key_id) = scan.key_id(token) else { continue };
        if token.span.start > at {
            items.push_back(Item::Bytes(part(at..token.span.start), 0));
        }
        at = token.span.end;
        let ciphertext = match token.need {
            Need::Answer(index) => scan.ciphertexts().get(index).cloned(),
            Need::Refused(_) => None,
        };
        let (raw, place, content) = (part(token.span.clone()), token.place, token.content.clone());
        items.push_back(Item::Token(Box::new(Found {
            raw,
            key_id: key_id.clone(),
            place,
            content,
            ciphertext,
        })));
    }
    if scan.text.len() > at {
        items.push_back(Item::Bytes(part(at..scan.text.len()), 0));
    }
}
