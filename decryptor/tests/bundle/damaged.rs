//! Bundles that are not as they were made.

use super::*;

const FILES: [&str; 6] = [
    "bundle.json",
    "edgeseal_bg.wasm",
    "edgeseal_relaxed_bg.wasm",
    "index.mjs",
    "options.json",
    "policy.json",
];

/// A bundle with every file there can be.
fn whole(bench: &Path, out: &str) -> PathBuf {
    make(bench, "lambda-edge", out, &["--metrics", "emf"])
}

/// Writes a file anew and has the manifest say so.
fn replace(bundle: &Path, name: &str, content: &[u8]) {
    fs::write(bundle.join(name), content).unwrap();
    let script = "import hashlib, json, sys\n\
        name, manifest = sys.argv[1], json.load(open('bundle.json'))\n\
        content = open(name, 'rb').read()\n\
        manifest['files'][name] = {'bytes': len(content), 'sha256': hashlib.sha256(content).hexdigest()}\n\
        manifest['files'] = dict(sorted(manifest['files'].items()))\n\
        if name == 'policy.json': manifest['policy_sha256'] = hashlib.sha256(content).hexdigest()\n\
        open('bundle.json', 'w').write(json.dumps(manifest, indent=2) + '\\n')";
    python(bundle, script, &[name]);
}

/// Has the manifest say something else.
fn rewrite(bundle: &Path, from: &str, to: &str) {
    let manifest = fs::read_to_string(bundle.join("bundle.json")).unwrap();
    assert_eq!(manifest.matches(from).count(), 1, "{from}");
    fs::write(bundle.join("bundle.json"), manifest.replace(from, to)).unwrap();
}

#[test]
fn a_byte_of_any_file_is_noticed() {
    let bench = bench();
    let bundle = whole(bench.path(), "b");
    for name in FILES {
        let path = bundle.join(name);
        let before = fs::read(&path).unwrap();
        for at in [0, before.len() / 2, before.len() - 1] {
            let mut changed = before.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            let said = refusal(&bundle);
            assert!(said.starts_with("edgeseal: error[bundle_invalid]: "), "{name} {at}: {said}");
            assert!(said.contains(&format!("`{name}`")) || name == "bundle.json", "{name} {at}: {said}");
        }
        fs::write(&path, before).unwrap();
    }
    verify(&bundle);
}

#[test]
fn a_byte_anywhere_in_an_archive_is_noticed() {
    let bench = bench();
    let zip = whole(bench.path(), "b.zip");
    let before = fs::read(&zip).unwrap();
    for part in 0..40 {
        let at = (before.len() - 1) * part / 39;
        let mut changed = before.clone();
        changed[at] ^= 1;
        fs::write(&zip, &changed).unwrap();
        let said = refusal(&zip);
        assert!(said.starts_with("edgeseal: error[bundle_invalid]: "), "{at}: {said}");
    }
}

#[test]
fn a_file_that_is_missing_or_too_many_is_noticed() {
    let bench = bench();
    for name in FILES {
        let bundle = whole(bench.path(), &format!("without-{name}"));
        fs::remove_file(bundle.join(name)).unwrap();
        let reason = if name == "bundle.json" {
            "there is no `bundle.json`: it is no bundle"
        } else {
            &format!("`{name}` is missing")
        };
        assert_eq!(refusal(&bundle), format!("edgeseal: error[bundle_invalid]: {reason}"));
    }
    let bundle = whole(bench.path(), "more");
    fs::write(bundle.join("index.js"), "").unwrap();
    assert_eq!(refusal(&bundle), "edgeseal: error[bundle_invalid]: `index.js` is not in `bundle.json`");
    // Nor does it help to write it down there.
    replace(&bundle, "index.js", b"");
    assert_eq!(
        refusal(&bundle),
        "edgeseal: error[bundle_invalid]: `index.js` does not belong into such a bundle"
    );

    let bundle = whole(bench.path(), "folder");
    fs::create_dir(bundle.join("node_modules")).unwrap();
    assert_eq!(refusal(&bundle), "edgeseal: error[bundle_invalid]: it holds something else than files");
    let bundle = whole(bench.path(), "link");
    fs::rename(bundle.join("policy.json"), bench.path().join("p")).unwrap();
    std::os::unix::fs::symlink(bench.path().join("p"), bundle.join("policy.json")).unwrap();
    assert_eq!(refusal(&bundle), "edgeseal: error[bundle_invalid]: it holds something else than files");
}

