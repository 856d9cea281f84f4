//! `GET /openapi.json`: the service's description, an OpenAPI 3.1 document.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn description() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], document())
}

fn document() -> String {
    DOCUMENT.replace("{version}", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::super::decrypt::TOKEN_HEADERS;
    use super::super::parameters::{FALLBACKS, FORMATS, PARAMETERS};
    use super::super::problem::CODES;
    use super::super::router::Route;
    use super::*;

    fn parsed() -> Value {
        serde_json::from_str(&document()).expect("JSON")
    }

    /// Follows a reference, if it is one.
    fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("within the document");
                resolved(document, document.pointer(pointer).expect(reference))
            }
            None => value,
        }
    }

    fn strings(value: &Value) -> BTreeSet<&str> {
        value.as_array().expect("an array").iter().map(|one| one.as_str().expect("a string")).collect()
    }

    fn names(value: &Value) -> BTreeSet<&str> {
        value.as_object().expect("an object").keys().map(String::as_str).collect()
    }

    #[test]
    fn every_reference_resolves_and_every_component_is_referred_to() {
        fn collect<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
            match value {
                Value::Object(members) => {
                    found.extend(members.get("$ref").and_then(Value::as_str));
                    members.values().for_each(|value| collect(value, found));
                }
                Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
                _ => {}
            }
        }
        let document = parsed();
        let mut references = BTreeSet::new();
        collect(&document, &mut references);
        for reference in &references {
            document.pointer(reference.strip_prefix('#').expect("within the document")).expect(reference);
        }
        for kind in ["headers", "parameters", "responses", "schemas"] {
            for name in names(&document["components"][kind]) {
                // Statuses that no route has of its own, but the router.
                let by_router = kind == "responses" && ["NotFound", "MethodNotAllowed"].contains(&name);
                let reference = format!("#/components/{kind}/{name}");
                assert!(by_router || references.contains(reference.as_str()), "{reference}");
            }
        }
    }

    #[test]
    fn the_document_is_built_as_openapi_3_1_demands() {
        let document = parsed();
        let schema = json!({
            "type": "object",
            "required": ["openapi", "info", "paths", "components"],
            "properties": {
                "openapi": {"pattern": "^3\\.1\\.\\d+$"},
                "info": {"type": "object", "required": ["title", "version"]},
                "paths": {
                    "patternProperties": {"^/": {
                        "propertyNames": {"enum": ["get", "put", "post", "delete", "options", "head", "patch", "trace"]},
                        "additionalProperties": {"$ref": "#/$defs/operation"}
                    }},
                    "additionalProperties": false
                },
                "components": {
                    "type": "object",
                    "propertyNames": {"enum": ["schemas", "responses", "parameters", "headers", "securitySchemes"]},
                    "properties": {
                        "parameters": {"additionalProperties": {"$ref": "#/$defs/parameter"}},
                        "responses": {"additionalProperties": {"$ref": "#/$defs/response"}},
                        "headers": {"additionalProperties": {"$ref": "#/$defs/header"}}
                    }
                }
            },
            "$defs": {
                "ref": {"type": "object", "required": ["$ref"], "properties": {"$ref": {"pattern": "^#/components/"}}},
                "content": {"type": "object", "propertyNames": {"pattern": "/"}, "additionalProperties": {"type": "object", "required": ["schema"]}},
                "header": {"type": "object", "required": ["schema"], "not": {"required": ["name"]}},
                "parameter": {
                    "type": "object",
                    "required": ["name", "in", "schema", "description"],
                    "properties": {"in": {"enum": ["query", "header", "path", "cookie"]}, "required": {"type": "boolean"}}
                },
                "response": {
                    "type": "object",
                    "required": ["description"],
                    "properties": {
                        "headers": {"additionalProperties": {"anyOf": [{"$ref": "#/$defs/ref"}, {"$ref": "#/$defs/header"}]}},
                        "content": {"$ref": "#/$defs/content"}
                    }
                },
                "operation": {
                    "type": "object",
                    "required": ["operationId", "summary", "responses"],
                    "properties": {
                        "parameters": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/ref"}},
                        "requestBody": {"type": "object", "required": ["content"], "properties": {"content": {"$ref": "#/$defs/content"}}},
                        "responses": {
                            "propertyNames": {"pattern": "^[1-5]\\d\\d$"},
                            "minProperties": 1,
                            "additionalProperties": {"anyOf": [{"$ref": "#/$defs/ref"}, {"$ref": "#/$defs/response"}]}
                        }
                    }
                }
            }
        });
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0]);
        for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
            assert!(jsonschema::meta::is_valid(schema), "{name}");
        }
    }

    #[test]
    fn it_has_every_route_with_its_method_and_its_security() {
        let document = parsed();
        let paths: BTreeSet<_> = Route::ALL.iter().map(|route| route.path()).collect();
        assert_eq!(names(&document["paths"]), paths);
        for route in Route::ALL {
            let item = &document["paths"][route.path()];
            let (method, _) = route.allow().split_once(',').unwrap_or((route.allow(), ""));
            let method = method.to_ascii_lowercase();
            assert_eq!(names(item), BTreeSet::from([method.as_str()]), "{route:?}");
            // An empty list takes the security of the whole document away.
            assert_eq!(item[&method].get("security") == Some(&json!([])), route.is_open(), "{route:?}");
            assert_eq!(item[&method]["responses"].get("401").is_none(), route.is_open(), "{route:?}");
        }
    }

    #[test]
    fn it_has_every_parameter_and_every_word() {
        let document = parsed();
        let parameters =
            document["paths"]["/v1/decrypt"]["post"]["parameters"].as_array().expect("parameters");
        let described = |name: &str| {
            let mut parameters = parameters.iter().map(|parameter| resolved(&document, parameter));
            parameters.find(|parameter| parameter["name"] == name).expect(name)
        };
        let query = parameters
            .iter()
            .map(|parameter| resolved(&document, parameter))
            .filter(|parameter| parameter["in"] == "query");
        let described_names: BTreeSet<_> = query
            .map(|parameter| parameter["name"].as_str().expect("a name").replace("{name}", ""))
            .collect();
        assert_eq!(described_names, PARAMETERS.iter().map(ToString::to_string).collect());
        assert_eq!(
            strings(&described("format")["schema"]["enum"]),
            FORMATS.iter().map(|format| format.0).collect()
        );
        for name in ["on_denied", "on_failed", "on_unavailable"] {
            assert_eq!(
                strings(&described(name)["schema"]["enum"]),
                FALLBACKS.iter().map(|word| word.0).collect()
            );
        }
    }

    #[test]
    fn it_has_every_code_under_its_status() {
        let document = parsed();
        let codes: BTreeSet<_> = CODES.iter().map(|code| code.0).collect();
        assert_eq!(codes.len(), CODES.len());
        assert_eq!(
            strings(&document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]),
            codes
        );
        let mut described = BTreeSet::new();
        for (name, response) in document["components"]["responses"].as_object().expect("responses") {
            let special =
                &response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"];
            let status = special["status"]["const"].as_u64().expect(name);
            described.extend(strings(&special["code"]["enum"]).into_iter().map(|code| (code, status)));
        }
        assert_eq!(
            described,
            CODES.iter().map(|(code, status)| (*code, u64::from(status.as_u16()))).collect()
        );
        // What the handler of texts can answer with is all there is, but for what only the router says.
        let responses = names(&document["paths"]["/v1/decrypt"]["post"]["responses"]);
        for (code, status) in
            CODES.iter().filter(|code| !["not_found", "method_not_allowed"].contains(&code.0))
        {
            assert!(responses.contains(status.as_str()), "{code}");
        }
    }

    #[test]
    fn every_code_is_explained() {
        let page = include_str!("../../../../docs/ERRORS.md");
        for (code, status) in CODES {
            let line =
                page.lines().find(|line| line.starts_with(&format!("| `{code}` | {} |", status.as_u16())));
            assert!(line.is_some(), "{code}");
        }
    }

    #[test]
    fn it_has_every_header_of_an_answer() {
        let document = parsed();
        let headers = names(&document["paths"]["/v1/decrypt"]["post"]["responses"]["200"]["headers"]);
        let headers: BTreeSet<_> = headers.iter().map(|name| name.to_ascii_lowercase()).collect();
        for name in TOKEN_HEADERS {
            assert!(headers.contains(name.as_str()), "{name}");
        }
    }
}
