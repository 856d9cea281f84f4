//! The first pass: reads the body once, decides what becomes of each value, and adds up the size of the output.

use core::ops::Range;
use std::collections::BTreeSet;

use super::{EncryptError, EncryptReport};
use crate::content_type::MediaType;
use crate::envelope;
use crate::json::{Event, JsonText, Lexer, has_text, is_minimal, lines, unescape};
use crate::matcher::{Cursor, FirstRules};
use crate::policy::{Mode, Policy, PolicyKey, Rule};
use crate::token::{self, Finder};

/// A token could be written with escapes in JSON that stands in a JSON string, and so on; so many levels are looked through.
const ESCAPE_LEVELS: usize = 4;

/// What becomes of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replacement {
    /// Where its JSON text stands in the body.
    pub(super) span: Range<usize>,
    /// The index of the rule.
    pub(super) rule: usize,
    pub(super) form: Form,
}

/// The form of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Value,
    Envelope,
    Classic,
}

/// Everything that is going to be replaced.
#[derive(Debug)]
pub(super) struct Plan {
    replacements: Vec<Replacement>,
    output_bytes: usize,
}

impl Plan {
    pub(super) fn replacements(&self) -> &[Replacement] {
        &self.replacements
    }

    pub(super) fn is_empty(&self) -> bool {
        self.replacements.is_empty()
    }

    pub(super) fn output_bytes(&self) -> usize {
        self.output_bytes
    }

    pub(super) fn report(&self, policy: &Policy) -> EncryptReport {
        let mut rules = vec![0_usize; policy.rules.len()];
        let mut keys = vec![0_usize; policy.keys.len()];
        for replacement in &self.replacements {
            let key = policy.rules.get(replacement.rule).map(|rule| rule.key);
            for count in
                rules.get_mut(replacement.rule).into_iter().chain(key.and_then(|key| keys.get_mut(key)))
            {
                *count = count.saturating_add(1);
            }
        }
        let some = |count: &usize| *count > 0;
        let rules =
            policy.rules.iter().map(|rule| rule.name.clone()).zip(rules).filter(|(_, count)| some(count));
        let keys = policy.keys.iter().map(|key| key.id.clone()).zip(keys).filter(|(_, count)| some(count));
        EncryptReport::new(rules.collect(), keys.collect())
    }
}

/// Reads one body.
pub(super) struct Planner<'p> {
    policy: &'p Policy,
    headers: &'p [Box<[u8]>],
    body: &'p [u8],
    /// What to refuse in strings, if foreign tokens are refused.
    foreign: Option<&'p Finder<'p>>,
    plan: Plan,
    /// Of the rules that match a value, the one that decides.
    first_rules: FirstRules,
    /// The rules that have to decide about a value in every JSON text.
    required: Vec<usize>,
    /// The JSON texts so far; in NDJSON there are many.
    texts: usize,
    /// For each rule the last text in which it decided, from 1: so a new text has nothing to clear.
    decided_in: Vec<usize>,
}

impl<'p> Planner<'p> {
    pub(super) fn new(
        policy: &'p Policy,
        headers: &'p [Box<[u8]>],
        body: &'p [u8],
        content_type: &MediaType,
        foreign: Option<&'p Finder<'p>>,
    ) -> Self {
        let plan = Plan { replacements: Vec::new(), output_bytes: body.len() };
        let applies: Vec<bool> = policy.rules.iter().map(|rule| rule.applies_to(content_type)).collect();
        let first_rules = policy.matcher.first_rules(|rule| {
            usize::try_from(rule).ok().and_then(|index| applies.get(index)).is_some_and(|applies| *applies)
        });
        let rules = policy.rules.iter().zip(&applies).enumerate();
        let required =
            rules.filter(|(_, (rule, applies))| rule.required && **applies).map(|(index, _)| index).collect();
        let decided_in = vec![0; policy.rules.len()];
        Self { policy, headers, body, foreign, plan, first_rules, required, texts: 0, decided_in }
    }

    pub(super) fn finish(self) -> Plan {
        self.plan
    }

