//! What becomes of each value of a body, for who tries a policy out. Holds no value.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use rand_core::TryCryptoRng;

use super::field_name::Readings;
use super::form::{decode, fields};
use super::part::{Kind, Part, parts};
use super::plan::{By, Form, Plan};
use super::scope::{Decision, Scope};
use super::seal::Sealer;
use super::{DataKeys, EncryptError, EncryptReport, Encryptor, Request};
use crate::content_type::{BodyFormat, MediaType};
use crate::decrypt::Pointer;
use crate::envelope;
use crate::json::{Event, Lexer, lines, unescape};
use crate::label::{FieldName, KeyId};
use crate::policy::Mode;
use crate::stack;
use crate::token;

/// What became of a body that was encrypted, value by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedBody {
    /// In numbers.
    pub report: EncryptReport,
    /// The length of the body before, in bytes.
    pub input_bytes: usize,
    /// Its length after.
    pub output_bytes: usize,
    /// What the policy reads the body as; `pass` is not read.
    pub format: &'static str,
    /// Its values in their order, without those inside a value that was encrypted as a whole.
    pub values: Vec<ExplainedValue>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedValue {
    /// Where it stands: JSON Pointer (RFC 6901); the fields of a form are members of the whole. Of long names only the beginning is given.
    pub pointer: Box<str>,
    /// In NDJSON the number of the line, from 1.
    pub line: Option<usize>,
    /// The name that it has, if the last step to it was one.
    pub name: Option<Box<str>>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was encrypted.
    Encrypted {
        /// By this rule.
        field: FieldName,
        /// Under this key.
        key: KeyId,
        /// The token's form.
        form: TokenForm,
        /// The length of what was encrypted, in bytes, before padding.
        value_bytes: usize,
        /// The length of the token, in characters.
        token_chars: usize,
    },
    /// It is `null`, and stayed so: this rule decides about it.
    NullKept {
        /// The rule.
        field: FieldName,
    },
    /// It stayed, and was counted by this rule.
    Reported {
        /// The rule.
        field: FieldName,
    },
    /// No rule matches it.
    Stayed,
}

/// The form of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenForm {
    /// Direct.
    Direct,
    /// An envelope.
    Envelope,
    /// An envelope, because the value is too long for a direct token.
    OversizeEnvelope,
    /// Direct, with classic tags.
    Classic,
}

impl Encryptor {
    /// Encrypts the body of a request as [`encrypt_body`](Self::encrypt_body) does, and says what became of each value in place of
    /// the body.
    ///
    /// # Errors
    /// [`EncryptError`], as there.
    pub fn explain_body<R: TryCryptoRng + ?Sized>(
        &self,
        request: &Request<'_>,
        rng: &mut R,
    ) -> Result<ExplainedBody, EncryptError> {
        let explained = self.explain_leaving_traces(request, rng);
        stack::wipe();
        explained
    }

    #[inline(never)]
    fn explain_leaving_traces<R: TryCryptoRng + ?Sized>(
        &self,
        request: &Request<'_>,
        rng: &mut R,
    ) -> Result<ExplainedBody, EncryptError> {
        let body = request.body.unwrap_or_default();
        let request = Request { body: Some(body), ..*request };
        let planned = self.plan(&request, true)?;
        let plan = planned.body.ok_or(EncryptError::EncryptionFailed)?;
        let mut data_keys = DataKeys::new();
        data_keys.begin(&self.policy, None);
        let sealed = Sealer::new(self, rng, &mut data_keys, None).seal(&plan)?;
        let content_type =
            request.content_type.and_then(MediaType::new).ok_or(EncryptError::ContentTypeUnsupported)?;
        let format =
            self.policy.content_types.format(&content_type).ok_or(EncryptError::ContentTypeUnsupported)?;
        let mut explainer = Explainer::new(self, Scope::of_body(self, &request, &content_type), &plan);
        match format {
            BodyFormat::Pass => {}
            BodyFormat::Json => explainer.json_text(0..body.len(), None, Base::Root)?,
            BodyFormat::NdJson => {
                for (line, span) in lines_of(body) {
                    explainer.json_text(span, Some(line), Base::Root)?;
                }
            }
            BodyFormat::Form => explainer.form()?,
            BodyFormat::Multipart => explainer.multipart(content_type.boundary().unwrap_or_default())?,
        }
        Ok(ExplainedBody {
            report: planned.report,
            input_bytes: body.len(),
            output_bytes: sealed.map_or(body.len(), |sealed| sealed.len()),
            format: format.name(),
            values: explainer.values,
        })
    }

