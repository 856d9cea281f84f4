//! Who decrypted, and what sets off an alarm.

use serde_json::{Value, json};

use super::office::{Office, python};
use super::page::Page;
use super::trail::{FOREIGN, NEW, OLD, at, call, call_of_user, denied, looked_up, passed_on, with};
use crate::emulator::{administrator, emulator, url};

const READER: &str = "edgeseal-reader-ssn";

#[tokio::test]
async fn lookups_tell_who_decrypted_who_was_denied_and_who_changed_a_key() {
    let office = Office::open().await;
    let mut section = office.section("The last 90 days");
    section.run();
    // The emulator answers in a form of its own: from here on with AWS's.
    let key = office.old.0.as_str();
    let calls = [
        call("Decrypt", READER, &[key]),
        call("Decrypt", READER, &[key]),
        call("Decrypt", READER, &[NEW]),
        call_of_user("Decrypt", "mallory", &[key]),
        denied(call("Decrypt", "other", &[])),
        call("ReEncrypt", "edgeseal-rewrap", &[key, NEW]),
    ];
    office.write("looked-up.json", looked_up(&calls));
    let said = section.run();
    assert_eq!(
        trimmed(&office.read("decrypted-by.txt")),
        [
            "2 arn:aws:iam::111122223333:role/edgeseal-reader-ssn\t192.0.2.10\tdone",
            "1 arn:aws:iam::111122223333:user/mallory\t192.0.2.10\tdone",
        ]
    );
    assert_eq!(
        office.read("failed.txt"),
        "2026-11-21T10:00:00Z\tDecrypt\tAccessDenied\tarn:aws:iam::111122223333:role/other\t192.0.2.10\n"
    );
    assert_eq!(
        office.read("re-encrypted.txt"),
        format!("2026-11-21T10:00:00Z\tarn:aws:iam::111122223333:role/edgeseal-rewrap\t{key}\t{NEW}\n")
    );
    assert_eq!(said.lines().count(), 4);

    // Calls that are made, and the emulator keeps: with the name and the time, without the key.
    let kms = administrator(&office.region);
    kms.disable_key().key_id(key).send().await.unwrap();
    kms.schedule_key_deletion().key_id(key).pending_window_in_days(30).send().await.unwrap();
    kms.cancel_key_deletion().key_id(key).send().await.unwrap();
    section.run();
    let changes = office.read("changes.txt");
    let mut names: Vec<&str> = changes.lines().map(|line| line.split('\t').nth(1).unwrap()).collect();
    names.sort_unstable();
    // Two policies were put when the office was opened.
    assert_eq!(
        names,
        ["CancelKeyDeletion", "DisableKey", "PutKeyPolicy", "PutKeyPolicy", "ScheduleKeyDeletion"]
    );
    assert!(
        changes.lines().all(|line| line.contains("\tarn:aws:iam::000000000000:user/test\t127.0.0.1")),
        "{changes}"
    );
}

#[tokio::test]
async fn callers_that_no_audit_line_has_are_found() {
    let office = Office::open().await;
    let line = |caller: &str, calls: u64| {
        json!({ "target": "edgeseal::audit", "message": "decrypt", "callers": [caller],
                "keys": { "ssn-2026a": { "calls": calls }, "mail-1": { "calls": 7 } } })
    };
    let other = json!({ "target": "edgeseal::serve", "message": "listening" });
    let lines = [line("ASIA-edgeseal-reader-ssn", 2), other, line("ASIA-other", 0)];
    office.write("audit.log", lines.map(|line| format!("{line}\n")).concat());
    let key = office.old.0.as_str();
    let events = [
        call("Decrypt", READER, &[key]),
        call("Decrypt", READER, &[key]),
        call("Decrypt", "somebody", &[NEW]),
        call_of_user("Decrypt", "mallory", &[key]),
    ];
    office.write("events.json", events.map(|event| format!("{event}\n")).concat());
    let mut section = office.section("Joined with EdgeSeal's own line");
    assert_eq!(section.run(), "AKIA-mallory\n");
    assert_eq!(section.run(), "2\t3\n");
}