#[test]
fn code_that_this_command_does_not_carry_is_foreign_even_if_the_manifest_knows_it() {
    let bench = bench();
    for name in ["index.mjs", "edgeseal_bg.wasm", "edgeseal_relaxed_bg.wasm"] {
        let bundle = whole(bench.path(), &format!("other-{name}"));
        let mut content = fs::read(bundle.join(name)).unwrap();
        content.push(b'\n');
        replace(&bundle, name, &content);
        let reason = format!("`{name}` is not the one that this command carries");
        assert_eq!(refusal(&bundle), format!("edgeseal: error[bundle_foreign]: {reason}"));
    }
    let bundle = whole(bench.path(), "version");
    let version = env!("CARGO_PKG_VERSION");
    rewrite(&bundle, &format!("\"edgeseal\": \"{version}\""), "\"edgeseal\": \"0.0.9\"");
    let reason = format!("it is of EdgeSeal 0.0.9; this command is {version}");
    assert_eq!(refusal(&bundle), format!("edgeseal: error[bundle_foreign]: {reason}"));
}

#[test]
fn a_policy_that_another_one_took_the_place_of_is_noticed_and_one_that_does_not_load_refused() {
    let bench = bench();
    let bundle = whole(bench.path(), "b");
    replace(&bundle, "policy.json", br#"{"version": 1, "keys": {}, "fields": []}"#);
    let said = refusal(&bundle);
    assert!(said.starts_with("edgeseal: error[config_value_invalid]: "), "{said}");
    assert!(said.contains("/policy.json: `/keys`: "), "{said}");

    let bundle = whole(bench.path(), "digest");
    let mut policy = fs::read(bundle.join("policy.json")).unwrap();
    policy.push(b' ');
    replace(&bundle, "policy.json", &policy);
    let digest = verify(&bundle)["policy"]["sha256"].as_str().unwrap().to_owned();
    rewrite(
        &bundle,
        &format!("\"policy_sha256\": \"{digest}\""),
        &format!("\"policy_sha256\": \"{}\"", "0".repeat(64)),
    );
    let reason = "`policy.json` is not the policy that `bundle.json` means";
    assert_eq!(refusal(&bundle), format!("edgeseal: error[bundle_invalid]: {reason}"));
}

#[test]
fn a_manifest_has_one_way_to_be_written() {
    let bench = bench();
    for (number, (from, to, reason)) in [
        ("\"bundle\": 1", "\"bundle\": 2", "its format is 2; this command reads 1"),
        ("\"bundle\": 1", "\"bundle\": 1, \"bundle\": 1", "`bundle.json` is no manifest"),
        ("\"bundle\": 1", "\"more\": 1, \"bundle\": 1", "`bundle.json` is no manifest"),
        ("\"bundle\": 1", "\"bundle\":1", "`bundle.json` is not written as this command writes it"),
        ("lambda-edge", "cloud", "`bundle.json` is no manifest"),
        ("lambda-edge", "workers", "`edgeseal_bg.wasm` does not belong into such a bundle"),
    ]
    .into_iter()
    .enumerate()
    {
        let bundle = whole(bench.path(), &number.to_string());
        rewrite(&bundle, from, to);
        assert_eq!(refusal(&bundle), format!("edgeseal: error[bundle_invalid]: {reason}"));
    }
    let bundle = whole(bench.path(), "options");
    replace(&bundle, "options.json", b"{\"metrics\":\"emf\",\"maxOutputBytes\":1}\n");
    let reason = "`options.json` is not written as this command writes it";
    assert_eq!(refusal(&bundle), format!("edgeseal: error[bundle_invalid]: {reason}"));
}
