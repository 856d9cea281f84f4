//! What is followed of the structure of a text while it is scanned.

use alloc::boxed::Box;

use super::place::Place;
use crate::envelope::Context;
use crate::keyring::Keyring;
use crate::label::KeyId;
use crate::token::{Content, Found};

/// Follows the structure of a text, and says what becomes of the tokens in it.
///
/// `()` follows nothing and takes every token: where that is enough, as in the wasm module, nothing else is compiled.
pub(super) trait Trail {
    /// Whether the text is whole: then what it takes to go on with more of it is not compiled either.
    const IS_WHOLE: bool = false;

    /// A JSON text begins.
    fn begin(&mut self) {}

    /// A member name, given as its JSON text without quotation marks.
    fn name(&mut self, _json: &[u8], _escaped: bool) {}

    /// A value; of a member, its name came before.
    fn value(&mut self) {}

    /// The last value is a container, which begins.
    fn enter(&mut self, _is_array: bool) {}

    /// The innermost container ends.
    fn leave(&mut self) {}

    /// What comes next stands in this column of CSV, counted from 1.
    fn column(&mut self, _column: usize) {}

    /// Something that begins like a token, at this offset of the whole text; its range is one of `text`, which has no escapes any more.
    fn seen(&mut self, _found: &Found, _text: &[u8], _offset: usize, _in_name: bool, _keyring: &Keyring) {}

    /// Whether something that begins like a token is selected, as far as its place and its key say; the key id is given if it is legible.
    fn includes(&self, _key_id: Option<&KeyId>, _in_name: bool) -> bool {
        true
    }

    /// What becomes of a well-formed token that is included. An envelope without a context is none that opens.
    fn judge(
        &self,
        _key_id: &KeyId,
        _content: &Content,
        _context: Option<&Context>,
        _place: Place,
    ) -> Verdict {
        Verdict::Take
    }

    /// Where the token stands (RFC 6901), if that is recorded.
    fn pointer(&self, _in_name: bool) -> Option<Box<str>> {
        None
    }

    /// Where something stands that only begins like a token: it takes few bytes, and a text can be full of it.
    fn pointer_of_damage(&mut self, _in_name: bool) -> Option<Box<str>> {
        None
    }
}

impl Trail for () {
    const IS_WHOLE: bool = true;
}

/// What becomes of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is to be decrypted.
    Take,
    /// It is outside the selection.
    Skip,
    /// It is inside, and lacks what is required.
    Refuse,
}
