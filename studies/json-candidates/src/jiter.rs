//! jiter: an index before and after each call is the span. Its byte readers skip the UTF-8 check.

use crate::Walk;
use core::ops::Range;
use jiter::{Jiter, Peek};

pub struct Candidate;

impl Walk for Candidate {
    fn walk(input: &[u8], max_depth: usize, mut see: impl FnMut(Range<usize>)) -> Option<()> {
        core::str::from_utf8(input).ok()?;
        let quoted = |text: &[u8]| {
            let start = text.as_ptr() as usize - input.as_ptr() as usize;
            start - 1..start + text.len() + 1
        };
        let mut jiter = Jiter::new(input);
        let mut open: Vec<(Peek, usize)> = Vec::new();
        // The value to be read, or nothing where a container has just ended.
        let mut next = Some(jiter.peek().ok()?);
        loop {
            let start = jiter.current_index();
            let first = matches!(next, Some(Peek::Array | Peek::Object));
            match next {
                Some(_) if first && open.len() >= max_depth => return None,
                Some(container) if first => open.push((container, start)),
                Some(Peek::String) => see(jiter.known_bytes().map(quoted).ok()?),
                Some(scalar) => {
                    match scalar {
                        Peek::True | Peek::False => drop(jiter.known_bool(scalar).ok()?),
                        Peek::Null => jiter.known_null().ok()?,
                        _ => drop(jiter.known_number_bytes(scalar).ok()?),
                    }
                    see(start..jiter.current_index());
                }
                None => see(open.pop()?.1..start),
            }
            next = match open.last() {
                None => return jiter.finish().ok(),
                Some((Peek::Array, _)) => {
                    if first { jiter.known_array() } else { jiter.array_step() }.ok()?
                }
                Some(_) => {
                    let name = if first { jiter.next_object_bytes() } else { jiter.next_key_bytes() }.ok()?;
                    match name.map(quoted) {
                        None => None,
                        Some(name) => {
                            see(name);
                            Some(jiter.peek().ok()?)
                        }
                    }
                }
            };
        }
    }
}
