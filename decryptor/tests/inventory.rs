//! What an inventory tells of texts that are whole, damaged, cut off, or no texts.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/tokens.rs"]
mod tokens;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use common::{corpora, folder};
use edgeseal::{Delimiter, KeyId, Keyring, Selection, TextFormat};
use edgeseal_decryptor::{Inventory, Plan, TextInventory};
use serde_json::{Value, json};
use tokens::{bound, token};

fn inventory() -> Inventory {
    Inventory::new(&Keyring::default())
}

fn read(inventory: &mut Inventory, format: TextFormat, text: &[u8], size: usize) -> TextInventory {
    let mut of_text = inventory.text(format);
    text.chunks(size).for_each(|piece| of_text.add(piece).unwrap());
    of_text.end()
}

fn key_id(text: &str) -> KeyId {
    KeyId::new(text).unwrap()
}

/// Places of what is damaged: line, offset, pointer.
fn damaged(inventory: &Inventory) -> Vec<(u64, u64, Option<&str>)> {
    inventory.damaged().iter().map(|it| (it.line, it.offset, it.pointer.as_deref())).collect()
}

#[test]
fn a_damaged_line_is_read_as_text_and_the_others_keep_their_places() {
    let direct = token("rsa2048-a", &json!("x"));
    let text = format!(
        "{{\"a\": \"{direct}\"}}\n\n{{\"b\": \"{direct}\", \"cut\": \"__es1.old\n{{\"c\": \"__es1.new.s.\"}}\nnot json {direct}\n{{\"d\": \"{direct}\"}}\n"
    );
    for size in [1, 7, 300, text.len()] {
        let mut inventory = inventory();
        let of_text = read(&mut inventory, TextFormat::NdJson, text.as_bytes(), size);
        let key = inventory.key(&key_id("rsa2048-a")).unwrap();
        assert_eq!((key.tokens, key.without_place, key.distinct), (4, 2, 1), "{size}");
        assert_eq!(key.places.iter().collect::<Vec<_>>(), [("a", 1), ("d", 1)]);
        let [cut, new] = ["__es1.old", "__es1.new"].map(|it| text.find(it).unwrap() as u64);
        assert_eq!(damaged(&inventory), [(3, cut, None), (4, new, Some("/c"))], "{size}");
        assert_eq!((of_text.damaged_lines, inventory.illegible()), (2, 1));
        let first = text.find("old\n").unwrap() as u64 + 3;
        let (offset, code) = of_text.read_as_text.unwrap();
        assert!(code == "json_invalid" && offset.abs_diff(first) <= 1, "{size}: {offset} {first}");
    }
}

#[test]
fn more_damaged_lines_than_are_told_apart_lose_no_token() {
    let direct = token("rsa2048-a", &json!("x"));
    let mut text = String::new();
    for _ in 0..1_500 {
        writeln!(text, "{{\"a\": 1\n{{\"b\": \"{direct}\"}}").unwrap();
    }
    let mut inventory = inventory();
    let of_text = read(&mut inventory, TextFormat::NdJson, text.as_bytes(), 1 << 16);
    let key = inventory.key(&key_id("rsa2048-a")).unwrap();
    assert_eq!((key.tokens, of_text.damaged_lines), (1_500, 1_000));
    // After the last line that is told apart, and the good one behind it, which is kept in its place, all that follows is text.
    assert_eq!(key.without_place, 500);
}

