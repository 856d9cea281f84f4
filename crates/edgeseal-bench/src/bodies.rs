//! Bodies of every kind that costs something else to read: the same bytes on every machine and in every run.

use std::fmt::Write as _;

/// One kind of body.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// As a request says it.
    pub content_type: &'static str,
    begin: &'static str,
    between: &'static str,
    end: &'static str,
    item: fn(usize, Name, &mut String),
}

/// The name of a member, and with it whether a rule for `$..ssn` matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Ssn,
    Nss,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Self::Ssn => "ssn",
            Self::Nss => "nss",
        }
    }
}

const JSON: Kind =
    Kind { name: "", content_type: "application/json", begin: "[", between: ",", end: "]", item: minified };

const TEXT: &str = "The quick brown fox jumps over the lazy dog. ";

/// Every kind.
pub const KINDS: [Kind; 12] = [
    Kind { name: "records", between: ",\n", item: spaced, ..JSON },
    Kind { name: "pretty", begin: "[\n", between: ",\n", end: "\n]\n", item: pretty, ..JSON },
    Kind { name: "minified", ..JSON },
    Kind { name: "small-objects", item: small_object, ..JSON },
    Kind { name: "long-strings", item: long_string, ..JSON },
    Kind { name: "deep", item: deep, ..JSON },
    Kind { name: "numbers", item: numbers, ..JSON },
    Kind { name: "escapes", item: escapes, ..JSON },
    Kind { name: "non-ascii", item: non_ascii, ..JSON },
    Kind {
        name: "ndjson",
        content_type: "application/x-ndjson",
        begin: "",
        between: "\n",
        end: "\n",
        ..JSON
    },
    Kind {
        name: "form",
        content_type: "application/x-www-form-urlencoded",
        begin: "",
        between: "&",
        end: "",
        item: field,
    },
    Kind {
        name: "multipart",
        content_type: "multipart/form-data; boundary=between",
        begin: "--between\r\n",
        between: "\r\n--between\r\n",
        end: "\r\n--between--\r\n",
        item: part,
    },
];

/// The kind with this name.
pub fn kind(name: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.name == name)
}

impl Kind {
    /// A body of at least so many bytes, in which so many values of 11 characters, spread evenly, stand under the name `ssn`.
    pub fn body(&self, bytes: usize, protected: usize) -> Vec<u8> {
        let mut body = self.begin.to_owned();
        let (mut index, mut named) = (0, 0);
        while body.len() < bytes || named < protected {
            if index > 0 {
                body.push_str(self.between);
            }
            let is_due = named < protected && body.len() >= bytes * named / protected;
            named += usize::from(is_due);
            (self.item)(index, if is_due { Name::Ssn } else { Name::Nss }, &mut body);
            index += 1;
        }
        body.push_str(self.end);
        body.into_bytes()
    }
}

fn spaced(index: usize, name: Name, out: &mut String) {
    let name = name.text();
    write!(
        out,
        "{{\"id\": {index}, \"{name}\": \"078-05-1120\", \"name\": \"Ada \\\"Countess\\\" Lovelace\", \
         \"tags\": [\"a\", \"bc\", 1.50e3, true, null], \"address\": {{\"street\": \"12 St James's Square\", \
         \"city\": \"London\", \"zip\": \"SW1Y 4JH\"}}}}"
    )
    .unwrap();
}

fn minified(index: usize, name: Name, out: &mut String) {
    let name = name.text();
    write!(
        out,
        "{{\"id\":{index},\"{name}\":\"078-05-1120\",\"name\":\"Ada King of Lovelace\",\"tags\":[\"a\",\"bc\",1.50,true,\
         null],\"address\":{{\"street\":\"12 St James's Square\",\"city\":\"London\",\"zip\":\"SW1Y 4JH\"}}}}"
    )
    .unwrap();
}

fn pretty(index: usize, name: Name, out: &mut String) {
    let name = name.text();
    write!(
        out,
        "  {{\n    \"id\": {index},\n    \"{name}\": \"078-05-1120\",\n    \"name\": \"Ada King of Lovelace\",\n    \
         \"tags\": [\n      \"a\",\n      \"bc\",\n      1.50,\n      true,\n      null\n    ],\n    \"address\": {{\n      \
         \"street\": \"12 St James's Square\",\n      \"city\": \"London\",\n      \"zip\": \"SW1Y 4JH\"\n    }}\n  }}"
    )
    .unwrap();
}

fn small_object(index: usize, name: Name, out: &mut String) {
    match name {
        Name::Ssn => out.push_str(r#"{"ssn":"078-05-1120"}"#),
        Name::Nss => write!(out, "{{\"x\":{},\"y\":{}}}", index % 100, index % 7).unwrap(),
    }
}

fn long_string(_: usize, name: Name, out: &mut String) {
    let name = name.text();
    write!(out, "{{\"{name}\":\"078-05-1120\",\"note\":\"").unwrap();
    out.push_str(&TEXT.repeat(200));
    out.push_str("\"}");
}

fn deep(_: usize, name: Name, out: &mut String) {
    const LEVELS: usize = 50;
    for _ in 0..LEVELS {
        out.push_str("{\"a\":[");
    }
    write!(out, "{{\"{}\":\"078-05-1120\"}}", name.text()).unwrap();
    for _ in 0..LEVELS {
        out.push_str("]}");
    }
}

fn numbers(index: usize, name: Name, out: &mut String) {
    match name {
        Name::Ssn => out.push_str(r#"{"ssn":"078-05-1120"}"#),
        Name::Nss => match index % 4 {
            0 => write!(out, "{}", index % 1000).unwrap(),
            1 => write!(out, "-{}.{:04}", index % 100, index * 37 % 10_000).unwrap(),
            2 => write!(out, "{}", 1_600_000_000 + index).unwrap(),
            _ => write!(out, "{}.5e-{}", index % 10, index % 30).unwrap(),
        },
    }
}

fn escapes(_: usize, name: Name, out: &mut String) {
    write!(
        out,
        "{{\"{}\":\"078-05-1120\",\"raw\":\"{{\\\"a\\\":\\\"b\\\\n\\\",\\\"c\\\":[\\\"d\\/e\\\"]}}\\r\\n\\tC:\\\\x\\\\y\",\
         \"name\":\"Jos\\u00e9 \\ud83d\\ude00\"}}",
        name.text()
    )
    .unwrap();
}

fn non_ascii(_: usize, name: Name, out: &mut String) {
    let name = name.text();
    write!(out, "{{\"{name}\":\"078-05-1120\",\"имя\":\"Анна Ахматова\",\"都市\":\"東京都千代田区\",\"é\":\"naïve 😀\"}}").unwrap();
}

fn field(index: usize, name: Name, out: &mut String) {
    match name {
        Name::Ssn => out.push_str("person[ssn]=078-05-1120"),
        Name::Nss => {
            write!(out, "item[{index}].name=Ada+King+of+Lovelace%2C+12+St+James%27s+Square").unwrap()
        }
    }
}

fn part(index: usize, name: Name, out: &mut String) {
    match name {
        Name::Ssn => {
            out.push_str("Content-Disposition: form-data; name=\"person[ssn]\"\r\n\r\n078-05-1120");
        }
        Name::Nss => {
            write!(out, "Content-Disposition: form-data; name=\"item{index}\"\r\n\r\n").unwrap();
            out.push_str(&TEXT.repeat(4));
        }
    }
}