    /// Every line that is not blank is one JSON text.
    pub(super) fn lines(&mut self) -> Result<(), EncryptError> {
        lines(self.body).try_for_each(|line| self.text(line.start, line.end))
    }

    /// One JSON text, from `start` to `end` of the body.
    pub(super) fn text(&mut self, start: usize, end: usize) -> Result<(), EncryptError> {
        let input = self.body.get(..end).unwrap_or(self.body);
        let mut lexer = Lexer::new(input, start, self.policy.max_depth);
        let mut cursor = Cursor::new(&self.policy.matcher);
        let mut names = self.policy.refuse_duplicate_names.then(Vec::<BTreeSet<Vec<u8>>>::new);
        // A container that is replaced as a whole: where it begins, its rule, and how many containers are open in it.
        let mut whole: Option<(usize, u32, usize)> = None;
        self.texts = self.texts.saturating_add(1);

        while let Some(event) = lexer.next()? {
            match event {
                Event::Name(name) => {
                    self.refuse_hidden_token(input, name)?;
                    if let Some(names) = &mut names {
                        refuse_duplicate(input, name, names)?;
                    }
                    if whole.is_none() {
                        cursor.name(input.get(name.inner()).unwrap_or_default(), name.escaped);
                    }
                }
                Event::ObjectStart(at) | Event::ArrayStart(at) => {
                    if let Some(names) = &mut names {
                        names.push(BTreeSet::new());
                    }
                    match &mut whole {
                        Some((_, _, open)) => *open = open.saturating_add(1),
                        None => match self.decides(&mut cursor) {
                            Some(rule) => whole = Some((at, rule, 1)),
                            None => cursor.enter(matches!(event, Event::ArrayStart(_))),
                        },
                    }
                }
                Event::End(at) => {
                    if let Some(names) = &mut names {
                        names.pop();
                    }
                    match &mut whole {
                        Some((start, rule, 1)) => {
                            let (span, rule) = (*start..at.saturating_add(1), *rule);
                            whole = None;
                            self.value(span, rule, None)?;
                        }
                        Some((_, _, open)) => *open = open.saturating_sub(1),
                        None => cursor.leave(),
                    }
                }
                Event::String(string) => {
                    self.refuse_hidden_token(input, string)?;
                    if whole.is_none()
                        && let Some(rule) = self.decides(&mut cursor)
                    {
                        self.value(string.quoted(), rule, Some(string))?;
                    }
                }
                Event::Scalar(span) => {
                    if whole.is_none()
                        && let Some(rule) = self.decides(&mut cursor)
                    {
                        self.value(span, rule, None)?;
                    }
                }
                Event::Null(span) => {
                    if whole.is_none()
                        && let Some(rule) = self.decides(&mut cursor)
                    {
                        self.null(span, rule)?;
                    }
                }
            }
        }
        self.refuse_missing_fields()
    }

    /// The rule that decides about the value at the cursor.
    fn decides(&self, cursor: &mut Cursor<'_>) -> Option<u32> {
        cursor.value().and_then(|rules| self.first_rules.of(rules))
    }

    fn null(&mut self, span: Range<usize>, rule: u32) -> Result<(), EncryptError> {
        let (index, rule_ref, _) = self.rule(rule)?;
        if rule_ref.encrypt_null {
            return self.value(span, rule, None);
        }
        self.decide(index);
        Ok(())
    }

    /// A value that is going to be replaced; `string` if it is one.
    fn value(&mut self, span: Range<usize>, rule: u32, string: Option<JsonText>) -> Result<(), EncryptError> {
        let (index, rule, key) = self.rule(rule)?;
        self.decide(index);
        let limit = self.policy.max_fields;
        if self.plan.replacements.len() >= limit {
            return Err(EncryptError::TooManyValues { limit });
        }
        let size = key.public_key.size();
        let form = self.form(rule, key, &span, string)?;
        let token_chars = match (form, &key.tags) {
            (Form::Classic, Some(tags)) => token::classic_chars(tags, size),
            (Form::Envelope, _) => {
                let header = self.headers.get(index).ok_or(EncryptError::EncryptionFailed)?;
                token::envelope_chars(&key.id, size, header.len(), envelope::padded_bytes(span.len()))
            }
            _ => token::direct_chars(&key.id, size),
        };
        self.plan.output_bytes =
            self.plan.output_bytes.saturating_sub(span.len()).saturating_add(token_chars).saturating_add(2);
        self.plan.replacements.push(Replacement { span, rule: index, form });
        Ok(())
    }

