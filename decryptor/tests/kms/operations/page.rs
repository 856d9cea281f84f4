//! The page, taken apart.

use serde_json::Value;

use crate::common::root;

pub(crate) struct Page {
    pub(crate) blocks: Vec<Block>,
}

pub(crate) struct Block {
    /// The heading that it stands under.
    pub(crate) section: String,
    pub(crate) language: String,
    /// The file that the text before it names, if it is JSON.
    pub(crate) name: Option<String>,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn read() -> Self {
        let text = std::fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
        let (mut blocks, mut section, mut before) = (Vec::new(), String::new(), String::new());
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                let json = language == "json";
                let name = json
                    .then(|| file_name(&before).unwrap_or_else(|| panic!("JSON without a name: {before}")));
                let (section, language) = (section.clone(), language.to_owned());
                blocks.push(Block { section, language, name, text: text.join("\n") + "\n" });
                before.clear();
            } else if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
                title.clone_into(&mut section);
            } else {
                before += line;
            }
        }
        Self { blocks }
    }

    pub(crate) fn commands(&self, section: &str) -> Vec<&str> {
        let of_section = |block: &&Block| block.language == "sh" && block.section == section;
        self.blocks.iter().filter(of_section).map(|block| block.text.as_str()).collect()
    }

    pub(crate) fn sql(&self) -> Vec<&str> {
        self.blocks.iter().filter(|block| block.language == "sql").map(|block| block.text.as_str()).collect()
    }

    /// Every block of JSON, by the name of its file.
    pub(crate) fn documents(&self) -> Vec<(&str, Value)> {
        let named = self.blocks.iter().filter_map(|block| Some((block.name.as_deref()?, block)));
        let parsed = |(name, block): (_, &Block)| {
            (name, serde_json::from_str(&block.text).unwrap_or_else(|error| panic!("{name}: {error}")))
        };
        named.map(parsed).collect()
    }

    pub(crate) fn document(&self, name: &str) -> Value {
        let found = self.documents().into_iter().find(|document| document.0 == name);
        found.unwrap_or_else(|| panic!("no {name}")).1
    }
}

/// The last file in backticks.
fn file_name(text: &str) -> Option<String> {
    let mut names = text.split('`').filter(|part| part.ends_with(".json") && !part.contains(' '));
    names.next_back().map(str::to_owned)
}
