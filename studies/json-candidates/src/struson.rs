//! struson: `current_position` before and after each call is the span.

use crate::Walk;
use core::ops::Range;
use struson::reader::{JsonReader, JsonStreamReader, ReaderSettings, ValueType};

pub struct Candidate;

impl Walk for Candidate {
    fn walk(input: &[u8], max_depth: usize, mut see: impl FnMut(Range<usize>)) -> Option<()> {
        let settings = ReaderSettings {
            track_path: false,
            max_nesting_depth: u32::try_from(max_depth).ok(),
            restrict_number_values: false,
            ..ReaderSettings::default()
        };
        let mut reader = JsonStreamReader::new_custom(input, settings);
        let at = |reader: &JsonStreamReader<&[u8]>| Some(reader.current_position(false).data_pos? as usize);
        let mut open = Vec::new();
        loop {
            let kind = reader.peek().ok()?;
            let start = at(&reader)?;
            match kind {
                ValueType::Array => reader.begin_array().map(|()| open.push((kind, start))).ok()?,
                ValueType::Object => reader.begin_object().map(|()| open.push((kind, start))).ok()?,
                _ => {
                    reader.skip_value().ok()?;
                    see(start..at(&reader)?);
                }
            }
            while !open.is_empty() && !reader.has_next().ok()? {
                let (kind, start) = open.pop()?;
                match kind {
                    ValueType::Array => reader.end_array().ok()?,
                    _ => reader.end_object().ok()?,
                }
                see(start..at(&reader)?);
            }
            match open.last() {
                None => return reader.consume_trailing_whitespace().ok(),
                Some((ValueType::Array, _)) => {}
                Some(_) => {
                    let start = at(&reader)?;
                    reader.skip_name().ok()?;
                    see(start..at(&reader)?);
                }
            }
        }
    }
}