#[tokio::test]
async fn the_query_of_the_log_group_finds_the_events_of_a_key() {
    let office = Office::open().await;
    let group = format!("CloudTrail/{}", office.region);
    let key = office.old.0.as_str();
    let calls = [
        call("Decrypt", READER, &[key]),
        call("Decrypt", READER, &[NEW]),
        call("GetPublicKey", "edgeseal-publisher", &[key]),
        denied(call_of_user("Decrypt", "mallory", &[key])),
        call("ReEncrypt", "edgeseal-rewrap", &[key, NEW]),
        with(call("Decrypt", READER, &[key]), "eventSource", json!("other.amazonaws.com")),
    ];
    let messages: Vec<Value> = calls.iter().map(|call| json!(call.to_string())).collect();
    office.write("messages.json", json!(messages).to_string());
    let put = format!(
        "aws logs create-log-group --log-group-name '{group}'\n\
         aws logs create-log-stream --log-group-name '{group}' --log-stream-name s\n\
         jq -c --arg now \"$(date +%s)000\" '[.[] | {{ timestamp: ($now | tonumber), message: . }}]' messages.json > put.json\n\
         aws logs put-log-events --log-group-name '{group}' --log-stream-name s --log-events file://put.json\n\
         echo TRAIL='{group}' > .settings\n"
    );
    let mut section = office.section("In the log group: Logs Insights");
    let output = office.shell(&put);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    section.run();
    let found = office.read("insights.txt");
    let mut found: Vec<&str> = found.lines().collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "2026-11-21T10:00:00Z\tDecrypt\tarn:aws:iam::111122223333:user/mallory\t192.0.2.10\tAccessDenied",
            "2026-11-21T10:00:00Z\tDecrypt\tarn:aws:sts::111122223333:assumed-role/edgeseal-reader-ssn/session\t192.0.2.10\tdone",
            "2026-11-21T10:00:00Z\tReEncrypt\tarn:aws:sts::111122223333:assumed-role/edgeseal-rewrap/session\t192.0.2.10\tdone",
        ]
    );
}

#[test]
fn each_sql_query_finds_its_rows() {
    let day = |day: u32, calls: usize| {
        let time = format!("2026-11-{day:02}T10:00:00Z");
        std::iter::repeat_n(at(call("Decrypt", READER, &[OLD]), &time), calls)
    };
    let mut records: Vec<Value> = (1..=8).flat_map(|date| day(date, 2)).chain(day(9, 30)).collect();
    records.push(at(denied(call("Decrypt", READER, &[OLD])), "2026-11-08T11:00:00Z"));
    records.push(at(call("Decrypt", READER, &[OLD]), "2026-10-31T23:59:59Z"));
    records.push(at(call_of_user("Decrypt", "mallory", &[NEW]), "2026-11-09T03:00:00Z"));
    records.push(at(call("ReEncrypt", "edgeseal-rewrap", &[OLD, NEW]), "2026-11-10T10:00:00Z"));
    records.push(at(call("ReEncrypt", "edgeseal-rewrap", &[OLD, FOREIGN]), "2026-11-10T11:00:00Z"));
    records.push(at(call("PutKeyPolicy", "edgeseal-key-admin", &[OLD]), "2026-11-11T10:00:00Z"));
    let other = with(call("DisableKey", READER, &[OLD]), "eventSource", json!("other.amazonaws.com"));
    records.push(other);

    let page = Page::read();
    let answers: Vec<Value> = page.sql().iter().map(|sql| athena(sql, &records)).collect();
    let [by_day, by_principal, foreign, risen, changes] = answers.as_slice() else { panic!("five queries") };

    let role = "arn:aws:iam::111122223333:role/edgeseal-reader-ssn";
    let rows = by_day.as_array().unwrap();
    assert_eq!(rows.len(), 9, "{by_day}");
    let last = json!({ "day": "2026-11-08", "principal": role, "sourceipaddress": "192.0.2.10", "calls": 3, "failed": 1 });
    assert_eq!(rows[7], last);
    assert_eq!(
        *by_principal,
        json!([{ "key_arn": OLD, "sourceipaddress": "192.0.2.10", "first": "2026-10-31T23:59:59Z", "last": "2026-11-09T10:00:00Z", "calls": 47 }])
    );
    let rewrap = "arn:aws:sts::111122223333:assumed-role/edgeseal-rewrap/session";
    assert_eq!(
        *foreign,
        json!([{ "eventtime": "2026-11-10T11:00:00Z", "principal": rewrap, "sourceipaddress": "192.0.2.10", "source": OLD, "destination": FOREIGN }])
    );
    assert_eq!(*risen, json!([{ "day": "2026-11-09", "principal": role, "calls": 30, "before": 2.0 }]));
    let names: Vec<&Value> = changes.as_array().unwrap().iter().map(|row| &row["eventname"]).collect();
    assert_eq!(names, ["Decrypt", "PutKeyPolicy"]);
}

