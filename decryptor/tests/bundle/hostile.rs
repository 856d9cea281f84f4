//! Archives that somebody else made to be read.

use super::*;

/// Has Python write `hostile.zip` from the files of a bundle, and gives what is said of it. The command has 128 MB of memory, where a shell can say so.
fn hostile(script: &str) -> String {
    let bench = bench();
    let bundle = make(bench.path(), "lambda-edge", "b", &[]);
    let prelude = "import io, os, struct, zipfile\n\
        names = sorted(os.listdir('.'))\n\
        out = '../hostile.zip'\n\
        def entry(name):\n    \
            return zipfile.ZipInfo(name)\n\
        def whole(z):\n    \
            for name in names: z.writestr(entry(name), open(name, 'rb').read())\n";
    python(&bundle, &format!("{prelude}{script}"), &[]);
    let zip = bench.path().join("hostile.zip");
    let mut command = Command::new("/bin/sh");
    let script = r#"ulimit -v 131072 2>/dev/null; exec "$0" bundle --verify "$1""#;
    let output = run(command.env_clear().args(["-c", script, env!("CARGO_BIN_EXE_edgeseal")]).arg(&zip), b"");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    let said = text(&output.stderr);
    let line = said.lines().find(|line| line.starts_with("edgeseal: error")).expect(&said);
    let reason = line.strip_prefix(&format!("edgeseal: error[bundle_invalid]: {}: ", zip.display()));
    reason.unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    for name in
        ["../index.mjs", "/etc/passwd", "a/../../b", "node_modules/a.js", "C:\\\\a", "..", "a\\x1b[2J"]
    {
        let said = hostile(&format!(
            "with zipfile.ZipFile(out, 'w') as z:\n    z.writestr(entry('{name}'), b'x')\n    whole(z)"
        ));
        assert!(said.ends_with("which is no name of a bundle's file"), "{name}: {said}");
        assert!(!said.contains('\u{1b}'));
    }
}

#[test]
fn a_name_that_comes_twice_is_refused() {
    let said = hostile(
        "import warnings; warnings.simplefilter('ignore')\n\
         with zipfile.ZipFile(out, 'w') as z:\n    whole(z)\n    z.writestr(entry('policy.json'), b'{}')",
    );
    assert_eq!(said, "two entries are called `policy.json`");
}

#[test]
fn what_is_compressed_is_not_unpacked() {
    let said = hostile(
        "with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:\n    \
         z.writestr('policy.json', b'\\0' * (1 << 28))",
    );
    assert_eq!(
        said,
        "`policy.json` is compressed, encrypted or of unknown length, and nothing in a bundle is"
    );
}

#[test]
fn a_length_that_is_not_true_costs_nothing() {
    let said = hostile(
        "with zipfile.ZipFile(out, 'w') as z: whole(z)\n\
         b = bytearray(open(out, 'rb').read())\n\
         b[18:26] = struct.pack('<II', 0xfffffff0, 0xfffffff0)\n\
         open(out, 'wb').write(b)",
    );
    assert_eq!(said, "the archive ends within an entry");
}

#[test]
fn an_archive_that_is_longer_than_any_bundle_is_not_read_to_its_end() {
    let said = hostile("with open(out, 'wb') as f: f.write(b'PK\\3\\4'); f.truncate(1 << 40)");
    assert_eq!(said, "it is longer than 8388608 bytes, and no bundle is");
}

#[test]
fn what_readers_of_archives_could_read_otherwise_is_refused() {
    let odd = "the archive is not as this command writes it, entry by entry in order and nothing beside them";
    for (script, expected) in [
        // Python stores these with its own version and attributes: the same files, and other bytes.
        ("with zipfile.ZipFile(out, 'w') as z: whole(z)", odd),
        ("names.reverse()\nwith zipfile.ZipFile(out, 'w') as z: whole(z)", odd),
        ("b = open('../b.zip', 'rb').read()\nopen(out, 'wb').write(b[:-2] + b'\\1\\0x')", odd),
        ("b = open('../b.zip', 'rb').read()\nopen(out, 'wb').write(b + b'x')", odd),
        ("b = open('../b.zip', 'rb').read()\nopen(out, 'wb').write(b[:-1])", odd),
        (
            "b = open('../b.zip', 'rb').read()\nopen(out, 'wb').write(b'#!' + b)",
            "it is no ZIP archive of files",
        ),
        (
            "b = open('../b.zip', 'rb').read()\nopen(out, 'wb').write(b.replace(b'\\xa4\\x81', b'\\xff\\xa1'))",
            odd,
        ),
        ("with zipfile.ZipFile(out, 'w') as z: pass", "it is no ZIP archive of files"),
        ("open(out, 'wb')", "it is no ZIP archive of files"),
    ] {
        let with_one = format!("import shutil, subprocess\nsubprocess.run(EDGESEAL, check=True)\n{script}");
        let command = format!(
            "EDGESEAL = ['{}', 'bundle', '-p', 'policy.json', '-t', 'lambda-edge', '-o', '../b.zip']\n",
            env!("CARGO_BIN_EXE_edgeseal")
        );
        assert_eq!(hostile(&format!("{command}{with_one}")), expected, "{script}");
    }
}
