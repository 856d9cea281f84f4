//! Where the fuzzer begins.

use crate::naive;
use crate::vectors::Vectors;

/// Hostile plaintexts in every format, and the texts of the vectors.
#[must_use]
pub fn seeds(vectors: &Vectors) -> Vec<Vec<u8>> {
    let hostile = [
        b"s\",\"admin\":true,\"x\":\"\xff".to_vec(),
        b"sa,b\r\n\"c\";\td&e=f%20+\xff".to_vec(),
        b"v{\"a\": [1,\r\n2], \"__es1.k1.s.\": null}\xff".to_vec(),
        b"e\"\\u00e9\\n\"\xff".to_vec(),
        b"v\"\\ud800\"\xff".to_vec(),
        b"c=cmd()\xff".to_vec(),
        b"s\xff".to_vec(),
        b"s__es1.k1.s.\xff".to_vec(),
    ];
    let texts: [&[u8]; 7] = [
        b"{\"a\":\"\xf8\",\"b\":[\"\xf9x\",\"\xfa\",\"\\u005f\xfb\"],\"\xfc\":\"\xfd \xfe\xff\"}",
        b"{\"a\":\"\xfa\"}\r\n\n[\"\xf8\",\"\xfb\"]\n\"\xfe\"",
        b"a=\xf8&b=\xf9\xfa&\xfd=%5f&c=\xfe\xff",
        b"a \xf8, \xf9\xfa\xfb __es1.x \xfd\xfe\xff",
        b"a,\xf8,\"x\xf9\"\r\n\xfe\n\xfa, \xfb\n",
        b"\xf8;\xf9;\"\"\"\xfa\"\n\xfe\n;\xfc",
        b"\xef\xbb\xbf\xf8\t\xf9\nx\xfe\t\xff",
    ];
    let mut seeds = Vec::new();
    for (format, text) in (0..).zip(texts) {
        let all = hostile.concat();
        seeds.push([&[format, 3][..], &all, text].concat());
        for secret in &hostile {
            let text: Vec<u8> = text.iter().map(|byte| if *byte >= 0xf8 { 0xf8 } else { *byte }).collect();
            seeds.push([&[format, 5][..], secret, &[0], &text].concat());
        }
    }
    for vector in vectors.of("decrypt") {
        let format = match vector.text("format") {
            Some("json") => 0,
            Some("ndjson") => 1,
            Some("form") => 2,
            Some("text") => 3,
            Some("csv") => 4,
            _ => continue,
        };
        let Some(input) = vector.bytes("input") else { continue };
        // Tokens become that of one plaintext; the key of the others nobody knows.
        let (mut text, mut copied) = (Vec::new(), 0);
        for found in naive::find(&input, &[]).iter().filter(|found| found.token.is_ok()) {
            text.extend_from_slice(&input[copied..found.range.start]);
            text.push(0xf8);
            copied = found.range.end;
        }
        text.extend_from_slice(&input[copied..]);
        seeds.push([&[format, 7][..], b"sx\"y\xff\0", &text].concat());
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
