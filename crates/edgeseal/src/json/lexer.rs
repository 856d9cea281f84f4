//! A strict pull tokenizer over one JSON text: no recursion, no reprinting, spans only.

use core::ops::Range;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
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
pub(crate) struct Lexer<'a> {
    input: &'a [u8],
    at: usize,
    max_depth: usize,
    /// Whether the text may go on behind the input.
    is_piece: bool,
    /// Whether the input ended where the text may go on.
    is_cut: bool,
    state: LexerState,
}

/// What a [`Lexer`] knows between two pieces of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct LexerState {
    stack: Vec<Container>,
    expect: Expect,
    /// Of the string at the beginning of the next piece: how much is known to be inside it, and whether there is a `\` in that.
    string_read: usize,
    string_escaped: bool,
}

impl<'a> Lexer<'a> {
    /// A tokenizer over `input[start..]`. Cut `input` at the end of the text to be read.
    pub(crate) fn new(input: &'a [u8], start: usize, max_depth: usize) -> Self {
        Self { input, at: start, max_depth, is_piece: false, is_cut: false, state: LexerState::default() }
    }

    /// A tokenizer over the next piece of a text; it begins where the lexer of the piece before it stopped. The last piece has
    /// no other behind it.
    pub(crate) fn resume(piece: &'a [u8], state: LexerState, is_last: bool, max_depth: usize) -> Self {
        Self { input: piece, at: 0, max_depth, is_piece: !is_last, is_cut: false, state }
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
        self.state.stack.len()
    }

    /// Goes to the end of the container that has just begun: whoever says so has read it, and knows it to be one that ends there.
    pub(crate) fn leap(&mut self, end: usize) {
        self.at = end;
        self.state.stack.pop();
        self.after_value();
    }

    /// What to go on with.
    pub(crate) fn into_state(self) -> LexerState {
        self.state
    }

