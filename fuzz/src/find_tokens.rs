//! Finding tokens in plain text.
//!
//! Input: which keyring, how to cut, then the text. **Oracle:** `Inspector` and `Scanner` find what a reader finds that is written from
//! FORMAT.md and tries one place after the other, with the same keys, kinds and ciphertexts; however the text is cut into pieces; and a text of
//! which nothing opens comes out as it went in.

use std::sync::LazyLock;

use edgeseal::{Answer, Fallback, Inspector, Keyring, Kind, Scanner, TextFormat};

use crate::input::Input;
use crate::naive::{self, Classic};
use crate::random::Random;
use crate::vectors::Vectors;

/// Keys with classic tags; one's suffix has a beginning of our own prefix, one's prefix ends in what ours begins with.
const TAGS: [Classic; 10] = [
    Classic { key_id: "c0", prefix: "[enc:", suffix: ":enc]" },
    Classic { key_id: "c1", prefix: "[_", suffix: "]" },
    Classic { key_id: "c2", prefix: "{{", suffix: "}}" },
    Classic { key_id: "c3", prefix: "(x-", suffix: "__" },
    Classic { key_id: "c4", prefix: "(4.", suffix: ")__es" },
    Classic { key_id: "c5", prefix: "~a!", suffix: "~" },
    Classic { key_id: "c6", prefix: "~b!", suffix: "~" },
    Classic { key_id: "c7", prefix: "~c!", suffix: "~" },
    Classic { key_id: "c8", prefix: "$", suffix: "$" },
    Classic { key_id: "c9", prefix: "%__", suffix: "%" },
];

/// None with tags; a few, which are searched for one by one; many, which are not.
static KEYRINGS: LazyLock<[(Keyring, &[Classic]); 3]> = LazyLock::new(|| {
    [0, 2, TAGS.len()].map(|count| {
        let classic = &TAGS[..count];
        let tags = classic.iter().map(|Classic { key_id, prefix, suffix }| {
            format!(r#","{key_id}":{{"private_key_file":"k","prefix":"{prefix}","suffix":"{suffix}"}}"#)
        });
        let keys: String = tags.collect();
        let json = format!(r#"{{"version":1,"keys":{{"k1":{{"private_key_file":"k"}}{keys}}}}}"#);
        (Keyring::from_json(json.as_bytes()).expect("the keyring loads"), classic)
    })
});

/// Gives an input to the product.
///
/// # Panics
/// If the oracle is not content.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (keyring, classic) = input.choose(&KEYRINGS[..]);
    let mut random = Random::new(input.byte().into());
    let text = input.rest();
    let expected = naive::find(text, classic);
    let found: Vec<Place> =
        expected.iter().map(|found| (found.range.start, found.token.clone().map(public))).collect();
    let kept: Vec<_> =
        expected.iter().map(|found| (found.range.start, code(&found.token, keyring))).collect();

    assert_eq!(inspect(text, keyring, || text.len()), found, "whole");
    check_scan(text, keyring, &kept, || text.len());
    for most in [1, 7, 600] {
        // All that waits is looked at with every piece: long texts in single bytes would take too long.
        if text.len() <= 150 * most {
            assert_eq!(inspect(text, keyring, || random.length(most)), found, "in pieces of {most}");
            check_scan(text, keyring, &kept, || random.length(most));
        }
    }
    if text.len() <= 64 {
        for first in 0..text.len() {
            let mut lengths = [first, text.len() - first].into_iter();
            assert_eq!(
                inspect(text, keyring, || lengths.next().expect("two pieces")),
                found,
                "cut at {first}"
            );
        }
    }
}

type Place = (usize, Result<naive::Token, &'static str>);

fn inspect(text: &[u8], keyring: &Keyring, mut length: impl FnMut() -> usize) -> Vec<Place> {
    let mut inspector = Inspector::new(TextFormat::Text);
    let (mut covered, mut read, mut places) = (0, 0, Vec::new());
    loop {
        read = (read + length()).min(text.len());
        let is_last = read == text.len();
        let inspected =
            inspector.inspect(&text[covered..read], is_last, keyring).expect("text can be anything");
        covered += inspected.covered();
        places.extend(inspected.tokens().iter().map(|found| {
            let token = found.token().map_err(|error| error.code()).map(|token| naive::Token {
                key_id: token.key_id().as_str().to_owned(),
                kind: letter(token.kind()),
                rsa: token.ciphertext().to_vec(),
                sealed: None,
            });
            (found.offset(), token)
        }));
        if is_last {
            assert_eq!(covered, text.len(), "the last piece is covered");
            return places;
        }
    }
}

fn check_scan(text: &[u8], keyring: &Keyring, expected: &[(usize, &str)], mut length: impl FnMut() -> usize) {
    let mut scanner = Scanner::new(TextFormat::Text);
    let (mut covered, mut read, mut kept, mut output) = (0, 0, Vec::new(), Vec::new());
    loop {
        read = (read + length()).min(text.len());
        let is_last = read == text.len();
        let scan = scanner.scan(&text[covered..read], is_last, keyring).expect("text can be anything");
        let answers = vec![Answer::Failed; scan.ciphertexts().len()];
        let spliced = scan.splice_with(&answers, |_, _| Fallback::Keep).expect("nothing fails the whole");
        covered += scan.covered();
        output.extend_from_slice(&spliced.body);
        kept.extend(spliced.report.kept().iter().map(|kept| (kept.offset(), kept.code())));
        if is_last {
            break;
        }
    }
    assert_eq!(kept, expected);
    assert_eq!(output, text);
}

/// What is reported of a token that does not open.
fn code(token: &Result<naive::Token, &'static str>, keyring: &Keyring) -> &'static str {
    match token {
        Err(code) => code,
        Ok(token) if keyring.iter().any(|(key_id, _)| key_id.as_str() == token.key_id) => "decryption_failed",
        Ok(_) => "token_key_unknown",
    }
}

/// What the product tells of a token.
fn public(token: naive::Token) -> naive::Token {
    naive::Token { sealed: None, ..token }
}

fn letter(kind: Kind) -> char {
    match kind {
        Kind::Text => 's',
        Kind::Value => 'v',
        Kind::Envelope => 'e',
        Kind::Classic => 'c',
    }
}

/// The vectors of tokens, and tokens with tags.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let texts = vectors.of("token").filter_map(|vector| vector.bytes("text"));
    let own = texts.enumerate().map(|(index, text)| [&[0, index.to_le_bytes()[0]][..], &text].concat());
    let tagged = TAGS.iter().enumerate().map(|(index, tags)| {
        let base64 = "A".repeat([342, 512, 683][index % 3]) + ["==", "", "="][index % 3];
        [&[2, 0][..], tags.prefix.as_bytes(), base64.as_bytes(), tags.suffix.as_bytes()].concat()
    });
    own.chain(tagged).collect()
}