#[test]
fn what_stops_being_of_its_format_is_read_on_as_text() {
    let direct = token("rsa2048-a", &json!("x"));
    let sealed = bound("rsa3072", &json!("x"), "north");
    let deep = "[".repeat(1_100);
    for (format, text, code) in [
        (TextFormat::Json, format!("{{\"a\": \"{direct}\", x \"{sealed}\"}}"), "json_invalid"),
        (TextFormat::Json, format!("{{\"a\": \"{direct}\", \"b\": \"{sealed}"), "json_invalid"),
        (TextFormat::Json, format!("[\"{direct}\", {deep}\"{sealed}\""), "json_too_deep"),
        (TextFormat::Csv(Delimiter::Comma), format!("x,{direct}\n\"a\"b,{sealed}\n"), "csv_invalid"),
    ] {
        for size in [1, 50, text.len()] {
            let mut inventory = inventory();
            let of_text = read(&mut inventory, format, text.as_bytes(), size);
            let found: Vec<_> = inventory.keys().map(|(id, key)| (id.to_string(), key.tokens)).collect();
            assert_eq!(found, [("rsa2048-a".to_owned(), 1), ("rsa3072".to_owned(), 1)], "{text} {size}");
            assert_eq!(of_text.read_as_text.map(|(_, code)| code), Some(code));
            let fields = inventory.key(&key_id("rsa3072")).unwrap().fields.iter().collect::<Vec<_>>();
            assert_eq!(fields, [("value", 1)]);
        }
    }
    let mut text = [b"[\"", direct.as_bytes(), b"\", \"\xff", sealed.as_bytes(), b"\"]"].concat();
    let of_text = read(&mut inventory(), TextFormat::Json, &text, 64);
    assert_eq!((of_text.found, of_text.read_as_text.map(|(_, code)| code)), (2, Some("body_not_utf8")));
    // A byte order mark alone is no damage.
    text = [b"\xef\xbb\xbf[\"", direct.as_bytes(), b"\", \"__es1.a.\"]"].concat();
    for size in [1, 2, 3, 4, 1_000] {
        let mut inventory = inventory();
        let of_text = read(&mut inventory, TextFormat::Json, &text, size);
        assert_eq!((of_text.found, of_text.read_as_text), (2, None));
        assert_eq!(damaged(&inventory), [(1, text.len() as u64 - 10, Some("/1"))]);
    }
}

#[test]
fn a_strict_text_fails_and_what_came_before_is_noted() {
    let direct = token("rsa2048-a", &json!("x"));
    let mut inventory = inventory();
    let mut of_text = inventory.text(TextFormat::Json).strict(true);
    of_text.add(format!("[\"{direct}\", ").as_bytes()).unwrap();
    assert_eq!(of_text.add(b"x").unwrap_err().code(), "json_invalid");
    assert_eq!(of_text.end().found, 1);
    assert_eq!(inventory.key(&key_id("rsa2048-a")).unwrap().texts, 1);
    let mut of_text = inventory.text(TextFormat::Json).strict(true);
    of_text.add(b"[").unwrap();
    assert_eq!(of_text.complete().unwrap_err().code(), "json_invalid");
}

#[test]
fn a_string_that_is_too_long_to_be_held_is_read_as_text() {
    let direct = token("rsa2048-a", &json!("x"));
    let mut inventory = inventory();
    let mut of_text = inventory.text(TextFormat::Json);
    of_text.add(b"[\"").unwrap();
    let filler = vec![b' '; 1 << 20];
    for _ in 0..66 {
        of_text.add(&filler).unwrap();
    }
    of_text.add(format!("{direct}\"]").as_bytes()).unwrap();
    let of_text = of_text.end();
    assert_eq!((of_text.found, of_text.read_as_text.map(|(_, code)| code)), (1, Some("piece_too_long")));
    assert_eq!(inventory.key(&key_id("rsa2048-a")).unwrap().tokens, 1);
}

#[test]
fn what_a_plan_would_ask_for_is_what_is_distinct() {
    let keyring = Keyring::from_json(
        br#"{"version": 1, "keys": {"rsa2048-a": {"private_key_file": "a"}, "rsa3072": {"private_key_file": "c", "key_spec": "RSA_2048"}}}"#,
    )
    .unwrap();
    let (one, two, other) =
        (token("rsa2048-a", &json!("x")), token("rsa2048-a", &json!("x")), token("rsa3072", &json!(1)));
    let text = format!("[\"{one}\", \"{two} {one}\", \"{other}\", \"__es1.\"]");
    let (mut inventory, mut plan) = (Inventory::new(&keyring), Plan::new(&keyring, Selection::default()));
    for _ in 0..2 {
        read(&mut inventory, TextFormat::Json, text.as_bytes(), 100);
        let mut planned = plan.text(TextFormat::Json);
        planned.add(text.as_bytes()).unwrap();
        planned.end().unwrap();
    }
    let planned: Vec<_> = plan.keys().map(|key| (key.key_id.to_string(), key.tokens, key.calls)).collect();
    let key = inventory.key(&key_id("rsa2048-a")).unwrap();
    assert_eq!(planned, [("rsa2048-a".to_owned(), key.tokens, key.distinct)]);
    assert_eq!((key.tokens, key.distinct), (6, 2));
    // The keyring says that the key is of another size.
    let other = inventory.key(&key_id("rsa3072")).unwrap();
    assert_eq!((other.tokens, other.damaged), (0, 2));
    assert_eq!((inventory.found(), inventory.illegible()), (plan.found(), 2));
}

