//! The lexer against examples, and against a reader that is slow and obvious.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

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
fn brackets_must_pair() {
    assert!(events("[}").is_err());
    assert!(events("{]").is_err());
    assert!(events("[1}").is_err());
    assert!(events("]").is_err());
}

/// Reads byte by byte and calls itself for what is in a container.
struct Slow<'t> {
    text: &'t [u8],
    at: usize,
    max_depth: usize,
    events: Vec<Event>,
}

impl Slow<'_> {
    fn read(text: &[u8], max_depth: usize) -> (Vec<Event>, Result<(), JsonError>) {
        let mut slow = Slow { text, at: 0, max_depth, events: Vec::new() };
        let result = slow.value(0).and_then(|()| {
            slow.white_space();
            if slow.byte().is_none() { Ok(()) } else { slow.invalid() }
        });
        (slow.events, result)
    }

    fn value(&mut self, depth: usize) -> Result<(), JsonError> {
        self.white_space();
        let start = self.at;
        let event = match self.byte() {
            Some(open @ (b'[' | b'{')) => return self.container(open, depth),
            Some(b'"') => Event::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Event::Scalar(start..self.at)
            }
            Some(b't') => self.word("true").map(|()| Event::Scalar(start..start + 4))?,
            Some(b'f') => self.word("false").map(|()| Event::Scalar(start..start + 5))?,
            Some(b'n') => self.word("null").map(|()| Event::Null(start..start + 4))?,
            _ => return self.invalid(),
        };
        self.events.push(event);
        Ok(())
    }

    fn container(&mut self, open: u8, depth: usize) -> Result<(), JsonError> {
        if depth == self.max_depth {
            return Err(JsonError::TooDeep { offset: self.at });
        }
        let close = if open == b'[' { b']' } else { b'}' };
        self.events.push(if open == b'[' { Event::ArrayStart(self.at) } else { Event::ObjectStart(self.at) });
        self.at += 1;
        self.white_space();
        let mut is_first = true;
        while self.byte() != Some(close) || !is_first {
            self.white_space();
            if open == b'{' {
                if self.byte() != Some(b'"') {
                    return self.invalid();
                }
                let name = self.string()?;
                self.events.push(Event::Name(name));
                self.white_space();
                self.word(":")?;
            }
            self.value(depth + 1)?;
            self.white_space();
            is_first = false;
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => break,
                _ => return self.invalid(),
            }
        }
        self.events.push(Event::End(self.at));
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<JsonText, JsonError> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.at += 1;
                    match self.byte() {
                        Some(b'u') => {
                            for _ in 0..4 {
                                self.at += 1;
                                if !self.byte().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                                    return self.invalid();
                                }
                            }
                        }
                        Some(byte) if b"\"\\/bfnrt".contains(&byte) => {}
                        _ => return self.invalid(),
                    }
                }
                Some(0..0x20) | None => return self.invalid(),
                Some(_) => {}
            }
            self.at += 1;
        }
        let (end, inner) = (self.at, &self.text[start..self.at]);
        self.at += 1;
        Ok(JsonText { start, end, escaped: inner.contains(&b'\\'), disguised: is_disguised(inner) })
    }

    fn number(&mut self) -> Result<(), JsonError> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1
        } else {
            self.digits()?
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        if !self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.invalid();
        }
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        for byte in word.bytes() {
            if self.byte() != Some(byte) {
                return self.invalid();
            }
            self.at += 1;
        }
        Ok(())
    }

    fn white_space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn invalid<T>(&self) -> Result<T, JsonError> {
        Err(JsonError::Invalid { offset: self.at })
    }
}

/// Whether the escapes of a string, taken one after the other, are such that it is [disguised](JsonText::disguised).
fn is_disguised(json: &[u8]) -> bool {
    let mut at = 0;
    while at < json.len() {
        at += match &json[at..] {
            [b'\\', b'u', digits @ ..] => {
                if u32::from_str_radix(core::str::from_utf8(&digits[..4]).unwrap(), 16).unwrap() < 0x80 {
                    return true;
                }
                6
            }
            [b'\\', b'\\', b'u', ..] => return true,
            [b'\\', ..] => 2,
            _ => 1,
        };
    }
    false
}

/// Everything a lexer yields. A text that is whole is one piece.
fn all(pieces: &[&[u8]], max_depth: usize) -> (Vec<Event>, Result<(), JsonError>) {
    let mut events = Vec::new();
    if let [text] = pieces {
        let mut lexer = Lexer::new(text, 0, max_depth);
        return loop {
            match lexer.next() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => break (events, Ok(())),
                Err(error) => break (events, Err(error)),
            }
        };
    }
    let (mut state, mut left, mut base) = (LexerState::default(), Vec::new(), 0);
    for (index, piece) in pieces.iter().enumerate() {
        left.extend_from_slice(piece);
        let mut lexer = Lexer::resume(&left, state, index + 1 == pieces.len(), max_depth);
        loop {
            match lexer.next() {
                Ok(Some(event)) => events.push(moved(event, base)),
                Ok(None) => break,
                Err(JsonError::Invalid { offset }) => {
                    return (events, Err(JsonError::Invalid { offset: offset + base }));
                }
                Err(JsonError::TooDeep { offset }) => {
                    return (events, Err(JsonError::TooDeep { offset: offset + base }));
                }
            }
        }
        let covered = lexer.at();
        state = lexer.into_state();
        left.drain(..covered);
        base += covered;
    }
    (events, Ok(()))
}

