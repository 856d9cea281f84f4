//! JSON and NDJSON.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::EncryptError;
use super::field_name::Readings;
use super::place::Place;
use super::plan::Planner;
use super::scope::Decision;
use crate::json::{Event, JsonText, Lexer, lines, unescape};
use crate::seen::SeenNames;

/// A container about which a rule decides as a whole: where it begins, and how many containers are open around it.
struct Whole {
    start: usize,
    depth: usize,
    decision: Decision,
}

impl Planner<'_, '_> {
    /// A body that is one JSON text.
    pub(super) fn json(&mut self) -> Result<(), EncryptError> {
        self.begin();
        self.json_text(0, self.plan.text.len(), &mut Readings::of_text(self.scope))?;
        self.end()
    }

    /// A body in which every line that is not blank is one JSON text.
    #[inline(never)]
    pub(super) fn ndjson(&mut self) -> Result<(), EncryptError> {
        lines(self.plan.text).try_for_each(|line| {
            self.begin();
            self.json_text(line.start, line.end, &mut Readings::of_text(self.scope))?;
            self.end()
        })
    }

    /// One JSON text, from `start` to `end`; `position` is where its value stands.
    pub(super) fn json_text(
        &mut self,
        start: usize,
        end: usize,
        position: &mut Readings<'_>,
    ) -> Result<(), EncryptError> {
        let input = self.plan.text.get(..end).unwrap_or(self.plan.text);
        let mut lexer = Lexer::new(input, start, self.policy.max_depth);
        let mut names = self.policy.refuse_duplicate_names.then(Vec::<SeenNames<'_>>::new);
        let mut depth = 0_usize;
        // A container that is replaced, in which nothing else is looked for; and one that is counted, in which others may decide.
        let (mut replaced, mut counted): (Option<Whole>, Option<Whole>) = (None, None);

        while let Some(event) = lexer.step()? {
            match event {
                Event::Name(name) => {
                    if name.escaped {
                        self.escaped(input, name, replaced.is_none())?;
                    }
                    if let Some(names) = &mut names {
                        refuse_duplicate(input, name, names)?;
                    }
                    if replaced.is_none() {
                        position.name(input.get(name.inner()).unwrap_or_default(), name.escaped);
                    }
                }
                Event::ObjectStart(start) | Event::ArrayStart(start) => {
                    if let Some(names) = &mut names {
                        names.push(SeenNames::default());
                    }
                    if replaced.is_none() {
                        let decision = self.decide(position);
                        let whole = Whole { start, depth, decision };
                        if decision.encrypting.is_some() {
                            replaced = Some(whole);
                        } else {
                            position.enter(matches!(event, Event::ArrayStart(_)));
                            if decision.reporting.is_some() {
                                counted = Some(whole);
                                self.is_counted = true;
                            }
                        }
                    }
                    depth = depth.saturating_add(1);
                }
                Event::End(at) => {
                    depth = depth.saturating_sub(1);
                    if let Some(names) = &mut names {
                        names.pop();
                    }
                    if replaced.is_none() {
                        position.leave();
                    }
                    let ends = |whole: &mut Whole| whole.depth == depth;
                    let end = at.saturating_add(1);
                    if let Some(Whole { start, decision, .. }) = replaced.take_if(ends) {
                        self.value(start..end, Place::Json, decision)?;
                    }
                    if let Some(Whole { start, decision, .. }) = counted.take_if(ends) {
                        self.is_counted = false;
                        self.value(start..end, Place::Json, decision)?;
                    }
                }
                Event::String(string) => {
                    let decision = match &replaced {
                        Some(_) => Decision::default(),
                        None => self.decide(position),
                    };
                    if string.escaped {
                        self.escaped(input, string, replaced.is_none() && decision.encrypting.is_none())?;
                    }
                    if decision.is_some() {
                        self.value(string.quoted(), Place::Json, decision)?;
                    }
                }
                Event::Scalar(span) => {
                    if replaced.is_none()
                        && let decision = self.decide(position)
                        && decision.is_some()
                    {
                        self.value(span, Place::Json, decision)?;
                    }
                }
                Event::Null(span) => {
                    if replaced.is_none()
                        && let decision = self.decide(position)
                        && decision.is_some()
                    {
                        self.null(span, decision)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A string or name that is written with escapes: what it reads.
    #[inline(never)]
    fn escaped(&mut self, input: &[u8], string: JsonText, stays: bool) -> Result<(), EncryptError> {
        let looks_for_tokens = string.disguised && self.refuses_tokens();
        if looks_for_tokens || (stays && self.looks_for_leftovers()) {
            let text = unescape(input.get(string.inner()).unwrap_or_default()).text;
            if looks_for_tokens {
                self.refuse_token(&text)?;
            }
            if stays {
                self.stays(&text);
            }
        }
        Ok(())
    }
}

fn refuse_duplicate<'t>(
    input: &'t [u8],
    name: JsonText,
    names: &mut [SeenNames<'t>],
) -> Result<(), EncryptError> {
    let json = input.get(name.inner()).unwrap_or_default();
    let text = if name.escaped { Cow::Owned(unescape(json).text.to_vec()) } else { Cow::Borrowed(json) };
    if names.last_mut().is_none_or(|seen| seen.add(text)) {
        return Ok(());
    }
    Err(EncryptError::DuplicateName { offset: name.quoted().start })
}
