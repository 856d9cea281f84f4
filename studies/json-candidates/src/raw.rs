//! serde_json's `RawValue`: borrowed text whose address is the span. Only one level can be opened at a time, so a value
//! is scanned once for every container around it.

use crate::Walk;
use core::{fmt, ops::Range};
use serde::de::{Deserializer as _, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Error, value::RawValue};

pub struct Candidate;

impl Walk for Candidate {
    fn walk(input: &[u8], max_depth: usize, mut see: impl FnMut(Range<usize>)) -> Option<()> {
        let mut tell = |raw: &RawValue| {
            let start = raw.get().as_ptr() as usize - input.as_ptr() as usize;
            see(start..start + raw.get().len());
        };
        Level { depth_left: max_depth, tell: &mut tell }.value(serde_json::from_slice(input).ok()?).ok()
    }
}

struct Level<'f, F> {
    depth_left: usize,
    tell: &'f mut F,
}

impl<F: FnMut(&RawValue)> Level<'_, F> {
    fn value(&mut self, raw: &RawValue) -> Result<(), Error> {
        (self.tell)(raw);
        let array = raw.get().starts_with('[');
        if !array && !raw.get().starts_with('{') {
            return Ok(());
        }
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| Error::custom("too deep"))?;
        let inside = Level { depth_left, tell: self.tell };
        let mut text = Deserializer::from_str(raw.get());
        if array { text.deserialize_seq(inside) } else { text.deserialize_map(inside) }
    }
}

impl<'de, F: FnMut(&RawValue)> Visitor<'de> for Level<'_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a container")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element()? {
            self.value(element).map_err(A::Error::custom)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some((name, value)) = members.next_entry()? {
            (self.tell)(name);
            self.value(value).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
