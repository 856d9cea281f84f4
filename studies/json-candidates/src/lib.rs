//! One walk over a JSON document for each candidate: every name and every value with its byte span.

use core::ops::Range;

macro_rules! candidates {
    ($($feature:literal $module:ident)*) => { $(
        #[cfg(feature = $feature)]
        pub mod $module;
        #[cfg(all(feature = $feature, target_family = "wasm"))]
        use $module::Candidate as Chosen;
    )* };
}

candidates! { "aws" aws "baseline" baseline "jiter" jiter "ours" ours "raw" raw "struson" struson }

/// How many containers may be open at once.
pub const MAX_DEPTH: usize = 128;

pub trait Walk {
    /// Tells every name and value by its span, quotation marks and brackets included; `None` if it is not one JSON
    /// text in UTF-8 with at most `max_depth` open containers. Only what a caller can add in a line or two is added
    /// to a candidate here; a laxer grammar stays visible.
    fn walk(input: &[u8], max_depth: usize, see: impl FnMut(Range<usize>)) -> Option<()>;
}

/// The number of names and values, and a checksum over their spans that does not depend on their order.
pub fn tally<W: Walk>(input: &[u8]) -> Option<(u32, u32)> {
    let (mut count, mut sum) = (0_u32, 0_u32);
    W::walk(input, MAX_DEPTH, |span| {
        let mixed = (span.start as u32).wrapping_mul(0x9e37_79b1) ^ (span.end as u32);
        (count, sum) = (count + 1, sum.wrapping_add(mixed.wrapping_mul(0x85eb_ca6b)));
    })?;
    Some((count, sum))
}

/// The number above, the checksum below; all ones if refused.
///
/// # Safety
///
/// `length` readable bytes begin at `start`.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn walk(start: *const u8, length: usize) -> u64 {
    let input = unsafe { core::slice::from_raw_parts(start, length) };
    tally::<Chosen>(input).map_or(u64::MAX, |(count, sum)| u64::from(count) << 32 | u64::from(sum))
}