fn moved(event: Event, by: usize) -> Event {
    let text = |text: JsonText| JsonText { start: text.start + by, end: text.end + by, ..text };
    match event {
        Event::ObjectStart(at) => Event::ObjectStart(at + by),
        Event::ArrayStart(at) => Event::ArrayStart(at + by),
        Event::End(at) => Event::End(at + by),
        Event::Name(name) => Event::Name(text(name)),
        Event::String(string) => Event::String(text(string)),
        Event::Scalar(span) => Event::Scalar(span.start + by..span.end + by),
        Event::Null(span) => Event::Null(span.start + by..span.end + by),
    }
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.throw(texts.len())]
    }

    fn white_space(&mut self, out: &mut String) {
        if self.throw(3) == 0 {
            let between =
                self.one_of(&[" ", "  ", "\n", "\r\n\t", "\n        ", "\n                   ", "\t \n "]);
            out.push_str(between);
        }
    }

    fn string(&mut self, out: &mut String) {
        out.push('"');
        for _ in 0..self.throw(4) {
            let plain = "abcdefghijklmnopqrstuvwxyz abcdefghijklm";
            out.push_str(&plain[..self.throw(plain.len())]);
            let special = [
                "\\\"",
                "\\\\",
                "\\/",
                "\\n",
                "\\u005f",
                "\\u00e9",
                "\\ud83d\\ude00",
                "\\\\u",
                "\\u007F",
                "\\u0080",
                "é",
                "😀",
                "\u{7f}",
                "",
            ];
            out.push_str(self.one_of(&special));
        }
        out.push('"');
    }

    fn value(&mut self, depth: usize, out: &mut String) {
        self.white_space(out);
        match self.throw(if depth < 4 { 9 } else { 5 }) {
            0 | 1 => self.string(out),
            2 => {
                out.push_str(self.one_of(&["0", "-0", "12", "3.25", "-1e5", "1E+10", "0.1e-2", "1234567890"]))
            }
            3 => out.push_str(self.one_of(&["true", "false", "null"])),
            4 => out.push_str(self.one_of(&["[]", "{}", "[ ]", "{\n}"])),
            which => {
                let is_object = which < 7;
                out.push(if is_object { '{' } else { '[' });
                for index in 0..=self.throw(4) {
                    if index > 0 {
                        out.push(',');
                    }
                    if is_object {
                        self.white_space(out);
                        self.string(out);
                        self.white_space(out);
                        out.push(':');
                    }
                    self.value(depth + 1, out);
                }
                out.push(if is_object { '}' } else { ']' });
            }
        }
        self.white_space(out);
    }
}

#[test]
fn every_text_is_read_as_the_slow_reader_reads_it() {
    const OTHERS: &[u8] = b"\"\\{}[]:,0-.eEtfnu \t\n\x00\x1f\x7fa";
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut json = String::new();
        dice.value(0, &mut json);
        let mut text = json.into_bytes();
        // Half of the texts are damaged: a byte is another, is gone, is there twice, or what follows is cut off.
        if dice.throw(2) == 0 {
            let at = dice.throw(text.len());
            match dice.throw(4) {
                0 => text[at] = OTHERS[dice.throw(OTHERS.len())],
                1 => drop(text.remove(at)),
                2 => text.insert(at, text[at]),
                _ => text.truncate(at),
            }
        }
        let max_depth = 1 + dice.throw(6);
        let expected = Slow::read(&text, max_depth);
        assert_eq!(all(&[&text], max_depth), expected, "{}", text.escape_ascii());
        accepted += usize::from(expected.1.is_ok());
        let (first, second) = (dice.throw(text.len() + 1), dice.throw(text.len() + 1));
        let (one, more) = text.split_at(first.min(second));
        let (two, three) = more.split_at(first.abs_diff(second));
        assert_same(&all(&[one, two, three], max_depth), &expected, &text);
    }
    assert!((5_000..15_000).contains(&accepted), "{accepted}");
}

/// What is read in pieces is the same, but that a string may count as disguised for want of the byte behind a `\\`.
fn assert_same(
    found: &(Vec<Event>, Result<(), JsonError>),
    expected: &(Vec<Event>, Result<(), JsonError>),
    text: &[u8],
) {
    let known = |(events, result): &(Vec<Event>, Result<(), JsonError>)| {
        let events = events.iter().cloned().map(|event| match event {
            Event::Name(name) => Event::Name(JsonText { disguised: false, ..name }),
            Event::String(string) => Event::String(JsonText { disguised: false, ..string }),
            other => other,
        });
        (events.collect::<Vec<_>>(), *result)
    };
    assert_eq!(known(found), known(expected), "{}", text.escape_ascii());
}

/// So that a token is looked for behind escapes only where one can be.
#[test]
fn a_string_that_is_not_disguised_reads_no_tag_that_does_not_stand_in_it() {
    const PARTS: [&str; 16] = [
        "_", "s", "u", "005f", "0073", "\\u005f", "\\u0073", "\\u005c", "\\u0075", "\\u00e9", "\\ud83d",
        "\\\\", "\\\\\\\\", "\\n", "\\/", "\\\"",
    ];
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let (mut disguised, mut shown) = (0, 0);
    for _ in 0..50_000 {
        let json: String = (0..1 + dice.throw(6)).map(|_| dice.one_of(&PARTS)).collect();
        let (events, result) = all(&[format!("\"{json}\"").as_bytes()], 1);
        let [Event::String(string)] = events.as_slice() else { continue };
        assert_eq!(result, Ok(()));
        let has_tag = |text: &[u8]| text.windows(2).any(|pair| pair == b"_s");
        if string.disguised {
            disguised += 1;
            continue;
        }
        let mut text = json.clone().into_bytes();
        for _ in 0..5 {
            text = crate::json::unescape(&text).text.to_vec();
            assert!(!has_tag(&text) || has_tag(json.as_bytes()), "{json}");
        }
        shown += 1;
    }
    assert!(disguised > 10_000 && shown > 10_000, "{disguised} {shown}");
}
