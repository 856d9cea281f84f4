//! What is read: bodies of about 1 MB, and many small texts that are almost JSON. The same bytes on every run.

const LENGTH: usize = 1_000_000;

/// A number below the limit: Marsaglia's xorshift64.
fn random() -> impl FnMut(usize) -> usize {
    let mut state = 1_u64;
    move |limit| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    }
}

pub fn all() -> [(&'static str, String); 4] {
    let mut random = random();
    let plain = "A long text, said once more. ";
    let escapes = r"line\n\u00e9\t\/ é ";
    [
        ("mixed records", array(|| record(&mut random))),
        ("one long string", format!("\"{}\"", plain.repeat(LENGTH / plain.len()))),
        ("one long string full of escapes", format!("\"{}\"", escapes.repeat(LENGTH / escapes.len()))),
        ("numbers, 40 deep", array(|| numbers(&mut random))),
    ]
}

fn array(mut element: impl FnMut() -> String) -> String {
    let mut json = element();
    while json.len() < LENGTH {
        json = json + ",\n" + &element();
    }
    format!("[{json}]")
}

fn record(random: &mut impl FnMut(usize) -> usize) -> String {
    let (id, cents, day) = (random(1_000_000), random(100_000), 10 + random(20));
    let (active, house) = (id % 2 == 0, id % 200);
    format!(
        r#"{{"id": {id}, "name": "Jane Q. Public {id}", "e-mail": "jane.{id}@example.com", "born": "1980-04-{day}",
  "address": {{"street": "Hauptstraße {house}", "city": "Zürich", "zip": null}}, "balance": {cents}.{day},
  "tags": ["a", "bc", "def"], "note": "She said \"hello\".\nThen she left.", "active": {active}}}"#
    )
}

fn numbers(random: &mut impl FnMut(usize) -> usize) -> String {
    let mut level = || {
        let (small, middle, large) = (random(300), random(100_000), random(1 << 40));
        format!("[{small},-{middle}.5e{small},{large},")
    };
    (0..39).map(|_| level()).collect::<String>() + "1" + &"]".repeat(39)
}

/// Small texts, each with one to three bytes inserted, removed or replaced.
pub fn mutated(count: usize) -> Vec<Vec<u8>> {
    let seeds = [
        r#"{"a":[1,-2.5E+3,true],"a\u00e9":"\ud83d\ude00\n","b":{"c":null}}"#,
        r#" [ 0 , -0.0e-1, "x\/y", {} , [] , {"":"é"}, false ] "#,
    ];
    let alphabet = b"{}[]\",:\\/u0123dDcCeE+-. \n\r\ttruefalsn\x1f\x7f\xc3\xa9\xff\0";
    let mut random = random();
    let mut mutate = |index: usize| {
        let mut json = seeds[index % seeds.len()].as_bytes().to_vec();
        for _ in 0..1 + random(3) {
            let at = random(json.len());
            let byte = alphabet[random(alphabet.len())];
            json.splice(at..at + random(2), (random(4) > 0).then_some(byte));
        }
        json
    };
    (0..count).map(&mut mutate).collect()
}