    /// What would be encrypted, in numbers.
    #[cfg(test)]
    pub(crate) fn report_of(&self, body: &[u8], content_type: &str) -> Result<EncryptReport, EncryptError> {
        let request = Request { content_type: Some(content_type), body: Some(body), ..Request::default() };
        Ok(self.plan(&request, true)?.report)
    }

    /// For each byte of a body whether it would be left.
    #[cfg(test)]
    pub(crate) fn left_of(&self, request: &Request<'_>) -> Result<Vec<bool>, EncryptError> {
        let plan = self.plan(request, true)?.body.unwrap();
        let mut left = vec![true; plan.text.len()];
        for replacement in plan.replacements {
            left[replacement.span].fill(false);
        }
        Ok(left)
    }
}

/// The lines that are not blank, by their numbers.
fn lines_of(body: &[u8]) -> impl Iterator<Item = (usize, Range<usize>)> {
    let (mut counted, mut number) = (0_usize, 1_usize);
    lines(body).map(move |span| {
        let before = body.get(counted..span.start).unwrap_or_default();
        number = number.saturating_add(memchr::memchr_iter(b'\n', before).count());
        counted = span.start;
        (number, span)
    })
}

/// Where a JSON text stands.
#[derive(Clone, Copy)]
enum Base<'n> {
    Root,
    /// In a field of a form.
    Field(&'n str),
}

struct Explainer<'e, 'p> {
    encryptor: &'e Encryptor,
    scope: Scope<'e>,
    text: &'p [u8],
    /// Rule and form of each token, by where the value begins.
    tokens: BTreeMap<usize, (Range<usize>, usize, Form, super::place::Place)>,
    values: Vec<ExplainedValue>,
}

impl<'e, 'p> Explainer<'e, 'p> {
    fn new(encryptor: &'e Encryptor, scope: Scope<'e>, plan: &Plan<'p>) -> Self {
        let tokens = plan.replacements.iter().filter_map(|replacement| match replacement.by {
            By::Token { place, rule, form } => {
                Some((replacement.span.start, (replacement.span.clone(), rule, form, place)))
            }
            By::Length(_) => None,
        });
        Self { encryptor, scope, text: plan.text, tokens: tokens.collect(), values: Vec::new() }
    }

    fn json_text(
        &mut self,
        span: Range<usize>,
        line: Option<usize>,
        base: Base<'_>,
    ) -> Result<(), EncryptError> {
        let input = self.text.get(..span.end).unwrap_or(self.text);
        let mut lexer = Lexer::new(input, span.start, self.encryptor.policy.max_depth);
        let mut readings = match base {
            Base::Root => Readings::of_text(&self.scope),
            Base::Field(name) => Readings::of_field(&self.scope, name),
        };
        let mut pointer = Pointer::default();
        let mut name = None;
        if let Base::Field(field) = base {
            pointer.value();
            pointer.enter(false);
            pointer.name(field.as_bytes(), false);
            name = Some(field.into());
        }
        // For each open container whether it is an array; and inside what is passed over.
        let (mut open, mut skipped): (Vec<bool>, Option<usize>) = (Vec::new(), None);
        while let Some(event) = lexer.next()? {
            match event {
                Event::Name(text) if skipped.is_none() => {
                    let json = input.get(text.inner()).unwrap_or_default();
                    readings.name(json, text.escaped);
                    pointer.name(json, text.escaped);
                    name = Some(String::from_utf8_lossy(&unescape(json).text).into());
                }
                Event::Name(_) => {}
                Event::ObjectStart(at) | Event::ArrayStart(at) => {
                    let is_array = matches!(event, Event::ArrayStart(_));
                    if skipped.is_none() {
                        pointer.value();
                        let decision = readings.decide(&self.scope);
                        self.tell(at, &pointer, line, name.take(), decision, false);
                        if self.tokens.contains_key(&at) {
                            skipped = Some(open.len());
                        } else {
                            readings.enter(is_array);
                            pointer.enter(is_array);
                        }
                    }
                    open.push(is_array);
                }
                Event::End(_) => {
                    open.pop();
                    match skipped {
                        Some(depth) if depth == open.len() => skipped = None,
                        Some(_) => {}
                        None => {
                            readings.leave();
                            pointer.leave();
                        }
                    }
                }
                Event::String(_) | Event::Scalar(_) | Event::Null(_) if skipped.is_some() => {}
                Event::String(text) => {
                    pointer.value();
                    let decision = readings.decide(&self.scope);
                    self.tell(text.quoted().start, &pointer, line, name.take(), decision, false);
                }
                Event::Scalar(ref span) | Event::Null(ref span) => {
                    pointer.value();
                    let decision = readings.decide(&self.scope);
                    let is_null = matches!(event, Event::Null(_));
                    self.tell(span.start, &pointer, line, name.take(), decision, is_null);
                }
            }
        }
        Ok(())
    }

