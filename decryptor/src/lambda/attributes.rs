//! Attribute values of DynamoDB. A token stands in a string (`S`), or in one of a set of strings (`SS`); what comes out is a string.

use serde_json::Value;

use super::Failure;
use super::texts::Texts;

/// The parts of a stream record that have attributes.
const IMAGES: [&str; 3] = ["Keys", "NewImage", "OldImage"];

/// Decrypts the strings of `dynamodb` of a stream record, wherever in lists and maps they are.
pub(super) async fn decrypt(dynamodb: &mut Value, texts: &Texts<'_>) -> Result<(), Failure> {
    let mut strings = Vec::new();
    if let Value::Object(members) = dynamodb {
        for (name, image) in members {
            if let (true, Value::Object(attributes)) = (IMAGES.contains(&name.as_str()), image) {
                attributes.values_mut().for_each(|attribute| collect(attribute, &mut strings));
            }
        }
    }
    // One after the other: old and new often hold the same token, which then is asked for once.
    for string in strings {
        *string = texts.string(string).await?;
    }
    Ok(())
}

/// An event nests 128 deep at most, or it would not have been read.
fn collect<'v>(attribute: &'v mut Value, strings: &mut Vec<&'v mut String>) {
    let Value::Object(typed) = attribute else { return };
    for (kind, value) in typed {
        match (kind.as_str(), value) {
            ("S", Value::String(string)) => strings.push(string),
            ("SS", Value::Array(items)) => {
                for item in items {
                    if let Value::String(string) = item {
                        strings.push(string);
                    }
                }
            }
            ("L", Value::Array(items)) => items.iter_mut().for_each(|item| collect(item, strings)),
            ("M", Value::Object(members)) => members.values_mut().for_each(|member| collect(member, strings)),
            _ => {}
        }
    }
}
