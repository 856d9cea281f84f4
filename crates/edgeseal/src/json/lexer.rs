//! A strict pull tokenizer over one JSON text: no recursion, no reprinting, spans only.

mod scan;

use alloc::vec::Vec;
use core::ops::Range;

use scan::{escape, white_space};
pub(crate) use scan::{first_stop, number, plain_run};

/// Why a text is not one JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// The grammar is broken at this byte.
    Invalid { offset: usize },
    /// More containers are open at this byte than allowed.
    TooDeep { offset: usize },
}

/// The span of a string's JSON text without its quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JsonText {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether the text holds a `\`.
    pub(crate) escaped: bool,
    /// Whether the text with its escapes undone, once or again and again, may read ASCII characters that do not stand in the JSON text
    /// as they are, other than `"`, `\`, `/` and control characters.
    pub(crate) disguised: bool,
}

impl JsonText {
    /// The span between the quotation marks.
    pub(crate) fn inner(self) -> Range<usize> {
        self.start..self.end
    }

    /// The span with the quotation marks.
    pub(crate) fn quoted(self) -> Range<usize> {
        self.start.saturating_sub(1)..self.end.saturating_add(1)
    }
}

/// What the tokenizer came across; offsets are into the whole input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// `{`, at this offset.
    ObjectStart(usize),
    /// `[`, at this offset.
    ArrayStart(usize),
    /// `}` or `]`, at this offset.
    End(usize),
    /// A member name; its value follows.
    Name(JsonText),
    /// A string value.
    String(JsonText),
    /// A number, `true` or `false`, as written.
    Scalar(Range<usize>),
    /// `null`.
    Null(Range<usize>),
}

/// What the cursor is directly inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Array,
    Object,
}

/// What may stand at the cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expect {
    /// A value.
    #[default]
    Value,
    /// A value, or the end of the array that has just begun.
    FirstElement,
    /// A member name, or the end of the object that has just begun.
    FirstName,
    /// A member name.
    Name,
    /// The colon behind a member name.
    Colon,
    /// `,` or the end of the container.
    Separator,
    /// Nothing but white space.
    Nothing,
}

/// Yields the [`Event`]s of the one JSON text in a span of the input.
///
/// The span has to be UTF-8; the tokenizer looks at structure only. Memory: one byte per open container.
///
/// Every byte of a body goes through here while a request waits. What is met at every token is inlined into the loop that asks for it, and
/// offsets, which never go beyond the input, are added up without a look for overflow; every access to the input is checked.
pub(crate) struct Lexer<'a> {
    input: &'a [u8],
    at: usize,
    max_depth: usize,
    /// Whether the text may go on behind the input.
    is_piece: bool,
    /// What there is instead of another event.
    stop: Result<(), JsonError>,
    state: LexerState,
}

/// What a [`Lexer`] knows between two pieces of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct LexerState {
    expect: Expect,
    inside: Inside,
    /// What is around that, outermost first: as many as there are open containers.
    around: Vec<Inside>,
    /// The string at the beginning of the next piece, as far as it is known.
    string: StringState,
}

/// What is known of a string.
#[derive(Clone, Copy, Debug, Default)]
struct StringState {
    /// How many bytes are known to be inside it.
    read: usize,
    escaped: bool,
    disguised: bool,
}

impl<'a> Lexer<'a> {
    /// A tokenizer over `input[start..]`. Cut `input` at the end of the text to be read.
    pub(crate) fn new(input: &'a [u8], start: usize, max_depth: usize) -> Self {
        Self { input, at: start, max_depth, is_piece: false, stop: Ok(()), state: LexerState::default() }
    }

    /// A tokenizer over the next piece of a text; it begins where the lexer of the piece before it stopped. The last piece has
    /// no other behind it.
    pub(crate) fn resume(piece: &'a [u8], state: LexerState, is_last: bool, max_depth: usize) -> Self {
        Self { input: piece, at: 0, max_depth, is_piece: !is_last, stop: Ok(()), state }
    }

