//! Forms in parts: `multipart/form-data` (RFC 7578).

use alloc::borrow::Cow;
use core::ops::Range;

use super::EncryptError;
use super::field_name::{Readings, is_too_deep};
use super::form::CHARSET_FIELD;
use super::part::{Kind, Part, parts};
use super::place::Place;
use super::plan::Planner;
use crate::json::{check_utf8, lines};
use crate::seen::SeenNames;

impl Planner<'_, '_> {
    /// A form is read as an object with a member for each part.
    #[inline(never)]
    pub(super) fn multipart(&mut self, boundary: &str) -> Result<(), EncryptError> {
        let text = self.plan.text;
        self.begin();
        self.whole_form()?;
        let mut names = self.policy.refuse_duplicate_names.then(SeenNames::default);
        for span in parts(text, boundary)? {
            let part = Part::read(text, span.clone(), &self.policy.content_types)?;
            if is_too_deep(&part.name, self.policy.max_depth) {
                return Err(EncryptError::MultipartInvalid { offset: span.start });
            }
            if let Some(names) = &mut names
                && !names.add(Cow::Owned(part.name.clone().into_bytes()))
            {
                return Err(EncryptError::DuplicateName { offset: span.start });
            }
            let (replaced, bytes) = (self.plan.replacements.len(), self.plan.output_bytes);
            self.part(&part)?;
            // Clients that write a part's length, which they need not, must not have it wrong.
            if let Some(length) = part.length
                && self.plan.replacements.len() > replaced
            {
                let more = self.plan.output_bytes.saturating_add(part.content.len());
                self.plan.write_length(replaced, length, more.saturating_sub(bytes));
            }
        }
        self.end()
    }

    fn part(&mut self, part: &Part) -> Result<(), EncryptError> {
        let Range { start, end } = part.content;
        let content = self.plan.text.get(start..end).unwrap_or_default();
        let not_utf8 = |offset: usize| EncryptError::NotUtf8 { offset: start.saturating_add(offset) };
        let mut position = Readings::of_field(self.scope, &part.name);
        match part.kind {
            Kind::Json => {
                check_utf8(content).map_err(not_utf8)?;
                self.json_text(start, end, &mut position)
            }
            Kind::NdJson => {
                check_utf8(content).map_err(not_utf8)?;
                lines(content).try_for_each(|line| {
                    let mut position = Readings::of_field(self.scope, &part.name);
                    let at = |offset: usize| start.saturating_add(offset);
                    self.json_text(at(line.start), at(line.end), &mut position)
                })
            }
            Kind::Opaque => self.no_value(self.decide(&mut position)),
            Kind::Text => {
                if part.name.as_bytes().eq_ignore_ascii_case(CHARSET_FIELD)
                    && !content.eq_ignore_ascii_case(b"utf-8")
                {
                    return Err(EncryptError::MultipartInvalid { offset: start });
                }
                self.refuse_token(content)?;
                let decision = self.decide(&mut position);
                if core::str::from_utf8(content).is_err() {
                    return self.no_value(decision);
                }
                self.value(start..end, Place::Text, decision).map(drop)
            }
        }
    }
}
