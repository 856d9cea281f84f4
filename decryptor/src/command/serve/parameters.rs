//! The query of a request to decrypt.

use axum::extract::Query;
use axum::http::Uri;
use edgeseal::{Delimiter, Fallback, FieldName, FieldPath, KeyId, NotDecrypted, TextFormat};
use edgeseal_decryptor::Fallbacks;

use super::problem::Problem;
use super::restrictions::Narrowing;

/// The names of all parameters; what begins with the last is followed by a name of a context.
pub(super) const PARAMETERS: [&str; 9] =
    ["format", "report", "on_denied", "on_failed", "on_unavailable", "key", "field", "path", CONTEXT];
const CONTEXT: &str = "context.";

/// The words for formats.
pub(super) const FORMATS: [(&str, TextFormat); 8] = [
    ("json", TextFormat::Json),
    ("ndjson", TextFormat::NdJson),
    ("form", TextFormat::Form),
    ("csv", TextFormat::Csv(Delimiter::Comma)),
    ("csv-semicolon", TextFormat::Csv(Delimiter::Semicolon)),
    ("csv-pipe", TextFormat::Csv(Delimiter::Pipe)),
    ("tsv", TextFormat::Csv(Delimiter::Tab)),
    ("text", TextFormat::Text),
];

/// The words for what becomes of a token that is not decrypted.
pub(super) const FALLBACKS: [(&str, Fallback); 4] =
    [("keep", Fallback::Keep), ("mask", Fallback::Mask), ("null", Fallback::Null), ("fail", Fallback::Fail)];

/// What a request asks for.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub(super) format: Option<TextFormat>,
    /// The report in place of the text.
    pub(super) report_only: bool,
    pub(super) fallbacks: Fallbacks,
    pub(super) narrowing: Narrowing,
}

impl Parameters {
    pub(super) fn of(uri: &Uri) -> Result<Self, Problem> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Problem::new("parameter_invalid", "the query is not one of names and values"))?;
        let mut parameters = Self::default();
        let mut once = Vec::new();
        for (name, value) in pairs {
            let Some(known) = PARAMETERS
                .iter()
                .find(|known| **known == name || (**known == CONTEXT && name.starts_with(CONTEXT)))
            else {
                // The name is the client's, and may be anything.
                return Err(Problem::new("parameter_unknown", "a query parameter is not known"));
            };
            if matches!(*known, "format" | "report" | "on_denied" | "on_failed" | "on_unavailable") {
                if once.contains(known) {
                    return Err(Problem::new("parameter_invalid", format!("`{known}` stands twice")));
                }
                once.push(known);
            }
            parameters.take(known, &name, &value)?;
        }
        Ok(parameters)
    }

    fn take(&mut self, known: &'static str, name: &str, value: &str) -> Result<(), Problem> {
        let invalid =
            |expected: &str| Problem::new("parameter_invalid", format!("`{known}`: expected {expected}"));
        match known {
            "format" => {
                let format = word(&FORMATS, value);
                self.format = Some(format.ok_or_else(|| invalid(&words(&FORMATS)))?);
            }
            "report" => {
                self.report_only = Some(true).filter(|_| value == "only").ok_or_else(|| invalid("`only`"))?;
            }
            "key" => self.narrowing.keys.push(KeyId::new(value).ok_or_else(|| invalid("a key id"))?),
            "field" => {
                self.narrowing.fields.push(FieldName::new(value).ok_or_else(|| invalid("a field's name"))?)
            }
            "path" => self
                .narrowing
                .paths
                .push(FieldPath::new(value).map_err(|_| invalid("a path, as in a policy"))?),
            CONTEXT => {
                let name = name
                    .strip_prefix(CONTEXT)
                    .and_then(FieldName::new)
                    .ok_or_else(|| invalid("a name after the dot"))?;
                if self.narrowing.context.insert(name.to_string(), value.to_owned()).is_some() {
                    return Err(Problem::new("parameter_invalid", "`context.` names one pair twice"));
                }
            }
            reason => {
                let reason = match reason {
                    "on_denied" => NotDecrypted::Denied,
                    "on_failed" => NotDecrypted::Failed,
                    _ => NotDecrypted::Unavailable,
                };
                let fallback = word(&FALLBACKS, value).ok_or_else(|| invalid(&words(&FALLBACKS)))?;
                self.fallbacks = core::mem::take(&mut self.fallbacks).on(reason, None, fallback);
            }
        }
        Ok(())
    }
}

fn word<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|known| known.0 == word).map(|known| known.1)
}

fn words<T>(table: &[(&str, T)]) -> String {
    let words: Vec<String> = table.iter().map(|known| format!("`{}`", known.0)).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Result<Parameters, &'static str> {
        let uri = format!("/v1/decrypt?{query}").parse().expect("a URI");
        Parameters::of(&uri).map_err(|problem| problem.code())
    }

    #[test]
    fn everything_that_is_said_is_taken() {
        let parameters = of("format=text&report=only&key=a&key=b&field=ssn&path=%24.x&context.tenant=a%3Db&on_denied=mask&on_failed=null&on_unavailable=keep").expect("parameters");
        assert_eq!(parameters.format, Some(TextFormat::Text));
        assert!(parameters.report_only);
        let narrowing = parameters.narrowing;
        assert_eq!((narrowing.keys.len(), narrowing.fields.len(), narrowing.paths.len()), (2, 1, 1));
        assert_eq!(narrowing.context.get("tenant").map(String::as_str), Some("a=b"));
        let key = KeyId::new("a").expect("a key id");
        for (reason, fallback) in [
            (NotDecrypted::Denied, Fallback::Mask),
            (NotDecrypted::Failed, Fallback::Null),
            (NotDecrypted::Unavailable, Fallback::Keep),
        ] {
            assert_eq!(parameters.fallbacks.of(&key, reason), fallback);
        }
        assert_eq!(of("").expect("none").fallbacks, Fallbacks::default());
    }

    #[test]
    fn anything_else_is_refused() {
        for query in
            ["Format=json", "formats=json", "context", "contexts.a=b", "require_context=a", "=", "policy=x"]
        {
            assert_eq!(of(query).expect_err(query), "parameter_unknown", "{query}");
        }
        for query in [
            "format=xml",
            "format=",
            "format=json&format=json",
            "report=full",
            "report",
            "key=",
            "key=a.b",
            "field=a%20b",
            "path=x",
            "context.=x",
            "context.a%20b=x",
            "context.a=1&context.a=1",
            "on_denied=drop",
            "on_failed=KEEP",
            "on_denied=keep&on_denied=keep",
        ] {
            assert_eq!(of(query).expect_err(query), "parameter_invalid", "{query}");
        }
    }
}
