//! Texts that come in pieces: a token may be cut anywhere.

use edgeseal::{Delimiter, Fallback, Scanner, TextFormat};

use crate::common::pieces::{Outcome, in_pieces};
use crate::common::pool::POOL;

fn decrypt(format: TextFormat, text: &str, lengths: &[usize]) -> Outcome {
    let answer = |ciphertext: &_| POOL.answer(ciphertext);
    let scanner = Scanner::new(format).with_positions();
    in_pieces(scanner, text.as_bytes(), lengths, &POOL.keyring, answer, |_, _| Fallback::Keep).unwrap()
}

#[test]
fn a_token_is_found_in_pieces_of_every_length_and_wherever_it_is_cut() {
    let token =
        |beginning: &str| &*POOL.tokens.iter().find(|(token, _)| token.starts_with(beginning)).unwrap().0;
    let (direct, envelope, classic) = (token("__es1.a.s."), token("__es1.a.e."), token("[enc:"));
    let damaged = &direct[..200];
    for (format, text) in [
        (TextFormat::Text, format!("a {direct} _{envelope}{classic} {damaged} z")),
        (TextFormat::Form, format!("a={direct}&b={envelope}&c={damaged}&d=__e")),
        (
            TextFormat::Json,
            format!(r#"{{"a": "{direct}", "b": ["x {envelope}", "{classic}{damaged}"], "c": "__es"}}"#),
        ),
        (
            TextFormat::NdJson,
            format!("{{\"a\": \"{direct}\"}}\n[\"{envelope}\", \"{damaged}\"]\n\"{classic}\"\n"),
        ),
        (TextFormat::Csv(Delimiter::Comma), format!("a,b\n{direct},\"{envelope}\"\n{classic},{damaged}\n")),
    ] {
        let whole = decrypt(format, &text, &[text.len()]);
        let classic_is_found = usize::from(text.contains(classic));
        assert_eq!((whole.decrypted, whole.kept.len()), (2 + classic_is_found, 1), "{format:?}");
        for length in 1..text.len() {
            assert!(decrypt(format, &text, &[length]) == whole, "{format:?}: pieces of {length}");
            assert!(decrypt(format, &text, &[length, text.len()]) == whole, "{format:?}: cut at {length}");
        }
    }
}