    /// How far the text has been read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What is read.
    pub(crate) fn input(&self) -> &'a [u8] {
        self.input
    }

    /// How many containers are open.
    pub(crate) fn depth(&self) -> usize {
        self.state.around.len()
    }

    /// Goes to the end of the container that has just begun: whoever says so has read it, and knows it to be one that ends there.
    pub(crate) fn leap(&mut self, end: usize) {
        self.at = end;
        self.state.inside = self.state.around.pop().unwrap_or_default();
        self.after_value();
    }

    /// What to go on with.
    pub(crate) fn into_state(self) -> LexerState {
        self.state
    }

    /// The next event; `None` after the end of the text, and after the last event that is complete in a piece. After an error
    /// there is nothing more to ask for.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, JsonError> {
        self.step()
    }

    /// [`next`](Self::next), inlined.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Result<Option<Event>, JsonError> {
        match self.event() {
            Ok(event) => Ok(Some(event)),
            Err(Stopped) => self.stop.map(|()| None),
        }
    }

    #[inline(always)]
    fn event(&mut self) -> Result<Event, Stopped> {
        loop {
            let byte = self.skip_white_space()?;
            let expect = self.state.expect;
            let is_value = matches!(expect, Expect::Value | Expect::FirstElement);
            match byte {
                b'"' => {
                    let is_name = matches!(expect, Expect::Name | Expect::FirstName);
                    if !is_value && !is_name {
                        return Err(self.invalid());
                    }
                    let text = self.string()?;
                    if is_value {
                        self.after_value();
                        return Ok(Event::String(text));
                    }
                    self.after_name();
                    return Ok(Event::Name(text));
                }
                b',' if expect == Expect::Separator => self.comma(),
                b':' if expect == Expect::Colon => self.colon(),
                b'{' | b'[' if is_value => return self.open(byte),
                b'}' | b']' => return self.close(byte),
                _ if is_value => {
                    let event = self.scalar(byte)?;
                    self.after_value();
                    return Ok(event);
                }
                _ => return Err(self.invalid()),
            }
        }
    }

    #[inline(always)]
    fn open(&mut self, byte: u8) -> Result<Event, Stopped> {
        let at = self.at;
        if self.state.around.len() >= self.max_depth {
            return Err(self.stop(Err(JsonError::TooDeep { offset: at })));
        }
        self.bump();
        let (inside, expect, event) = match byte {
            b'[' => (Inside::Array, Expect::FirstElement, Event::ArrayStart(at)),
            _ => (Inside::Object, Expect::FirstName, Event::ObjectStart(at)),
        };
        self.state.around.push(core::mem::replace(&mut self.state.inside, inside));
        self.state.expect = expect;
        Ok(event)
    }

    #[inline(always)]
    fn close(&mut self, byte: u8) -> Result<Event, Stopped> {
        let at = self.at;
        match (byte, self.state.inside, self.state.expect) {
            (b']', Inside::Array, Expect::Separator | Expect::FirstElement)
            | (b'}', Inside::Object, Expect::Separator | Expect::FirstName) => {
                self.bump();
                self.state.inside = self.state.around.pop().unwrap_or_default();
                self.after_value();
                Ok(Event::End(at))
            }
            _ => Err(self.invalid()),
        }
    }

    /// Mostly there is a comma at once.
    #[inline(always)]
    fn after_value(&mut self) {
        if self.state.inside == Inside::Nothing {
            self.state.expect = Expect::Nothing;
        } else if self.peek() == Some(b',') {
            self.comma();
        } else {
            self.state.expect = Expect::Separator;
        }
    }

    /// Mostly there is a colon at once.
    #[inline(always)]
    fn after_name(&mut self) {
        if self.peek() == Some(b':') {
            self.colon();
        } else {
            self.state.expect = Expect::Colon;
        }
    }

    #[inline(always)]
    fn comma(&mut self) {
        self.bump();
        self.state.expect = if self.state.inside == Inside::Object { Expect::Name } else { Expect::Value };
    }

    #[inline(always)]
    fn colon(&mut self) {
        self.bump();
        self.state.expect = Expect::Value;
    }

    /// Reads a string from its opening to its closing quotation mark.
    #[inline(always)]
    fn string(&mut self) -> Result<JsonText, Stopped> {
        let start = self.at.wrapping_add(1);
        if self.state.string.read == 0 {
            let end = start.wrapping_add(plain_run(self.input.get(start..).unwrap_or_default()));
            if self.input.get(end) == Some(&b'"') {
                self.at = end.wrapping_add(1);
                return Ok(JsonText { start, end, escaped: false, disguised: false });
            }
            self.state.string.read = end.wrapping_sub(start);
        }
        self.rest_of_string()
    }

    /// A string that has escapes, or does not end, or is known in part.
    #[inline(never)]
    fn rest_of_string(&mut self) -> Result<JsonText, Stopped> {
        let (input, quotation_mark) = (self.input, self.at);
        let start = quotation_mark.wrapping_add(1);
        let mut string = core::mem::take(&mut self.state.string);
        let mut at = start.wrapping_add(string.read);
        let broken = loop {
            match input.get(at) {
                Some(b'"') => {
                    self.at = at.wrapping_add(1);
                    let StringState { escaped, disguised, .. } = string;
                    return Ok(JsonText { start, end: at, escaped, disguised });
                }
                Some(b'\\') => match escape(input.get(at..).unwrap_or_default()) {
                    Ok((bytes, disguises)) => {
                        string.escaped = true;
                        string.disguised |= disguises;
                        at = at.wrapping_add(bytes);
                    }
                    Err(bytes) => break at.wrapping_add(bytes),
                },
                Some(b' '..) => at = at.wrapping_add(plain_run(input.get(at..).unwrap_or_default())),
                _ => break at,
            }
        };
        self.at = broken;
        let stopped = self.invalid();
        if self.is_cut() {
            self.at = quotation_mark;
            self.state.string = StringState { read: at.wrapping_sub(start), ..string };
        }
        Err(stopped)
    }

    /// A value that is neither a string nor a container.
    #[inline(always)]
    fn scalar(&mut self, byte: u8) -> Result<Event, Stopped> {
        Ok(match byte {
            b'-' | b'0'..=b'9' => {
                let start = self.at;
                self.number()?;
                Event::Scalar(start..self.at)
            }
            b't' => Event::Scalar(self.literal(b"true")?),
            b'f' => Event::Scalar(self.literal(b"false")?),
            b'n' => Event::Null(self.literal(b"null")?),
            _ => return Err(self.invalid()),
        })
    }

    fn number(&mut self) -> Result<(), Stopped> {
        let start = self.at;
        let read = number(self.input.get(start..).unwrap_or_default());
        self.at = start.wrapping_add(read.unwrap_or_else(|at| at));
        // In a piece, a number that reaches the end may have more digits, or even a fraction.
        if read.is_ok() && !(self.is_piece && self.at >= self.input.len()) {
            return Ok(());
        }
        Err(self.incomplete(start))
    }

    #[inline(always)]
    fn literal(&mut self, word: &[u8]) -> Result<Range<usize>, Stopped> {
        let start = self.at;
        let end = start.wrapping_add(word.len());
        if self.input.get(start..end) != Some(word) {
            return Err(self.other_literal(word));
        }
        self.at = end;
        Ok(start..end)
    }

    #[cold]
    fn other_literal(&mut self, word: &[u8]) -> Stopped {
        let start = self.at;
        let rest = self.input.get(start..).unwrap_or_default();
        let same = rest.iter().zip(word).take_while(|(byte, other)| byte == other).count();
        self.at = start.wrapping_add(same);
        self.incomplete(start)
    }

    /// Skips white space, and gives the byte behind it.
    #[inline(always)]
    fn skip_white_space(&mut self) -> Result<u8, Stopped> {
        // One space is what most writers have between tokens, if they have any.
        match self.input.get(self.at..).unwrap_or_default() {
            [byte, ..] if *byte > b' ' => return Ok(*byte),
            [b' ', byte, ..] if *byte > b' ' => {
                self.bump();
                return Ok(*byte);
            }
            more => self.at = self.at.wrapping_add(white_space(more)),
        }
        self.peek().ok_or_else(|| self.end())
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    #[inline(always)]
    fn bump(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    #[cold]
    fn end(&mut self) -> Stopped {
        if self.state.expect == Expect::Nothing && !self.is_piece {
            return self.stop(Ok(()));
        }
        self.invalid()
    }

    /// Something is wrong at the cursor, unless that is the end of a piece.
    #[cold]
    fn invalid(&mut self) -> Stopped {
        let error = JsonError::Invalid { offset: self.at };
        self.stop(if self.is_cut() { Ok(()) } else { Err(error) })
    }

    /// The same in something that is not covered as long as it is incomplete.
    fn incomplete(&mut self, start: usize) -> Stopped {
        let stopped = self.invalid();
        if self.is_cut() {
            self.at = start;
        }
        stopped
    }

    /// Whether the input ended where the text may go on.
    fn is_cut(&self) -> bool {
        self.is_piece && self.at >= self.input.len()
    }

    fn stop(&mut self, stop: Result<(), JsonError>) -> Stopped {
        self.stop = stop;
        Stopped
    }
}

/// There are no more events; the lexer knows why.
struct Stopped;

/// Whether this is one JSON text, given that it is UTF-8.
pub(crate) fn is_valid(text: &[u8], max_depth: usize) -> bool {
    let mut lexer = Lexer::new(text, 0, max_depth);
    loop {
        match lexer.next() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests;