    /// The next event; `None` after the end of the text, and after the last event that is complete in a piece. After an error
    /// there is nothing more to ask for.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, JsonError> {
        match self.event() {
            Err(_) if self.is_cut => Ok(None),
            event => event,
        }
    }

    fn event(&mut self) -> Result<Option<Event>, JsonError> {
        loop {
            self.skip_white_space();
            let Some(byte) = self.peek() else {
                let is_over = self.state.expect == Expect::Nothing && !self.is_piece;
                return if is_over { Ok(None) } else { Err(self.invalid()) };
            };
            match self.state.expect {
                Expect::Value => return self.value(byte).map(Some),
                Expect::FirstElement if byte == b']' => return Ok(Some(self.close())),
                Expect::FirstElement => return self.value(byte).map(Some),
                Expect::FirstName if byte == b'}' => return Ok(Some(self.close())),
                Expect::FirstName | Expect::Name => return self.name(byte).map(Some),
                Expect::Colon => {
                    self.take(b':')?;
                    self.state.expect = Expect::Value;
                }
                Expect::Separator => match (byte, self.state.stack.last()) {
                    (b',', Some(Container::Array)) => {
                        self.bump();
                        self.state.expect = Expect::Value;
                    }
                    (b',', Some(Container::Object)) => {
                        self.bump();
                        self.state.expect = Expect::Name;
                    }
                    (b']', Some(Container::Array)) | (b'}', Some(Container::Object)) => {
                        return Ok(Some(self.close()));
                    }
                    _ => return Err(self.invalid()),
                },
                Expect::Nothing => return Err(self.invalid()),
            }
        }
    }

    fn value(&mut self, byte: u8) -> Result<Event, JsonError> {
        let start = self.at;
        let event = match byte {
            b'{' => return self.open(Container::Object),
            b'[' => return self.open(Container::Array),
            b'"' => Event::String(self.string()?),
            b'-' | b'0'..=b'9' => {
                self.number().map_err(|error| self.back_to(start, error))?;
                Event::Scalar(start..self.at)
            }
            b't' => Event::Scalar(self.literal(b"true")?),
            b'f' => Event::Scalar(self.literal(b"false")?),
            b'n' => Event::Null(self.literal(b"null")?),
            _ => return Err(self.invalid()),
        };
        self.after_value();
        Ok(event)
    }

    fn open(&mut self, container: Container) -> Result<Event, JsonError> {
        let at = self.at;
        if self.state.stack.len() >= self.max_depth {
            return Err(JsonError::TooDeep { offset: at });
        }
        self.bump();
        self.state.stack.push(container);
        Ok(match container {
            Container::Array => {
                self.state.expect = Expect::FirstElement;
                Event::ArrayStart(at)
            }
            Container::Object => {
                self.state.expect = Expect::FirstName;
                Event::ObjectStart(at)
            }
        })
    }

    fn close(&mut self) -> Event {
        let at = self.at;
        self.bump();
        self.state.stack.pop();
        self.after_value();
        Event::End(at)
    }

    fn after_value(&mut self) {
        self.state.expect = if self.state.stack.is_empty() { Expect::Nothing } else { Expect::Separator };
    }

    fn name(&mut self, byte: u8) -> Result<Event, JsonError> {
        if byte != b'"' {
            return Err(self.invalid());
        }
        let name = self.string()?;
        self.state.expect = Expect::Colon;
        Ok(Event::Name(name))
    }

    /// Reads a string from its opening to its closing quotation mark.
    fn string(&mut self) -> Result<JsonText, JsonError> {
        let quotation_mark = self.at;
        self.take(b'"')?;
        let start = self.at;
        self.at = self.at.saturating_add(core::mem::take(&mut self.state.string_read));
        let mut escaped = core::mem::take(&mut self.state.string_escaped);
        loop {
            self.at = self.at.saturating_add(plain_run(self.input.get(self.at..).unwrap_or_default()));
            let read = self.at.saturating_sub(start);
            let error = match self.peek() {
                Some(b'"') => {
                    let end = self.at;
                    self.bump();
                    return Ok(JsonText { start, end, escaped });
                }
                Some(b'\\') => match self.escape() {
                    Ok(()) => {
                        escaped = true;
                        continue;
                    }
                    Err(error) => error,
                },
                _ => self.invalid(),
            };
            if self.is_cut {
                (self.state.string_read, self.state.string_escaped) = (read, escaped);
            }
            return Err(self.back_to(quotation_mark, error));
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        self.take(b'\\')?;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.bump(),
            Some(b'u') => {
                self.bump();
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.invalid());
                    }
                    self.bump();
                }
            }
            _ => return Err(self.invalid()),
        }
        Ok(())
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    fn number(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.bump();
        }
        match self.peek() {
            Some(b'0') => {
                self.bump();
                if self.is_piece && self.peek().is_none() {
                    return Err(self.invalid());
                }
            }
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.bump();
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.bump();
            if let Some(b'+' | b'-') = self.peek() {
                self.bump();
            }
            self.digits()?;
        }
        Ok(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.bump();
        }
        // In a piece, a number that reaches the end may have more digits, or even a fraction.
        if self.at == start || (self.is_piece && self.peek().is_none()) {
            Err(self.invalid())
        } else {
            Ok(())
        }
    }

    fn literal(&mut self, word: &[u8]) -> Result<Range<usize>, JsonError> {
        let start = self.at;
        for byte in word {
            self.take(*byte).map_err(|error| self.back_to(start, error))?;
        }
        Ok(start..self.at)
    }

    fn take(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(self.invalid());
        }
        self.bump();
        Ok(())
    }

    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.bump();
        }
    }

    fn peek(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    fn bump(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn invalid(&mut self) -> JsonError {
        self.is_cut = self.is_piece && self.at >= self.input.len();
        JsonError::Invalid { offset: self.at }
    }

    /// Goes back to the beginning of something that is incomplete.
    fn back_to(&mut self, start: usize, error: JsonError) -> JsonError {
        if self.is_cut {
            self.at = start;
        }
        error
    }
}

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

/// The number of bytes before the first `"`, `\` or control character.
///
/// Eight at a time: on long strings in wasm, which has no vector search by default, 3.7 times the speed of `memchr2` and a second
/// pass for control characters (Node.js 20).
fn plain_run(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    // The top bit of every byte of `word` that is less than the byte of `bound`. A borrow can mark a byte wrongly, but only
    // behind one that is marked rightly, and the first is what counts.
    let less = |word: u64, bound: u64| word.wrapping_sub(bound) & !word & TOPS;
    let mut run = 0_usize;
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let stops = less(word ^ QUOTES, ONES) | less(word ^ BACKSLASHES, ONES) | less(word, SPACES);
        if stops != 0 {
            let bytes = usize::try_from(stops.trailing_zeros() / 8).unwrap_or(0);
            return run.saturating_add(bytes);
        }
        run = run.saturating_add(8);
    }
    let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    run.saturating_add(stop.unwrap_or(rest.len()))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn events(text: &str) -> Result<Vec<String>, JsonError> {
        let mut lexer = Lexer::new(text.as_bytes(), 0, 3);
        let mut seen = Vec::new();
        while let Some(event) = lexer.next()? {
            seen.push(match event {
                Event::ObjectStart(at) | Event::ArrayStart(at) | Event::End(at) => text[at..=at].to_owned(),
                Event::Name(name) => format!("{}:", &text[name.quoted()]),
                Event::String(string) => text[string.quoted()].to_owned(),
                Event::Scalar(span) | Event::Null(span) => text[span].to_owned(),
            });
        }
        Ok(seen)
    }

    #[test]
    fn spans_are_the_text_as_written() {
        let text = " { \"a\\u0020\" : [ -0 , 1.50E+3 , true,null ] , \"a\" : \"x\\/y\" , \"a\":{} } ";
        let expected = [
            "{",
            "\"a\\u0020\":",
            "[",
            "-0",
            "1.50E+3",
            "true",
            "null",
            "]",
            "\"a\":",
            "\"x\\/y\"",
            "\"a\":",
            "{",
            "}",
            "}",
        ];
        assert_eq!(events(text).unwrap(), expected);
    }

    #[test]
    fn an_error_names_the_byte() {
        assert_eq!(events("[1,]"), Err(JsonError::Invalid { offset: 3 }));
        assert_eq!(events("\"a\u{1f}\""), Err(JsonError::Invalid { offset: 2 }));
        assert_eq!(events("1 2"), Err(JsonError::Invalid { offset: 2 }));
        assert_eq!(events(""), Err(JsonError::Invalid { offset: 0 }));
        assert_eq!(events("{\"a\":1,}"), Err(JsonError::Invalid { offset: 7 }));
    }

    #[test]
    fn depth_is_limited_exactly() {
        assert!(events("[[[]]]").is_ok());
        assert_eq!(events("[[[["), Err(JsonError::TooDeep { offset: 3 }));
    }

    #[test]
    fn a_plain_run_ends_where_it_would_byte_by_byte() {
        let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
        for length in 0..24 {
            for at in 0..length {
                for first in 0..=u8::MAX {
                    for second in [b'"', b'\\', 0, 0x1f, b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                        let mut text = vec![b'a'; length];
                        text[at] = first;
                        text[length - 1 - at / 2] = second;
                        assert_eq!(plain_run(&text), text.iter().take_while(|byte| plain(byte)).count());
                    }
                }
            }
        }
    }

    #[test]
    fn brackets_must_pair() {
        assert!(events("[}").is_err());
        assert!(events("{]").is_err());
        assert!(events("[1}").is_err());
        assert!(events("]").is_err());
    }
}
