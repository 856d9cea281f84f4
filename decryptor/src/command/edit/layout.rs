//! How the members of an object are laid out, for new ones that look like their neighbours.

use jsonc_parser::ast::Object;
use jsonc_parser::common::Ranged;

/// White space and commas, as they stand in the text.
#[derive(Debug)]
pub(super) struct Layout {
    /// Behind `{`.
    open: String,
    /// Between a member and the next one, with the comma.
    pub(super) between: String,
    /// Between a name and its value, with the colon.
    pub(super) colon: String,
    /// Before `}`.
    close: String,
}

impl Default for Layout {
    fn default() -> Self {
        Self { open: String::new(), between: ", ".into(), colon: ": ".into(), close: String::new() }
    }
}

impl Layout {
    /// That of an object; `None` if it is empty.
    pub(super) fn of(text: &str, object: &Object<'_>) -> Option<Self> {
        let members = object.properties.as_slice();
        let (first, last) = (members.first()?, members.last()?);
        // The shortest: others may be padded, so that values stand in a column.
        let colons = members.iter().filter_map(|member| text.get(member.name.end()..member.value.start()));
        let colon = colons.min_by_key(|colon| colon.len())?;
        let open = text.get(object.start().checked_add(1)?..first.name.start())?;
        let between = match members {
            [.., before, last] => text.get(before.value.end()..last.name.start())?.to_owned(),
            // On a line of its own, or on the one line as densely as names and values.
            _ if open.is_empty() && colon.ends_with(char::is_whitespace) => ", ".to_owned(),
            _ => format!(",{open}"),
        };
        Some(Self {
            open: open.to_owned(),
            between,
            colon: colon.to_owned(),
            close: text.get(last.value.end()..object.end().checked_sub(1)?)?.to_owned(),
        })
    }

    /// Writes an object of strings.
    pub(super) fn write(&self, members: &[(&str, &str)], to: &mut String) {
        to.push('{');
        for (index, (name, text)) in members.iter().enumerate() {
            to.push_str(if index == 0 { &self.open } else { &self.between });
            to.push_str(&quoted(name));
            to.push_str(&self.colon);
            to.push_str(&quoted(text));
        }
        to.push_str(&self.close);
        to.push('}');
    }
}

/// The JSON text of a string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