#[test]
fn each_pattern_matches_what_it_is_for_and_nothing_else() {
    let page = Page::read();
    let patterns: serde_json::Map<String, Value> = page
        .documents()
        .into_iter()
        .filter_map(|(name, document)| {
            Some((name.strip_prefix("alarm-")?.trim_end_matches(".json").to_owned(), document))
        })
        .collect();
    let assume = |role: &str| {
        let parameters =
            json!({ "roleArn": format!("arn:aws:iam::111122223333:role/{role}"), "roleSessionName": "s" });
        let assumed = with(call_of_user("AssumeRole", "ada", &[]), "eventSource", json!("sts.amazonaws.com"));
        with(assumed, "requestParameters", parameters)
    };
    let calls = json!({
        "reader decrypts": call("Decrypt", READER, &[OLD]),
        "stranger decrypts": call("Decrypt", "stranger", &[NEW]),
        "user decrypts": call_of_user("Decrypt", "mallory", &[OLD]),
        "stranger decrypts elsewhere": call("Decrypt", "stranger", &[FOREIGN]),
        "key disabled": call("DisableKey", "edgeseal-key-admin", &[OLD]),
        "deletion scheduled": call("ScheduleKeyDeletion", "edgeseal-key-admin", &[NEW]),
        "policy put": call("PutKeyPolicy", "edgeseal-key-admin", &[NEW]),
        "policy put elsewhere": call("PutKeyPolicy", "edgeseal-key-admin", &[FOREIGN]),
        "public key fetched": call("GetPublicKey", "edgeseal-publisher", &[OLD]),
        "rewrapped": call("ReEncrypt", "edgeseal-rewrap", &[OLD, NEW]),
        "taken away": call("ReEncrypt", "edgeseal-rewrap", &[OLD, FOREIGN]),
        "glass broken": assume("edgeseal-break-glass"),
        "role assumed": assume(READER),
    });
    let events: serde_json::Map<String, Value> =
        calls.as_object().unwrap().iter().map(|(name, call)| (name.clone(), passed_on(call))).collect();
    let matched =
        python("patterns.py", &[&url(emulator())], &json!({ "patterns": patterns, "events": events }));
    assert_eq!(
        matched,
        json!({
            "key-changed": ["deletion scheduled", "key disabled", "policy put"],
            "unknown-reader": ["stranger decrypts", "user decrypts"],
            "foreign-destination": ["taken away"],
            "break-glass": ["glass broken"],
        })
    );
}

#[tokio::test]
async fn the_alarms_are_put_in_place() {
    let office = Office::open().await;
    let group = format!("CloudTrail/{}", office.region);
    let mut section = office.section("Alarms");
    office.write(".settings", format!("TRAIL={group}\n"));
    let output = office.shell(&format!("aws logs create-log-group --log-group-name '{group}'\n"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    section.run();
    office.write("event.json", call_of_user("Decrypt", "mallory", &[OLD]).to_string());
    assert_eq!(section.run(), "True\n");
    let alarms = section.run();
    assert_eq!(alarms.split_whitespace().collect::<Vec<_>>(), ["edgeseal-Decrypt", "edgeseal-Denied"]);
    let rules = office.shell("aws events list-targets-by-rule --rule edgeseal-unknown-reader --output text --query 'Targets[].Arn'\n");
    let topic = format!("arn:aws:sns:{}:000000000000:edgeseal-alarms\n", office.region);
    assert_eq!(String::from_utf8_lossy(&rules.stdout), topic);
}

#[test]
fn the_metric_filters_count_what_they_are_for() {
    let page = Page::read();
    let commands = page.commands("Alarms").concat();
    let filters: Vec<&str> =
        commands.split("--filter-pattern '{").skip(1).map(|rest| rest.split_once("}'").unwrap().0).collect();
    let [decrypts, denials] = filters.as_slice() else { panic!("two filters: {filters:?}") };
    let symmetric = with(
        call("Decrypt", READER, &[OLD]),
        "requestParameters",
        json!({ "encryptionAlgorithm": "SYMMETRIC_DEFAULT" }),
    );
    for (call, counted) in [
        (call("Decrypt", READER, &[OLD]), [true, false]),
        (denied(call("Decrypt", READER, &[OLD])), [true, true]),
        (with(call("Decrypt", READER, &[OLD]), "errorCode", json!("AccessDeniedException")), [true, true]),
        (symmetric, [false, false]),
        (call("GetPublicKey", READER, &[OLD]), [false, false]),
        (
            with(denied(call("Decrypt", READER, &[])), "eventSource", json!("s3.amazonaws.com")),
            [false, false],
        ),
    ] {
        assert_eq!([counts(decrypts, &call), counts(denials, &call)], counted, "{call}");
    }
}

/// Our reading of the syntax ("Filter pattern syntax" of the CloudWatch Logs User Guide), as far as the page uses it: the emulator takes every pattern for one that matches.
fn counts(pattern: &str, event: &Value) -> bool {
    pattern.split("&&").all(|term| {
        let (selector, value) = term.split_once('=').unwrap();
        let pointer = selector.trim().strip_prefix('$').unwrap().replace('.', "/");
        let value = value.trim().trim_matches('"');
        let found = event.pointer(&pointer).and_then(Value::as_str);
        match value.strip_suffix('*') {
            Some(prefix) => found.is_some_and(|found| found.starts_with(prefix)),
            None => found == Some(value),
        }
    })
}

fn athena(sql: &str, records: &[Value]) -> Value {
    python("athena.py", &[], &json!({ "sql": sql, "records": records }))
}

fn trimmed(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|line| line.trim_start().to_owned()).collect();
    lines.sort_unstable_by(|a, b| b.cmp(a));
    lines
}