    fn form(
        &self,
        rule: &Rule,
        key: &PolicyKey,
        span: &Range<usize>,
        string: Option<JsonText>,
    ) -> Result<Form, EncryptError> {
        let inner = string.and_then(|string| Some((string, self.body.get(string.inner())?)));
        let (form, plaintext_bytes) = match inner {
            _ if rule.mode == Mode::Envelope => return Ok(Form::Envelope),
            Some((string, json)) if key.tags.is_some() && (!string.escaped || has_text(json)) => {
                (Form::Classic, text_bytes(string, json))
            }
            _ if key.tags.is_some() => return Err(EncryptError::ValueNotString { field: rule.name.clone() }),
            Some((string, json)) if !string.escaped || is_minimal(json) => {
                (Form::Text, text_bytes(string, json))
            }
            _ => (Form::Value, span.len()),
        };
        if plaintext_bytes <= key.public_key.size().max_direct_bytes() {
            return Ok(form);
        }
        match rule.mode {
            Mode::DirectOrReject => Err(EncryptError::ValueTooLong { field: rule.name.clone() }),
            Mode::DirectOrEnvelope | Mode::Envelope => Ok(Form::Envelope),
        }
    }

    fn rule(&self, rule: u32) -> Result<(usize, &'p Rule, &'p PolicyKey), EncryptError> {
        let index = usize::try_from(rule).ok();
        let rule = index.and_then(|index| Some((index, self.policy.rules.get(index)?)));
        rule.and_then(|(index, rule)| Some((index, rule, self.policy.keys.get(rule.key)?)))
            .ok_or(EncryptError::EncryptionFailed)
    }

    fn decide(&mut self, rule: usize) {
        if let Some(text) = self.decided_in.get_mut(rule) {
            *text = self.texts;
        }
    }

    /// Costs no more than the values do: every required rule that is passed has decided about one in this text.
    fn refuse_missing_fields(&self) -> Result<(), EncryptError> {
        let missing = self.required.iter().find(|rule| self.decided_in.get(**rule) != Some(&self.texts));
        match missing.and_then(|rule| self.policy.rules.get(*rule)) {
            Some(rule) => Err(EncryptError::FieldMissing { field: rule.name.clone() }),
            None => Ok(()),
        }
    }

    /// Refuses a string in which escapes hide a token; one in plain sight has been found before.
    fn refuse_hidden_token(&self, input: &[u8], string: JsonText) -> Result<(), EncryptError> {
        let (Some(finder), true) = (self.foreign, string.escaped) else { return Ok(()) };
        let mut text = unescape(input.get(string.inner()).unwrap_or_default()).text;
        for _ in 0..ESCAPE_LEVELS {
            if finder.finds_any(&text) {
                return Err(EncryptError::ForeignToken);
            }
            if memchr::memchr(b'\\', &text).is_none() {
                break;
            }
            text = unescape(&text).text;
        }
        Ok(())
    }
}

/// The length of a string's text, in bytes.
fn text_bytes(string: JsonText, json: &[u8]) -> usize {
    if string.escaped { unescape(json).text.len() } else { json.len() }
}

fn refuse_duplicate(
    input: &[u8],
    name: JsonText,
    names: &mut [BTreeSet<Vec<u8>>],
) -> Result<(), EncryptError> {
    let text = unescape(input.get(name.inner()).unwrap_or_default()).text;
    if names.last_mut().is_none_or(|seen| seen.insert(text.to_vec())) {
        return Ok(());
    }
    Err(EncryptError::DuplicateName { offset: name.quoted().start })
}
