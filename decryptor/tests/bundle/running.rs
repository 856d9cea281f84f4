//! Bundles in Node.js, as they are unpacked.

use super::*;

/// Sends events to the handler beside it, and prints what comes back.
const HOST: &str = r#"
import { readFileSync } from "node:fs";
const entries = [];
const print = console.log;
console.log = console.error = (line) => entries.push(line);
const { handler } = await import(process.argv[2]);
const request = (body, more) => ({
  clientIp: "203.0.113.178", method: body === undefined ? "GET" : "POST", querystring: "", uri: "/people",
  headers: { host: [{ key: "Host", value: "origin.example" }], "content-type": [{ key: "Content-Type", value: "application/json" }] },
  ...(body === undefined ? {} : { body: { action: "read-only", data: Buffer.from(body).toString("base64"), encoding: "base64", inputTruncated: false } }),
});
const send = async (body) => {
  const config = { distributionDomainName: "d111111abcdef8.cloudfront.net", distributionId: "EDFDVBD6EXAMPLE", eventType: "origin-request",
    requestId: "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==" };
  const result = await handler({ Records: [{ cf: { config, request: request(body) } }] });
  return { status: result.status ?? "", headers: result.headers,
    body: result.body?.data === undefined ? "" : Buffer.from(result.body.data, result.body.encoding).toString() };
};
const bodies = JSON.parse(readFileSync(0, "utf8"));
const results = [];
for (const body of bodies) results.push(await send(body ?? undefined));
print(JSON.stringify({ results, entries }));
"#;

const BODY: &str = r#"{"name": "Ada", "ssn": "078-05-1120", "iban": "DE02120300000000202051"}"#;

/// Unpacks a bundle into an empty folder and sends it bodies; `null` is a request without one.
fn send(zip: &Path, change: impl FnOnce(&Path), bodies: &Value) -> Value {
    let empty = tempfile::tempdir().unwrap();
    let unpacked = empty.path().join("task");
    unpack(zip, &unpacked);
    change(&unpacked);
    let host = empty.path().join("host.mjs");
    fs::write(&host, HOST).unwrap();
    let mut node = Command::new("node");
    // Elsewhere than the bundle, as Lambda may run it.
    node.arg(&host).arg(unpacked.join("index.mjs")).current_dir("/");
    let output = run(&mut node, bodies.to_string().as_bytes());
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_bundle_encrypts_as_it_is_unpacked() {
    let bench = bench();
    let zip = make(bench.path(), "lambda-edge", "b.zip", &[]);
    let sent = send(&zip, |_| (), &serde_json::json!([BODY, null]));
    let body = sent["results"][0]["body"].as_str().unwrap();
    assert!(body.starts_with(r#"{"name": "Ada", "ssn": "__es1.a.s."#), "{sent}");
    assert!(body.contains(r#""iban": "{{c:"#), "{sent}");
    assert!(!sent.to_string().contains("078-05-1120") && !sent.to_string().contains("DE0212"), "{sent}");
    assert_eq!(
        (&sent["results"][0]["status"], &sent["results"][1]["status"]),
        (&"".into(), &"".into()),
        "{sent}"
    );

    // And somebody who has the keys can read it.
    let keys = tempfile::tempdir().unwrap();
    fs::copy(root().join("decryptor/tests/cmd/files/keyring.json"), keys.path().join("keyring.json"))
        .unwrap();
    for key in ["rsa2048-a", "rsa2048-b", "rsa3072"] {
        common::copy_private_key(key, &keys.path().join(format!("{key}.pem")));
    }
    let output = run(edgeseal(keys.path()).args(["decrypt", "--keyring", "keyring.json"]), body.as_bytes());
    assert_eq!(text(&output.stdout), BODY, "{}", text(&output.stderr));
}

#[test]
fn options_reach_the_handler() {
    let bench = bench();
    let zip = make(
        bench.path(),
        "lambda-edge",
        "b.zip",
        &["--metrics", "emf", "--count-header", "x-encrypted", "--host-rsa"],
    );
    let sent = send(&zip, |_| (), &serde_json::json!([BODY]));
    assert_eq!(sent["results"][0]["headers"]["x-encrypted"][0]["value"], "2", "{sent}");
    let entry: Value = serde_json::from_str(sent["entries"][0].as_str().unwrap()).unwrap();
    assert!(entry["_aws"]["CloudWatchMetrics"].is_array(), "{sent}");
}

#[test]
fn a_bundle_whose_policy_is_broken_refuses_every_request() {
    let bench = bench();
    let zip = make(bench.path(), "lambda-edge", "b.zip", &[]);
    type Change = fn(&Path);
    let changes: [Change; 5] = [
        |bundle| fs::write(bundle.join("policy.json"), "{").unwrap(),
        |bundle| fs::write(bundle.join("policy.json"), b"\xff").unwrap(),
        |bundle| fs::remove_file(bundle.join("policy.json")).unwrap(),
        |bundle| {
            for module in ["edgeseal_bg.wasm", "edgeseal_relaxed_bg.wasm"] {
                fs::remove_file(bundle.join(module)).unwrap();
            }
        },
        |bundle| fs::write(bundle.join("options.json"), r#"{"metric":"emf"}"#).unwrap(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let sent = send(&zip, change, &serde_json::json!([BODY, null, "", "x"]));
        let results = sent["results"].as_array().unwrap();
        assert!(
            results.len() == 4 && results.iter().all(|result| result["status"] == "503"),
            "{number}: {sent}"
        );
    }
}

/// What the command refuses as the name of the header, the handler refuses too, and the other way round: else a bundle would refuse everything.
#[test]
fn the_handler_takes_the_headers_that_the_command_takes() {
    let bench = bench();
    for name in ["x-encrypted", "x_encrypted", "x-edgeseal-count", "X-Amz", "accept", "a".repeat(64).as_str()]
    {
        let zip = make(bench.path(), "lambda-edge", "b.zip", &["--count-header", name]);
        let sent = send(&zip, |_| (), &serde_json::json!([null]));
        assert_eq!(sent["results"][0]["status"], "", "{name}: {sent}");
    }
    for name in [
        "host",
        "Content-Length",
        "x-forwarded-count",
        "x-amz-count",
        "X-Edge-Count",
        "via",
        "cookie",
        "a b",
        "",
        "if-match",
    ] {
        let arguments =
            ["bundle", "-p", "policy.json", "-t", "lambda-edge", "-o", "c.zip", "--count-header", name];
        assert_eq!(run(edgeseal(bench.path()).args(arguments), b"").status.code(), Some(2), "{name}");
        // The same name, past the command.
        let zip = make(bench.path(), "lambda-edge", "b.zip", &[]);
        let options = serde_json::json!({"countHeader": name}).to_string();
        let sent = send(
            &zip,
            |bundle| fs::write(bundle.join("options.json"), options).unwrap(),
            &serde_json::json!([null]),
        );
        assert_eq!(sent["results"][0]["status"], "503", "{name}: {sent}");
    }
}
