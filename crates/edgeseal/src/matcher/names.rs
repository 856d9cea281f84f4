//! The names that paths mention, by number.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// A table of names. It holds the names of a policy alone: a body can look up, and not crowd it.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Open addressing; a power of two, at least twice as many as there are names.
    slots: Vec<Option<u32>>,
    /// Each name with its number, in the order in which they came.
    names: Vec<(Box<str>, u32)>,
    /// A bit for each length, in bytes, that a name has; and for the first byte of each name. Most names of a body need no more than
    /// this to be told apart.
    lengths: u64,
    firsts: [u64; 4],
}

impl Names {
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.names.iter().map(|(name, number)| (&**name, *number))
    }

    pub(super) fn insert(&mut self, name: Box<str>, number: u32) {
        let count = self.names.len().saturating_add(1);
        if count.saturating_mul(2) > self.slots.len() {
            self.slots = vec![None; count.saturating_mul(4).next_power_of_two()];
            for index in 0..self.names.len() {
                self.take_slot(index);
            }
        }
        self.lengths |= length_bit(name.len());
        let first = name.bytes().next().unwrap_or(0);
        if let Some(bits) = self.firsts.get_mut(usize::from(first / 64)) {
            *bits |= 1 << (first % 64);
        }
        self.names.push((name, number));
        self.take_slot(count.saturating_sub(1));
    }

    /// The number of a name.
    #[inline(always)]
    pub(super) fn get(&self, name: &[u8]) -> Option<u32> {
        let first = name.first().copied().unwrap_or(0);
        let firsts = self.firsts.get(usize::from(first / 64)).copied().unwrap_or(0);
        if self.lengths & length_bit(name.len()) == 0 || firsts & (1 << (first % 64)) == 0 {
            return None;
        }
        self.find(name, |byte| byte)
    }

    /// The number of a name in lower case, given an ASCII name in any case.
    pub(super) fn get_ignoring_case(&self, name: &[u8]) -> Option<u32> {
        if self.lengths & length_bit(name.len()) == 0 {
            return None;
        }
        self.find(name, |byte| byte.to_ascii_lowercase())
    }

    #[inline(never)]
    fn find(&self, name: &[u8], as_written: impl Fn(u8) -> u8) -> Option<u32> {
        let bytes = || name.iter().map(|byte| as_written(*byte));
        // There is always an empty slot.
        for slot in self.slots_from(hash(bytes())) {
            let (candidate, number) = self.names.get(usize::try_from((*slot)?).ok()?)?;
            if candidate.bytes().eq(bytes()) {
                return Some(*number);
            }
        }
        None
    }

    /// The slots where a name is looked for, one after the other.
    fn slots_from(&self, hash: usize) -> impl Iterator<Item = &Option<u32>> {
        let (before, from) = self.slots.split_at(hash & self.slots.len().saturating_sub(1));
        from.iter().chain(before)
    }

    fn take_slot(&mut self, index: usize) {
        let Some((name, _)) = self.names.get(index) else { return };
        let home = hash(name.bytes()) & self.slots.len().saturating_sub(1);
        let (before, from) = self.slots.split_at_mut(home);
        if let Some(slot) = from.iter_mut().chain(before).find(|slot| slot.is_none()) {
            *slot = u32::try_from(index).ok();
        }
    }
}

/// FNV-1a. Who chooses the names of a body gets no further with it than past names of the policy.
fn hash(name: impl Iterator<Item = u8>) -> usize {
    let hash = name.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    usize::try_from(hash ^ (hash >> 15)).unwrap_or(0)
}

/// The bit of a length; the last is for all that are longer.
fn length_bit(bytes: usize) -> u64 {
    1 << bytes.min(63)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn table(count: u32) -> Names {
        let mut names = Names::default();
        (0..count).for_each(|number| names.insert(format!("n{number}").into(), number));
        names
    }

    #[test]
    fn every_name_is_found_and_no_other() {
        for count in [0, 1, 2, 3, 100, 1_000] {
            let names = table(count);
            for number in 0..count + 1_000 {
                let name = format!("n{number}");
                assert_eq!(names.get(name.as_bytes()), Some(number).filter(|number| *number < count));
                let upper = name.to_ascii_uppercase();
                assert_eq!(names.get(upper.as_bytes()), None);
                assert_eq!(names.get_ignoring_case(upper.as_bytes()), names.get(name.as_bytes()));
            }
        }
    }

    /// Whoever sends a body chooses the names that are looked up, and can choose them so that each is looked for where that takes longest.
    #[test]
    fn no_name_that_a_body_can_have_is_compared_with_more_than_a_few_names() {
        for count in [1, 2, 3, 1_000, 10_000, 100_000] {
            let names = table(count);
            let slots = names.slots.len();
            assert!(slots >= 2 * names.names.len());
            let longest =
                (0..slots).map(|home| names.slots_from(home).take_while(|slot| slot.is_some()).count());
            let longest = longest.max().unwrap();
            assert!(longest <= 40, "{count} names: {longest}");
        }
    }

    #[test]
    fn names_of_a_policy_that_are_all_looked_for_in_one_place_are_all_found() {
        let mut names = table(1_000);
        let place = |name: &str| hash(name.bytes()) & (names.slots.len() - 1);
        let home = (0..names.slots.len())
            .max_by_key(|home| names.slots_from(*home).take_while(|slot| slot.is_some()).count())
            .unwrap();
        let mut colliding = (0_u64..).map(|number| format!("m{number}")).filter(|name| place(name) == home);
        let others: Vec<String> = colliding.by_ref().take(100).collect();
        for other in &others {
            assert_eq!(names.get(other.as_bytes()), None);
        }
        for (number, other) in (1_000..).zip(&others) {
            names.insert(other.as_str().into(), number);
        }
        for (number, other) in (1_000..).zip(&others) {
            assert_eq!(names.get(other.as_bytes()), Some(number));
        }
    }

    #[test]
    fn a_name_may_be_empty_long_or_not_ascii() {
        let mut names = table(10);
        let long = "x".repeat(1_000);
        for (number, name) in (10..).zip(["", "é", "имя", &long]) {
            assert_eq!(names.get(name.as_bytes()), None);
            names.insert(name.into(), number);
            assert_eq!(names.get(name.as_bytes()), Some(number));
        }
        assert_eq!(names.get("x".repeat(999).as_bytes()), None);
    }
}
