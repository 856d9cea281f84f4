//! Simple case folding of names, for origins that compare names without regard to case.

mod runs;

use alloc::boxed::Box;
use alloc::string::String;

use runs::RUNS;

/// Folds a name, so that two names an origin may take for the same fold alike.
///
/// Per character: to upper case, then to lower case, where each is one character. That puts every pair of Unicode's simple
/// case folding together (Go's `encoding/json`, ASP.NET, Jackson), the Kelvin sign with `k` and the long s with `s`
/// among them, and the dotted and dotless i with `i` (Java's `equalsIgnoreCase`). Folding too much protects
/// a value more; folding too little would let one through.
pub(crate) fn fold(name: &str) -> Box<str> {
    name.chars().map(fold_char).collect::<String>().into()
}

/// Whether nothing but the name itself folds to it: it has no character with a case.
pub(crate) fn fold_is_plain(name: &str) -> bool {
    name.chars()
        .all(|character| character.to_uppercase().eq([character]) && character.to_lowercase().eq([character]))
}

fn fold_char(character: char) -> char {
    let code = u32::from(character);
    let after = RUNS.partition_point(|run| run.first <= code);
    let Some(run) = after.checked_sub(1).and_then(|index| RUNS.get(index)) else { return character };
    let within = code.wrapping_sub(run.first);
    let distance = u32::from(run.distance);
    let is_member = within.checked_rem(distance) == Some(0)
        && within.checked_div(distance).is_some_and(|index| index < u32::from(run.count));
    let folded = if is_member { code.checked_add_signed(run.offset).and_then(char::from_u32) } else { None };
    folded.unwrap_or(character)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use super::runs::Run;
    use super::*;

    /// What [`fold`] says that it does.
    fn folded_by_definition(character: char) -> char {
        let mut upper = character.to_uppercase();
        let upper = match (upper.next(), upper.next()) {
            (Some(only), None) => only,
            _ => character,
        };
        // Unicode's simple lower case of U+0130 is `i`, the first character of its full lower case.
        upper.to_lowercase().next().unwrap_or(upper)
    }

    fn characters() -> impl Iterator<Item = char> {
        (0..=u32::from(char::MAX)).filter_map(char::from_u32)
    }

    #[test]
    fn every_character_folds_as_defined() {
        for character in characters() {
            assert_eq!(fold_char(character), folded_by_definition(character), "{character:?}");
        }
    }

    #[test]
    fn the_runs_are_the_standard_librarys_of_this_version() {
        let mut runs: Vec<Run> = Vec::new();
        for character in characters() {
            let code = u32::from(character);
            let folded = u32::from(folded_by_definition(character));
            let offset = i32::try_from(i64::from(folded) - i64::from(code)).unwrap();
            if offset == 0 {
                continue;
            }
            if let Some(run) = runs.last_mut()
                && run.offset == offset
            {
                let distance = code - run.first - u32::from(run.count - 1) * u32::from(run.distance);
                if (run.count == 1 && distance <= 2) || distance == u32::from(run.distance) {
                    run.distance = distance.try_into().unwrap();
                    run.count += 1;
                    continue;
                }
            }
            runs.push(Run { first: code, count: 1, distance: 1, offset });
        }
        assert_eq!(runs, RUNS);
    }

    #[test]
    fn what_go_folds_is_folded() {
        for spelling in ["ssn", "SSN", "sSn", "ſſn", "Sſn"] {
            assert_eq!(&*fold(spelling), "ssn");
        }
        assert_eq!(fold("\u{212a}ey"), fold("key"));
        assert_eq!(fold("İd"), fold("id"));
        assert_eq!(fold("ıd"), fold("id"));
        assert_ne!(fold("straße"), fold("strasse"));
    }

    #[test]
    fn nothing_else_folds_to_a_name_without_case() {
        for code in 0..=0x10_ffff_u32 {
            let Some(character) = char::from_u32(code) else { continue };
            let folded = fold_char(character);
            assert!(folded == character || !fold_is_plain(&folded.to_string()), "{character:?}");
        }
        assert!(fold_is_plain("007-_") && !fold_is_plain("7a"));
    }

    /// `regex` folds by Unicode's own tables, which are not ours.
    #[test]
    fn every_simple_case_folding_pair_is_put_together() {
        for code in 0..=0x10_ffff_u32 {
            let Some(character) = char::from_u32(code) else { continue };
            // Only characters with a case can have partners; a pattern for each of the others would take minutes.
            if !character.is_alphabetic() && character.to_lowercase().eq([character]) {
                continue;
            }
            if character.to_lowercase().eq([character]) && character.to_uppercase().eq([character]) {
                continue;
            }
            let partners = regex::Regex::new(&format!("(?i)^\\x{{{code:x}}}$")).unwrap();
            for partner in
                character.to_lowercase().chain(character.to_uppercase()).chain(['s', 'k', 'å', 'ω'])
            {
                if partners.is_match(&partner.to_string()) {
                    assert_eq!(fold_char(character), fold_char(partner), "{character:?} {partner:?}");
                }
            }
        }
    }
}
