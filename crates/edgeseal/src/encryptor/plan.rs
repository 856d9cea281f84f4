//! The first pass: decides what becomes of each value, and adds up the size of the output.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use zeroize::Zeroizing;

use super::field_name::Readings;
use super::leftovers::Suspects;
use super::place::Place;
use super::scope::{Decision, Scope};
use super::{EncryptError, EncryptReport};
use crate::envelope;
use crate::json::unescape;
use crate::policy::{Mode, Policy, PolicyKey, Rule};
use crate::sizes::{IV_BYTES, OAEP_SEED_BYTES};
use crate::token::{self, Finder};

/// A token could be written with escapes in JSON that stands in a JSON string, and so on; so many levels are looked through.
const ESCAPE_LEVELS: usize = 4;

/// What becomes of one place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replacement {
    pub(super) span: Range<usize>,
    pub(super) by: By,
}

/// What comes in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A token for the value that stands there, by the rule with this index.
    Token { place: Place, rule: usize, form: Form },
    /// The length of something that holds tokens now.
    Length(usize),
}

/// The form of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Value,
    Envelope,
    Classic,
}

/// Everything that is going to be replaced in one text.
#[derive(Debug)]
pub(super) struct Plan<'r> {
    pub(super) text: &'r [u8],
    pub(super) replacements: Vec<Replacement>,
    pub(super) output_bytes: usize,
}

impl<'r> Plan<'r> {
    /// A text in which nothing is replaced, so far.
    pub(super) fn of(text: &'r [u8]) -> Self {
        Self { text, replacements: Vec::new(), output_bytes: text.len() }
    }

    /// What sealing it is going to draw, but for data keys.
    pub(super) fn random_bytes(&self) -> usize {
        let bytes = self.replacements.iter().map(|replacement| match replacement.by {
            By::Token { form: Form::Envelope, .. } => IV_BYTES,
            By::Token { .. } => OAEP_SEED_BYTES,
            By::Length(_) => 0,
        });
        bytes.fold(0, usize::saturating_add)
    }

    /// Has a length written anew; the replacements from `index` on come after it.
    pub(super) fn write_length(&mut self, index: usize, span: Range<usize>, length: usize) {
        let digits = length.to_string().len();
        self.output_bytes = self.output_bytes.saturating_sub(span.len()).saturating_add(digits);
        self.replacements
            .insert(index.min(self.replacements.len()), Replacement { span, by: By::Length(length) });
    }
}

/// What is counted over all texts of a request.
pub(super) struct Tally {
    /// Values to encrypt.
    values: usize,
    /// For each rule, up to the last with anything to count: values encrypted, values reported, refusals reported.
    by_rule: Vec<[usize; 3]>,
    /// Where protected values are looked for, if they are.
    pub(super) suspects: Option<Suspects>,
}

/// Reads one text.
pub(super) struct Planner<'p, 'r> {
    pub(super) policy: &'p Policy,
    headers: &'p [Box<[u8]>],
    pub(super) scope: &'p Scope<'p>,
    pub(super) tally: &'p mut Tally,
    /// What to refuse in strings, if foreign tokens are refused.
    foreign: Option<&'p Finder<'p>>,
    pub(super) plan: Plan<'r>,
    /// Whether the text is a body, in which protected values are looked for.
    is_body: bool,
    /// Whether all of it is counted as one value, in which nothing else is counted.
    pub(super) is_counted: bool,
    /// The documents so far that have to hold what is required; in NDJSON there are many.
    documents: usize,
    /// For each rule, up to the last that decided, the last document in which it did, from 1: so a new document has nothing to clear.
    decided_in: Vec<usize>,
}

impl Tally {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            values: 0,
            by_rule: Vec::new(),
            suspects: policy.leftovers.map(|leftovers| Suspects::new(leftovers.min_chars)),
        }
    }

    fn count(&mut self, rule: usize, what: usize) {
        grow_to(&mut self.by_rule, rule);
        if let Some(count) = self.by_rule.get_mut(rule).and_then(|counts| counts.get_mut(what)) {
            *count = count.saturating_add(1);
        }
    }

    #[inline(never)]
    pub(super) fn report(&self, policy: &Policy, leftovers: usize) -> EncryptReport {
        let by_rule = |what: usize| {
            let counts = policy.rules.iter().zip(&self.by_rule);
            counts
                .filter_map(|(rule, counts)| {
                    counts.get(what).filter(|count| **count > 0).map(|count| (rule.name.clone(), *count))
                })
                .collect()
        };
        let mut keys = vec![0_usize; policy.keys.len()];
        for (rule, [encrypted, ..]) in policy.rules.iter().zip(&self.by_rule) {
            if let Some(count) = keys.get_mut(rule.key) {
                *count = count.saturating_add(*encrypted);
            }
        }
        let keys = policy.keys.iter().map(|key| key.id.clone()).zip(keys).filter(|(_, count)| *count > 0);
        EncryptReport {
            values: self.values,
            rules: by_rule(ENCRYPTED),
            keys: keys.collect(),
            reported: by_rule(REPORTED),
            would_refuse: by_rule(WOULD_REFUSE),
            leftovers,
        }
    }
}

