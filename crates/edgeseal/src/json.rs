//! Reading JSON (RFC 8259) without reprinting it: a strict tokenizer that yields spans, and the text of strings. Writing little objects.

mod lexer;
mod lines;
mod object;
mod text;

pub(crate) use lexer::{
    Event, JsonError, JsonText, Lexer, LexerState, first_stop, is_valid, number, plain_run,
};
pub(crate) use lines::{check_utf8, lines};
pub(crate) use object::{JsonObject, array, quoted};
pub(crate) use text::{append_escaped, has_text, is_minimal, unescape, unescape_mapped};
