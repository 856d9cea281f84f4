//! Simple case folding of names, for origins that compare names without regard to case.

use alloc::boxed::Box;
use alloc::string::String;

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
    let mut upper = character.to_uppercase();
    let upper = match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => character,
    };
    // Unicode's simple lower case of U+0130 is `i`, the first character of its full lower case.
    upper.to_lowercase().next().unwrap_or(upper)
}

#[cfg(test)]
mod tests {
    use super::*;

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