const ENCRYPTED: usize = 0;
const REPORTED: usize = 1;
const WOULD_REFUSE: usize = 2;

impl<'p, 'r> Planner<'p, 'r> {
    pub(super) fn new(
        policy: &'p Policy,
        headers: &'p [Box<[u8]>],
        scope: &'p Scope<'p>,
        tally: &'p mut Tally,
        foreign: Option<&'p Finder<'p>>,
        text: &'r [u8],
        is_body: bool,
    ) -> Self {
        let plan = Plan::of(text);
        Self {
            policy,
            headers,
            scope,
            tally,
            foreign,
            plan,
            is_body,
            is_counted: false,
            documents: 0,
            decided_in: Vec::new(),
        }
    }

    /// Begins a document: something that has to hold what is required.
    pub(super) fn begin(&mut self) {
        self.documents = self.documents.saturating_add(1);
    }

    /// Ends it. Costs no more than the values did: every required rule that is passed has decided about one.
    pub(super) fn end(&mut self) -> Result<(), EncryptError> {
        for index in self.scope.required() {
            if self.decided_in.get(*index) == Some(&self.documents) {
                continue;
            }
            match self.policy.rules.get(*index) {
                Some(rule) if rule.reports => self.tally.count(*index, WOULD_REFUSE),
                Some(rule) => return Err(EncryptError::FieldMissing { field: rule.name.clone() }),
                None => {}
            }
        }
        Ok(())
    }

    /// A value, and what is decided about it. Gives back whether it is going to be replaced.
    pub(super) fn value(
        &mut self,
        span: Range<usize>,
        place: Place,
        decision: Decision,
    ) -> Result<bool, EncryptError> {
        match decision {
            Decision { encrypting: Some(rule), .. } => self.replace(span, place, rule).map(|()| true),
            Decision { reporting: Some(rule), .. } => self.only_count(span, place, rule).map(|()| false),
            Decision { .. } => Ok(false),
        }
    }

    /// A `null`, which stays unless the rule says otherwise.
    pub(super) fn null(&mut self, span: Range<usize>, decision: Decision) -> Result<(), EncryptError> {
        let Some(rule) = decision.encrypting.or(decision.reporting) else { return Ok(()) };
        let (index, rule, _) = self.rule(rule)?;
        if rule.encrypt_null {
            return self.value(span, Place::Json, decision).map(drop);
        }
        self.decided(index);
        Ok(())
    }

    fn replace(&mut self, span: Range<usize>, place: Place, rule: u32) -> Result<(), EncryptError> {
        let (index, rule, key) = self.rule(rule)?;
        self.decided(index);
        let limit = self.policy.max_fields;
        if self.tally.values >= limit {
            return Err(EncryptError::TooManyValues { limit });
        }
        let (form, token_chars) = self.token(index, rule, key, &span, place)?;
        self.tally.values = self.tally.values.saturating_add(1);
        self.tally.count(index, ENCRYPTED);
        let output_bytes = self.plan.output_bytes.saturating_sub(span.len());
        self.plan.output_bytes =
            output_bytes.saturating_add(token_chars).saturating_add(place.quotation_marks());
        if let Some(suspects) = &mut self.tally.suspects {
            suspects.protect(place.text(self.plan.text, &span)?, index);
        }
        self.plan.replacements.push(Replacement { span, by: By::Token { place, rule: index, form } });
        Ok(())
    }

    /// A value that stays because the rule that matches it only reports.
    fn only_count(&mut self, span: Range<usize>, place: Place, rule: u32) -> Result<(), EncryptError> {
        let (index, rule, key) = self.rule(rule)?;
        self.decided(index);
        let what = if self.token(index, rule, key, &span, place).is_ok() { REPORTED } else { WOULD_REFUSE };
        self.tally.count(index, what);
        Ok(())
    }

    /// What is decided about the value at a position.
    #[inline(always)]
    pub(super) fn decide(&self, position: &mut Readings<'_>) -> Decision {
        let decision = position.decide(self.scope);
        if decision.is_some() && self.is_counted {
            Decision { reporting: None, ..decision }
        } else {
            decision
        }
    }

    /// All of a form: it is no value, but one that a rule may match.
    pub(super) fn whole_form(&mut self) -> Result<(), EncryptError> {
        let decision = self.decide(&mut Readings::of_text(self.scope));
        self.no_value(decision)?;
        self.is_counted = decision.reporting.is_some();
        Ok(())
    }

    /// The text is such that every rule that only reports would have it refused, whatever was found in it before.
    pub(super) fn would_refuse(&mut self) {
        for index in self.scope.reports() {
            if let Some(counts) = self.tally.by_rule.get_mut(*index) {
                *counts = [0; 3];
            }
            self.tally.count(*index, WOULD_REFUSE);
        }
    }

