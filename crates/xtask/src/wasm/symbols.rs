//! What must not be in a module, by the names of its functions as they are compiled: what reads a private key or does something with one. An
//! edge only encrypts, so that faults of the private operation (RUSTSEC-2023-0071) are none of its.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// Parts of names, mangled as rustc does it: a length comes before each.
const NOWHERE: [(&str, &str); 4] = [
    ("PrivateKey", "a private key"),
    ("private_key", "a private key"),
    ("_ZN3rsa", "the crate `rsa`, which has the private operation"),
    ("RandomState", "a hash table with a generator of its own"),
];
/// For the modules that encrypt.
const NOT_AT_THE_EDGE: (&str, &str) = ("decrypt", "decryption");
/// There are hundreds. Fewer are no list of all.
const LEAST_NAMES: usize = 100;

/// Refuses a module, not optimised yet, in which a function has such a name.
pub(super) fn check(module: &Path, feature: &str) -> Result<()> {
    check_bytes(&fs::read(module).with_context(|| module.display().to_string())?, feature)
}

fn check_bytes(module: &[u8], feature: &str) -> Result<()> {
    let names = function_names(module).context("the module has no names of functions")?;
    ensure!(names.len() >= LEAST_NAMES, "the module has {} names of functions: too few", names.len());
    match forbidden(&names, feature) {
        Some((name, what)) => bail!("the module for `{feature}` holds {what}: `{name}`"),
        None => Ok(()),
    }
}

/// The first function that has no place in a module, and why.
fn forbidden<'n>(names: &[&'n str], feature: &str) -> Option<(&'n str, &'static str)> {
    let parts = NOWHERE.into_iter().chain((feature == "encrypt").then_some(NOT_AT_THE_EDGE));
    parts
        .into_iter()
        .find_map(|(part, what)| names.iter().find(|name| name.contains(part)).map(|name| (*name, what)))
}

/// What the name section says (WebAssembly core specification, appendix, section 7.4): of its subsections, the second.
fn function_names(module: &[u8]) -> Option<Vec<&str>> {
    let mut sections = Reader(module.get(8..)?);
    while let Some((id, mut section)) = sections.block() {
        if id != 0 || section.text()? != "name" {
            continue;
        }
        while let Some((id, mut names)) = section.block() {
            if id == 1 {
                let count = names.number()?;
                return (0..count)
                    .map(|_| {
                        names.number()?;
                        names.text()
                    })
                    .collect();
            }
        }
    }
    None
}

/// What is left to be read.
struct Reader<'m>(&'m [u8]);

impl<'m> Reader<'m> {
    /// A number of 32 bits in LEB128.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0_usize;
        for shift in (0..32).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'m [u8]> {
        let length = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'m str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// A section or subsection: its number, and what is in it.
    fn block(&mut self) -> Option<(u8, Self)> {
        let (id, rest) = self.0.split_first()?;
        self.0 = rest;
        Some((*id, Self(self.bytes()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with an empty section, and functions of these names: a short one, whose lengths are a byte each.
    fn module(functions: &[&str]) -> Vec<u8> {
        let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        let block = |id: u8, content: &[u8]| [&[id, u8::try_from(content.len()).unwrap()], content].concat();
        let count = u8::try_from(functions.len()).unwrap();
        let names = functions.iter().zip(0_u8..).flat_map(|(name, index)| [vec![index], text(name)].concat());
        let names: Vec<u8> = std::iter::once(count).chain(names).collect();
        let section = [text("name"), block(0, &text("m")), block(1, &names)].concat();
        [b"\0asm\x01\0\0\0".to_vec(), block(1, &[0]), block(0, &section)].concat()
    }

    #[test]
    fn a_function_that_has_to_do_with_private_keys_is_found_by_its_name() {
        let harmless = ["_ZN8edgeseal4oaep6encode17hE", "memcpy"];
        for (name, feature, found) in [
            ("_ZN3rsa3key13RsaPrivateKey7decrypt17hE", "encrypt", true),
            ("_ZN3rsa3key13RsaPrivateKey7decrypt17hE", "decrypt", true),
            ("_ZN5other13RsaPrivateKey8from_der17hE", "decrypt", true),
            ("_ZN8edgeseal7decrypt4scan4Scan3new17hE", "encrypt", true),
            ("_ZN8edgeseal7decrypt4scan4Scan3new17hE", "decrypt", false),
            ("_ZN3std4hash6random11RandomState3new17hE", "encrypt", true),
            ("_ZN8edgeseal9encryptor9Encryptor3new17hE", "encrypt", false),
        ] {
            let module = module(&[harmless[0], name, harmless[1]]);
            let names = function_names(&module).unwrap();
            assert_eq!(names, [harmless[0], name, harmless[1]]);
            assert_eq!(forbidden(&names, feature).map(|(name, _)| name), found.then_some(name));
        }
    }

    #[test]
    fn a_module_without_names_is_not_vouched_for() {
        assert_eq!(function_names(b"\0asm\x01\0\0\0"), None);
        assert!(check_bytes(&module(&["f"]), "encrypt").is_err());
    }
}