    fn form(&mut self) -> Result<(), EncryptError> {
        for field in fields(self.text) {
            let name = self.text.get(field.name.clone()).and_then(decode);
            let (Some(name), Some(value)) = (name, field.value) else { continue };
            self.field(&String::from_utf8_lossy(&name), value.start);
        }
        Ok(())
    }

    fn multipart(&mut self, boundary: &str) -> Result<(), EncryptError> {
        for span in parts(self.text, boundary)? {
            let part = Part::read(self.text, span, &self.encryptor.policy.content_types)?;
            match part.kind {
                Kind::Text => self.field(&part.name, part.content.start),
                Kind::Json => self.json_text(part.content, None, Base::Field(&part.name))?,
                Kind::NdJson => {
                    let content = self.text.get(part.content.clone()).unwrap_or_default();
                    for (line, span) in lines_of(content) {
                        let at = |offset: usize| part.content.start.saturating_add(offset);
                        self.json_text(at(span.start)..at(span.end), Some(line), Base::Field(&part.name))?;
                    }
                }
                Kind::Opaque => {}
            }
        }
        Ok(())
    }

    /// A field whose value is text that begins there.
    fn field(&mut self, name: &str, start: usize) {
        let decision = Readings::of_field(&self.scope, name).decide(&self.scope);
        let mut pointer = Pointer::default();
        pointer.value();
        pointer.enter(false);
        pointer.name(name.as_bytes(), false);
        self.tell(start, &pointer, None, Some(name.into()), decision, false);
    }

    fn tell(
        &mut self,
        start: usize,
        pointer: &Pointer,
        line: Option<usize>,
        name: Option<Box<str>>,
        decision: Decision,
        is_null: bool,
    ) {
        let field = |rule: Option<u32>| {
            let rule = self.encryptor.policy.rules.get(usize::try_from(rule?).ok()?)?;
            Some(rule.name.clone())
        };
        let encrypted = self.tokens.get(&start).and_then(|token| self.encrypted(token));
        let outcome = match (encrypted, field(decision.encrypting), field(decision.reporting)) {
            (Some(outcome), ..) => outcome,
            (None, Some(field), _) if is_null => Outcome::NullKept { field },
            (None, None, Some(field)) => Outcome::Reported { field },
            _ => Outcome::Stayed,
        };
        self.values.push(ExplainedValue { pointer: pointer.text(false), line, name, outcome });
    }

