//! Vectors that move tokens to another key.

use std::collections::BTreeMap;

use edgeseal::{
    Ciphertext, Destination, KeyId, Keyring, RewrapAnswer, RewrapCheck, RewrapError, Scanner, Selection,
    TextFormat,
};
use serde_json::{Value, json};

use crate::case::{Case, hex};
use crate::decrypting::{format_of, opened};

struct Move<'c> {
    keyring: Keyring,
    from: Vec<KeyId>,
    to: Destination,
    format: TextFormat,
    /// By key and ciphertext.
    answers: BTreeMap<(&'c str, Vec<u8>), Vec<u8>>,
}

pub(crate) fn rewraps(case: &Case<'_>) {
    let keyring = Keyring::from_json(case.group["keyring"].to_string().as_bytes()).unwrap();
    let id = |value: &Value| KeyId::new(value.as_str().unwrap()).unwrap();
    let to = id(&case.group["to"]);
    let pairs = case.test["ciphertexts"].as_array().into_iter().flatten();
    let bytes = |value: &Value| hex(value.as_str().unwrap());
    let it = Move {
        from: case.group["from"].as_array().unwrap().iter().map(id).collect(),
        to: Destination::new(to.clone(), keyring.get(&to).unwrap()),
        keyring,
        format: format_of(case.text("format").unwrap()),
        answers: pairs
            .map(|pair| ((pair["key"].as_str().unwrap(), bytes(&pair["before"])), bytes(&pair["after"])))
            .collect(),
    };
    let input = case.bytes("input");
    for length in [usize::MAX >> 1, 1, 100] {
        let moved = it.run(case, &input, length).map_err(|error| error.code());
        let Ok((output, report)) = moved else {
            assert_eq!((moved.err(), case.is_valid()), (Some(case.code()), false), "{}", case.name());
            continue;
        };
        assert!(case.is_valid(), "{}: moves", case.name());
        assert!(output == case.bytes("output"), "{}: another output", case.name());
        assert_eq!(report, case.test["report"], "{}", case.name());
    }
    if case.is_valid() {
        let output = case.bytes("output");
        let mut check = RewrapCheck::new(it.format, &it.from, it.to, &it.keyring);
        check.before(&input, true).unwrap();
        check.after(&output, true).unwrap();
        assert_eq!(
            json!(check.finish().unwrap()),
            json!([case.test["report"]["rewrapped"], 0]),
            "{}",
            case.name()
        );
        for text in [&input, &output] {
            assert!(
                opened(case, text, it.format) == case.bytes("decrypted"),
                "{}: reads otherwise",
                case.name()
            );
        }
    }
}

impl Move<'_> {
    fn run(&self, case: &Case<'_>, text: &[u8], length: usize) -> Result<(Vec<u8>, Value), RewrapError> {
        let selection = self.from.iter().cloned().fold(Selection::default(), Selection::key);
        let mut scanner = Scanner::new(self.format).with_selection(selection);
        let (mut output, mut found, mut moved, mut kept) = (Vec::new(), 0, 0, Vec::new());
        let mut asked: Vec<Ciphertext> = Vec::new();
        let (mut covered, mut read) = (0, 0);
        loop {
            read = text.len().min(read + length);
            let scan = scanner.scan(&text[covered..read], read == text.len(), &self.keyring).unwrap();
            scan.check_rewrap(&self.to)?;
            let answer = |ciphertext: &Ciphertext| {
                let key = (ciphertext.key_id().as_str(), ciphertext.bytes().to_vec());
                let after =
                    self.answers.get(&key).unwrap_or_else(|| panic!("{}: another ciphertext", case.name()));
                RewrapAnswer::Ciphertext(after.clone().into())
            };
            let answers: Vec<RewrapAnswer> = scan.ciphertexts().iter().map(answer).collect();
            asked.extend(
                scan.ciphertexts().iter().filter(|it| !asked.contains(it)).cloned().collect::<Vec<_>>(),
            );
            let rewrapped = scan.rewrap(&self.to, &answers, |_| false)?;
            output.extend(rewrapped.body);
            found += rewrapped.report.found();
            moved += rewrapped.report.decrypted();
            kept.extend(
                rewrapped
                    .report
                    .kept()
                    .iter()
                    .map(|kept| json!({"offset": kept.offset(), "code": kept.code()})),
            );
            covered += scan.covered();
            if read == text.len() {
                break;
            }
        }
        assert_eq!(asked.len(), self.answers.len(), "{}: each is asked for", case.name());
        Ok((output, json!({"found": found, "rewrapped": moved, "kept": kept})))
    }
}
