//! Gathers the tokens of a piece of a text.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

use super::ScanError;
use super::counts::Counts;
use super::csv::Field;
use super::place::Place;
use super::reader::Piece;
use super::report::Kept;
use super::scan::{Ciphertext, Need, Placed};
use super::skim::Skimming;
use super::trail::{Trail, Verdict};
use crate::envelope;
use crate::json::{Event, JsonText, Lexer, unescape_mapped};
use crate::keyring::{Keyring, KeyringEntry, TokenMode};
use crate::token::{Content, Finder, Found, Token};

/// What a piece holds.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) tokens: Vec<Placed>,
    pub(super) kept: Vec<Kept>,
    pub(super) skipped: usize,
    pub(super) skipped_by_key: Counts,
    pub(super) fields: Vec<Field>,
    /// Distinct ciphertexts, numbered as they come.
    pub(super) ciphertexts: BTreeMap<Ciphertext, usize>,
}

pub(super) struct Gatherer<'g, T> {
    pub(super) piece: Piece<'g>,
    pub(super) finder: Finder<'g>,
    pub(super) trail: &'g mut T,
    pub(super) gathered: Gathered,
    keyring: &'g Keyring,
    skimming: Skimming,
}

/// Whether what holds no token is skimmed. In wasm, where texts are as short as requests, size comes before speed.
const SKIMS: bool = !cfg!(target_family = "wasm");

impl<'g, T: Trail> Gatherer<'g, T> {
    pub(super) fn new(piece: Piece<'g>, trail: &'g mut T, keyring: &'g Keyring) -> Self {
        let classic = keyring.iter().filter_map(|(key_id, entry)| Some((entry.tags()?, key_id)));
        let (finder, gathered, skimming) = (Finder::new(classic), Gathered::default(), Skimming::default());
        Self { piece, finder, trail, gathered, keyring, skimming }
    }

    /// Of NDJSON, how far the lines from here on are known to hold no token and to be well-formed.
    pub(super) fn skim_lines(&mut self, text: &[u8], start: usize) -> usize {
        if SKIMS { self.skimming.lines(self.piece.text, text, start, &self.finder) } else { start }
    }

    /// What a lexer yields from the piece; `whole` is the place of a token that is a whole string.
    pub(super) fn json(&mut self, lexer: &mut Lexer<'_>, whole: Place) -> Result<(), ScanError> {
        let text = self.piece.text;
        while let Some(event) = lexer.next().map_err(|error| ScanError::of_json(error, self.piece.base))? {
            match event {
                Event::Name(name) => {
                    let json = text.get(name.inner()).unwrap_or_default();
                    // The name's own pointer would name it: what is in it belongs to the object.
                    self.string(json, name, None);
                    self.trail.name(json, name.escaped);
                }
                Event::String(string) => {
                    self.trail.value();
                    self.string(text.get(string.inner()).unwrap_or_default(), string, Some(whole));
                }
                Event::ObjectStart(start) | Event::ArrayStart(start) => {
                    self.trail.value();
                    if SKIMS && let Some(end) = self.skimming.container(text, start, lexer, &self.finder) {
                        lexer.leap(end);
                        continue;
                    }
                    self.trail.enter(matches!(event, Event::ArrayStart(_)));
                }
                Event::End(_) => self.trail.leave(),
                Event::Scalar(_) | Event::Null(_) => self.trail.value(),
            }
        }
        Ok(())
    }

    /// A string; without `whole` it is a member name.
    fn string(&mut self, json: &[u8], string: JsonText, whole: Option<Place>) {
        let mapped = string.escaped.then(|| unescape_mapped(json));
        let decoded = mapped.as_ref().map_or(json, |(unescaped, _)| unescaped.text.as_slice());
        let source = |offset: usize| {
            let offset = mapped.as_ref().map_or(offset, |(_, map)| map.source_offset(offset));
            string.start.saturating_add(offset)
        };
        let mut from = 0;
        while let Some(found) = self.finder.next(decoded, from) {
            let range = found.range.clone();
            from = found.next_from();
            let offset = source(range.start);
            let whole_place = whole.filter(|_| range == (0..decoded.len()));
            match whole_place {
                Some(place) => self.found(found, decoded, offset, string.quoted(), place, false),
                None => {
                    let span = offset..source(range.end);
                    self.found(found, decoded, offset, span, Place::InString, whole.is_none());
                }
            }
        }
    }

    /// Something that begins like a token; its range is one of `text`. Offsets are into the piece.
    pub(super) fn found(
        &mut self,
        found: Found,
        text: &[u8],
        offset: usize,
        span: Range<usize>,
        place: Place,
        in_name: bool,
    ) {
        let at = self.piece.base.saturating_add(offset);
        self.trail.seen(&found, text, at, in_name, self.keyring);
        let token = match found.token {
            Ok(token) => token,
            Err(_) if !self.trail.includes(None, in_name) => return self.skip(None),
            Err(error) => {
                let pointer = self.trail.pointer_of_damage(in_name);
                return self.gathered.kept.push(Kept::new(at, error.code(), None, pointer));
            }
        };
        if !self.trail.includes(Some(token.key_id()), in_name) {
            return self.skip(Some(&token));
        }
        let context = match token.content() {
            Content::Envelope(sealed) => envelope::context(sealed),
            Content::Text | Content::Value | Content::Classic => None,
        };
        let verdict = self.trail.judge(token.key_id(), token.content(), context.as_ref(), place);
        if verdict == Verdict::Skip {
            return self.skip(Some(&token));
        }
        let pointer = self.trail.pointer(in_name);
        let Some(entry) = self.keyring.get(token.key_id()) else {
            let key_id = Some(token.key_id().clone());
            return self.gathered.kept.push(Kept::new(at, "token_key_unknown", key_id, pointer));
        };
        if entry.key_spec().is_some_and(|size| Some(size) != token.key_size()) {
            let key_id = Some(token.key_id().clone());
            return self.gathered.kept.push(Kept::new(at, "token_damaged", key_id, pointer));
        }
        let is_envelope = matches!(token.content(), Content::Envelope(_));
        let may_open =
            verdict == Verdict::Take && is_of_mode(entry, is_envelope) && (context.is_some() || !is_envelope);
        let (key_id, bytes, content) = token.into_parts();
        let need = if may_open {
            let ciphertexts = &mut self.gathered.ciphertexts;
            let next = ciphertexts.len();
            Need::Answer(*ciphertexts.entry(Ciphertext { key_id, bytes }).or_insert(next))
        } else {
            Need::Refused(key_id)
        };
        self.gathered.tokens.push(Placed { span, offset, place, content, need, pointer });
    }

    fn skip(&mut self, token: Option<&Token>) {
        self.gathered.skipped = self.gathered.skipped.saturating_add(1);
        if let Some(token) = token {
            self.gathered.skipped_by_key.add(token.key_id());
        }
    }
}

fn is_of_mode(entry: &KeyringEntry, is_envelope: bool) -> bool {
    match entry.mode() {
        None => true,
        Some(TokenMode::Direct) => !is_envelope,
        Some(TokenMode::Envelope) => is_envelope,
    }
}