    /// Something that has no text, such as a file, and that a rule matches.
    pub(super) fn no_value(&mut self, decision: Decision) -> Result<(), EncryptError> {
        if let Some(rule) = decision.encrypting {
            return Err(EncryptError::ValueNotString { field: self.rule(rule)?.1.name.clone() });
        }
        if let Some(rule) = decision.reporting {
            let (index, ..) = self.rule(rule)?;
            self.decided(index);
            self.tally.count(index, WOULD_REFUSE);
        }
        Ok(())
    }

    /// The form of the token for a value, and its length in characters.
    fn token(
        &self,
        index: usize,
        rule: &Rule,
        key: &PolicyKey,
        span: &Range<usize>,
        place: Place,
    ) -> Result<(Form, usize), EncryptError> {
        let not_a_string = || EncryptError::ValueNotString { field: rule.name.clone() };
        let size = key.public_key.size();
        let value = place.plaintext(self.plan.text, span)?;
        let (form, plaintext_bytes) = match (&value, &key.tags) {
            // In a form base64 would have to be escaped, and so would not have the length that is promised.
            (value, Some(_)) if !value.has_text || place == Place::Form => return Err(not_a_string()),
            (value, Some(_)) => (Form::Classic, value.text_bytes),
            (value, None) if rule.mode == Mode::Envelope => (Form::Envelope, value.json_bytes),
            (value, None) if value.is_minimal => (Form::Text, value.text_bytes),
            (value, None) => (Form::Value, value.json_bytes),
        };
        if form != Form::Envelope && plaintext_bytes > size.max_direct_bytes() {
            if rule.mode == Mode::DirectOrReject {
                return Err(EncryptError::ValueTooLong { field: rule.name.clone() });
            }
            return Ok((Form::Envelope, self.envelope_chars(index, key, value.json_bytes)?));
        }
        let chars = match (form, &key.tags) {
            (Form::Classic, Some(tags)) => token::classic_chars(tags, size),
            (Form::Envelope, _) => self.envelope_chars(index, key, plaintext_bytes)?,
            _ => token::direct_chars(&key.id, size),
        };
        Ok((form, chars))
    }

    fn envelope_chars(
        &self,
        index: usize,
        key: &PolicyKey,
        json_bytes: usize,
    ) -> Result<usize, EncryptError> {
        let header = self.headers.get(index).ok_or(EncryptError::EncryptionFailed)?;
        let padded = envelope::padded_bytes(json_bytes);
        Ok(token::envelope_chars(&key.id, key.public_key.size(), header.len(), padded))
    }

    fn rule(&self, rule: u32) -> Result<(usize, &'p Rule, &'p PolicyKey), EncryptError> {
        let index = usize::try_from(rule).ok();
        let rule = index.and_then(|index| Some((index, self.policy.rules.get(index)?)));
        rule.and_then(|(index, rule)| Some((index, rule, self.policy.keys.get(rule.key)?)))
            .ok_or(EncryptError::EncryptionFailed)
    }

    fn decided(&mut self, rule: usize) {
        grow_to(&mut self.decided_in, rule);
        if let Some(document) = self.decided_in.get_mut(rule) {
            *document = self.documents;
        }
    }

    /// Whether a token is refused where a text hides it.
    pub(super) fn refuses_tokens(&self) -> bool {
        self.foreign.is_some()
    }

    /// Whether protected values are looked for in what [stays](Self::stays).
    pub(super) fn looks_for_leftovers(&self) -> bool {
        self.is_body && self.tally.suspects.is_some()
    }

    /// A text that stays, as it reads after decoding: protected values may be looked for in it.
    pub(super) fn stays(&mut self, decoded: &[u8]) {
        if let (Some(suspects), true) = (&mut self.tally.suspects, self.is_body) {
            suspects.stays(decoded);
        }
    }

    /// Refuses a decoded text in which there is a token. One in plain sight has been found before.
    pub(super) fn refuse_token(&self, decoded: &[u8]) -> Result<(), EncryptError> {
        refuse_token(self.foreign, decoded)
    }
}

/// Makes room for what belongs to a rule.
fn grow_to<T: Clone + Default>(by_rule: &mut Vec<T>, rule: usize) {
    let count = rule.saturating_add(1);
    if count > by_rule.len() {
        by_rule.resize(count, T::default());
    }
}

/// Refuses a text in which there is a token, also behind escapes of JSON in JSON.
pub(super) fn refuse_token(foreign: Option<&Finder<'_>>, decoded: &[u8]) -> Result<(), EncryptError> {
    let Some(finder) = foreign else { return Ok(()) };
    if finder.finds_any(decoded) {
        return Err(EncryptError::ForeignToken);
    }
    let mut text: Option<Zeroizing<Vec<u8>>> = None;
    for _ in 1..ESCAPE_LEVELS {
        let before = text.as_ref().map_or(decoded, |text| text.as_slice());
        if memchr::memchr(b'\\', before).is_none() {
            break;
        }
        let next = unescape(before).text;
        if finder.finds_any(&next) {
            return Err(EncryptError::ForeignToken);
        }
        text = Some(next);
    }
    Ok(())
}