#[test]
fn the_oldest_and_the_newest_text_of_a_key_are_told() {
    let direct = token("rsa2048-a", &json!("x"));
    let mut inventory = inventory();
    let time = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    for (seconds, text) in [(50, &direct), (10, &direct), (5, &String::new()), (70, &direct)] {
        let mut of_text = inventory.text(TextFormat::Text).modified(Some(time(seconds)));
        of_text.add(text.as_bytes()).unwrap();
        of_text.end();
    }
    let key = inventory.key(&key_id("rsa2048-a")).unwrap();
    assert_eq!((key.texts, key.oldest, key.newest), (3, Some(time(10)), Some(time(70))));
}

#[test]
fn what_grows_with_a_text_has_a_limit_and_what_is_asked_for_has_none() {
    let asked = key_id("zz");
    let keyring = br#"{"version": 1, "keys": {"zy": {"private_key_file": "zy.pem"}}}"#;
    let keyring = Keyring::from_json(keyring).unwrap();
    let mut inventory = Inventory::new(&keyring).of_keys(std::slice::from_ref(&asked)).with_positions(true);
    let body = "A".repeat(342);
    let mut text = inventory.text(TextFormat::Json);
    text.add(b"[0").unwrap();
    for number in 0..10_050 {
        let members = format!(", {{\"n{number}\": \"__es1.k{number}.s.{body}.__ __es1.k0.s.{body}.__\"}}");
        text.add(members.as_bytes()).unwrap();
    }
    text.add(format!(", \"__es1.zz.s.{body}.__\", \"__es1.zy.s.{body}.__\"]").as_bytes()).unwrap();
    text.end();
    assert_eq!((inventory.keys().count(), inventory.keys_omitted()), (10_002, 50));
    assert_eq!(inventory.key(&asked).unwrap().tokens, 1);
    assert_eq!(inventory.key(&key_id("zy")).unwrap().tokens, 1);
    let first = inventory.key(&key_id("k0")).unwrap();
    assert_eq!((first.tokens, first.places.iter().count(), first.places.omitted()), (10_051, 1_000, 9_050));
    let (positions, omitted) = inventory.positions().unwrap();
    assert_eq!((positions.len(), omitted, positions[0].pointer.as_deref()), (1, 0, Some("/10051")));
    let mut text = inventory.text(TextFormat::Text);
    (0..10_020).for_each(|_| text.add(b"__es1. ").unwrap());
    text.end();
    assert_eq!(
        (inventory.damaged().len(), inventory.damaged_omitted(), inventory.illegible()),
        (10_000, 20, 10_020)
    );
}

#[test]
fn outside_data_holds_no_token_and_ends_in_no_panic() {
    let Some(corpora) = corpora() else { return };
    let mut texts = 0;
    visit(&corpora, &mut |text| {
        texts += 1;
        for format in
            [TextFormat::Json, TextFormat::NdJson, TextFormat::Text, TextFormat::Csv(Delimiter::Comma)]
        {
            for size in [13, 1 << 20] {
                let mut inventory = inventory();
                let text = &text[..text.len().min(50_000)];
                let of_text = read(&mut inventory, format, text, size);
                assert_eq!((inventory.found(), of_text.bytes), (0, text.len() as u64));
                assert_eq!(of_text.encoded, []);
            }
        }
    });
    assert!(texts > 300, "{texts}");
    let utf16 =
        std::fs::read(corpora.join("JSONTestSuite/test_parsing/i_string_utf16LE_no_BOM.json")).unwrap();
    let of_text = read(&mut inventory(), TextFormat::Json, &utf16, 3);
    assert_eq!(of_text.not_text, Some("UTF-16"));
}

fn visit(top: &Path, each: &mut impl FnMut(&[u8])) {
    for path in folder(top) {
        if path.is_dir() { visit(&path, each) } else { each(&std::fs::read(path).unwrap()) }
    }
}

#[test]
fn a_kind_of_its_own_is_told_for_every_value() {
    let values: [Value; 3] = [json!("x"), json!(1), json!({"a": [true]})];
    let text: String = values.iter().map(|value| token("rsa2048-a", value) + "\n").collect();
    let mut inventory = inventory();
    read(&mut inventory, TextFormat::Text, text.as_bytes(), 10);
    let key = inventory.key(&key_id("rsa2048-a")).unwrap();
    assert_eq!(
        key.kinds.iter().map(|(kind, count)| (*kind, *count)).collect::<Vec<_>>(),
        [("s", 1), ("v", 2)]
    );
    assert_eq!(key.bits.iter().collect::<Vec<_>>(), [(&2_048, &3)]);
}