    fn encrypted(
        &self,
        (span, rule, form, place): &(Range<usize>, usize, Form, super::place::Place),
    ) -> Option<Outcome> {
        let policy = &self.encryptor.policy;
        let (header, rule) = (self.encryptor.headers.get(*rule)?, policy.rules.get(*rule)?);
        let key = policy.keys.get(rule.key)?;
        let measures = place.plaintext(self.text, span).ok()?;
        let size = key.public_key.size();
        let (text, json) = (measures.text_bytes, measures.json_bytes);
        let (form, value_bytes, token_chars) = match (form, &key.tags) {
            (Form::Classic, tags) => (TokenForm::Classic, text, token::classic_chars(tags.as_ref()?, size)),
            (Form::Text, _) => (TokenForm::Direct, text, token::direct_chars(&key.id, size)),
            (Form::Value, _) => (TokenForm::Direct, json, token::direct_chars(&key.id, size)),
            (Form::Envelope, _) => {
                let form = if rule.mode == Mode::Envelope {
                    TokenForm::Envelope
                } else {
                    TokenForm::OversizeEnvelope
                };
                let padded = envelope::padded_bytes(json);
                (form, json, token::envelope_chars(&key.id, size, header.len(), padded))
            }
        };
        let (field, key) = (rule.name.clone(), key.id.clone());
        Some(Outcome::Encrypted { field, key, form, value_bytes, token_chars })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Policy;

    const A: &str = include_str!("../../../../test-vectors/keys/rsa2048-a.public.pem");
    const B: &str = include_str!("../../../../test-vectors/keys/rsa3072.public.pem");

    fn encryptor() -> Encryptor {
        let policy = json!({
            "version": 1,
            "keys": {"a": {"public_key": A}, "b": {"public_key": B}, "c": {"public_key": A, "prefix": "#[", "suffix": "]#"}},
            "content_types": {"application/json": "json", "application/x-ndjson": "ndjson", "text/plain": "pass",
                "application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"},
            "fields": [
                {"name": "ssn", "path": "$..ssn", "key": "a"},
                {"name": "email", "path": "$..email", "key": "b", "mode": "envelope"},
                {"name": "iban", "path": "$..iban", "key": "c"},
                {"name": "pin", "path": "$..pin", "key": "b", "action": "report"},
            ],
        });
        Encryptor::new(Policy::from_json(policy.to_string().as_bytes()).unwrap())
    }

    /// Where each value stands and what became of it; and that the lengths that are told are those of the tokens.
    fn explained(body: &str, content_type: &str) -> Vec<String> {
        let request =
            Request { content_type: Some(content_type), body: Some(body.as_bytes()), ..Request::default() };
        let encryptor = encryptor();
        let explained = encryptor.explain_body(&request, &mut getrandom::SysRng).unwrap();
        let encrypted = encryptor.encrypt_body(&request, &mut getrandom::SysRng).unwrap();
        assert_eq!((explained.input_bytes, explained.output_bytes), (body.len(), encrypted.body.len()));
        assert_eq!(explained.report, encrypted.report);
        let told = explained.values.iter().map(|value| {
            let line = value.line.map(|line| format!("{line}:")).unwrap_or_default();
            let outcome = match &value.outcome {
                Outcome::Encrypted { field, key, form, value_bytes, token_chars } => {
                    // Of this length is a run of characters that a token may have.
                    let text = String::from_utf8_lossy(&encrypted.body);
                    let is_of_token = |it: char| it.is_ascii_alphanumeric() || "_.-#[]+/=".contains(it);
                    let runs: Vec<&str> = text.split(|it| !is_of_token(it)).collect();
                    assert!(
                        content_type.ends_with("urlencoded")
                            || runs.iter().any(|run| run.len() == *token_chars),
                        "{token_chars}"
                    );
                    format!("{field} {key} {form:?} {value_bytes}")
                }
                Outcome::NullKept { field } => format!("{field} null"),
                Outcome::Reported { field } => format!("{field} reported"),
                Outcome::Stayed => "stays".to_owned(),
            };
            format!("{line}{} {outcome}", value.pointer)
        });
        told.collect()
    }

    #[test]
    fn every_value_of_a_body_is_told_and_nothing_inside_one_that_is_encrypted() {
        let long = "x".repeat(200);
        let body = format!(
            r#"{{"ssn": "1", "a~/": [{{"ssn": {{"ssn": 2, "pin": 3}}}}, null, {{"email": "\u00e9"}}], "pin": 4,
                "iban": "DE", "x": {{"ssn": "{long}"}}, "y": {{"ssn": null, "z": true}}}}"#
        );
        assert_eq!(
            explained(&body, "application/json"),
            [
                " stays",
                "/ssn ssn a Direct 1",
                "/a~0~1 stays",
                "/a~0~1/0 stays",
                "/a~0~1/0/ssn ssn a Direct 20",
                "/a~0~1/1 stays",
                "/a~0~1/2 stays",
                "/a~0~1/2/email email b Envelope 8",
                "/pin pin reported",
                "/iban iban c Classic 2",
                "/x stays",
                "/x/ssn ssn a OversizeEnvelope 202",
                "/y stays",
                "/y/ssn ssn null",
                "/y/z stays",
            ]
        );
    }

    #[test]
    fn lines_fields_and_parts_are_told() {
        assert_eq!(
            explained("\n1\n\n{\"ssn\": 1}\r\n{\"ssn\": null}", "application/x-ndjson"),
            ["2: stays", "4: stays", "4:/ssn ssn a Direct 1", "5: stays", "5:/ssn ssn null"]
        );
        assert_eq!(
            explained("ssn=%31+&a[ssn]=&b=c&pin&email", "application/x-www-form-urlencoded"),
            ["/ssn ssn a Direct 2", "/a[ssn] ssn a Direct 0", "/b stays"]
        );
        let part = |name: &str, head: &str, content: &str| {
            format!("--b\r\nContent-Disposition: form-data; name={name}{head}\r\n\r\n{content}\r\n")
        };
        let body = [
            part("ssn", "\r\nContent-Length: 2", "12"),
            part("x", "\r\nContent-Type: application/json", "{\"ssn\": [1]}"),
            part("n", "\r\nContent-Type: application/x-ndjson", "1\n{\"email\": 1}"),
            part("f", "; filename=f", "\0"),
            "--b--".to_owned(),
        ];
        assert_eq!(
            explained(&body.concat(), "multipart/form-data; boundary=b"),
            [
                "/ssn ssn a Direct 2",
                "/x stays",
                "/x/ssn ssn a Direct 3",
                "1:/n stays",
                "2:/n stays",
                "2:/n/email email b Envelope 1",
            ]
        );
        assert_eq!(explained("anything", "text/plain"), [""; 0]);
    }
}
