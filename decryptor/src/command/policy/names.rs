//! Names that look like others.

/// What is left of a name for the eye: without case, white space, invisible characters and separators, and with Latin letters for those that
/// look like them. Two names of one skeleton may be meant to be one.
pub(super) fn skeleton(name: &str) -> String {
    name.chars()
        .flat_map(look)
        .flat_map(char::to_lowercase)
        .map(latin)
        .filter(|it| it.is_alphanumeric())
        .collect()
}

/// A character without what is only presentation.
fn look(character: char) -> Option<char> {
    match character {
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character).checked_sub(0xfee0)?),
        // Mathematical letters, capitals and then small ones, in fourteen alphabets.
        '\u{1d400}'..='\u{1d6a3}' => {
            let letter = u32::from(character).checked_sub(0x1d400)? % 26;
            char::from_u32(letter.checked_add(u32::from('a'))?)
        }
        '\u{300}'..='\u{36f}' => None,
        character => Some(character),
    }
}

/// The Latin letter that a small letter looks like.
fn latin(letter: char) -> char {
    match letter {
        'а' | 'α' => 'a',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'п' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' | 'ſ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ѵ' | 'ν' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        for name in
            ["SSN", " ssn ", "s_s-n", "s\u{200b}sn", "ѕѕn", "ｓｓｎ", "ſsn", "𝐬𝐬𝐧", "s\u{301}sn", "ssn\u{a0}"]
        {
            assert_eq!(skeleton(name), "ssn", "{name:?}");
        }
        assert_eq!(skeleton("socialSecurity"), skeleton("social_security"));
        assert_ne!(skeleton("ssn2"), skeleton("ssn"));
        assert_eq!(skeleton("--"), "");
    }
}
