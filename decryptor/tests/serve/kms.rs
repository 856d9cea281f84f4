//! Keys in a KMS that answers what a test wants.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::http::Request;
use crate::service::{Lab, SENTINEL, Service};

const ARN: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// What the KMS answers: a status and a body. Nothing at all, if there is none.
type Answer = Option<(u16, String)>;

struct Kms {
    answer: Arc<Mutex<Answer>>,
    address: String,
}

impl Kms {
    fn new(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answer = Arc::new(Mutex::new(answer));
        let shared = answer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let answer = shared.clone();
                std::thread::spawn(move || serve(stream.unwrap(), &answer));
            }
        });
        Self { answer, address }
    }

    fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }
}

/// Answers one request after the other.
fn serve(mut stream: TcpStream, answer: &Mutex<Answer>) {
    let mut seen = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        let Ok(read) = stream.read(&mut piece) else { return };
        if read == 0 {
            return;
        }
        seen.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&seen).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() < length.unwrap() {
            continue;
        }
        seen.clear();
        let Some((status, body)) = answer.lock().unwrap().clone() else { continue };
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {length}\r\n\r\n"
        );
        if stream.write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

fn plaintext() -> Answer {
    let body = format!(
        r#"{{"KeyId": "{ARN}", "Plaintext": "ZnJvbSB0aGUgS01T", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}}"#
    );
    Some((200, body))
}

fn denied() -> Answer {
    Some((400, r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned()))
}

fn disabled() -> Answer {
    Some((400, r#"{"__type": "DisabledException", "message": "no"}"#.to_owned()))
}

fn lab() -> (Lab, String) {
    let lab = Lab::new();
    let [token, _] = lab.tokens(SENTINEL);
    let keyring = format!(r#"{{"version": 1, "keys": {{"a": {{"kms_key_arn": "{ARN}"}}}}}}"#);
    std::fs::write(lab.path().join("keyring.json"), keyring).unwrap();
    (lab, token)
}

fn start(lab: &Lab, kms: &Kms, arguments: &[&str]) -> Service {
    let mut command = lab.command("127.0.0.1:0", arguments);
    command
        .env("AWS_ENDPOINT_URL", format!("http://{}", kms.address))
        .env("AWS_ACCESS_KEY_ID", "AKIDTEST")
        .env("AWS_SECRET_ACCESS_KEY", "secret-of-the-test")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_MAX_ATTEMPTS", "1");
    Lab::start(command)
}

#[test]
fn an_answer_is_remembered_within_a_request_and_never_beyond_it() {
    let (lab, token) = lab();
    let kms = Kms::new(plaintext());
    let service = start(&lab, &kms, &[]);
    let ask = || service.request(&Request::post("", "text/plain", format!("{token} {token}")));
    assert_eq!(ask().text(), "from the KMS from the KMS");
    assert_eq!(service.metric(r#"edgeseal_key_calls_total{key="a"}"#), Some(1.0));
    let report = service.request(&Request::post("?report=only", "text/plain", &token)).json();
    assert_eq!(report["keys"]["a"]["calls"], 1);
    // The permission is taken away.
    kms.answers(denied());
    let response = ask();
    assert_eq!((response.status, response.text()), (200, format!("{token} {token}")));
    assert_eq!(response.header("edgeseal-tokens-kept"), Some("2"));
    assert_eq!(service.metric(r#"edgeseal_key_calls_total{key="a"}"#), Some(3.0));
    let response = service.request(&Request::post("?on_denied=fail", "text/plain", &token));
    assert_eq!((response.status, response.code()), (403, "access_denied".to_owned()));
    assert!(!service.said().contains("secret-of-the-test"));
}

#[test]
fn a_key_that_cannot_be_asked_is_for_later() {
    let (lab, token) = lab();
    let kms = Kms::new(disabled());
    let service = start(&lab, &kms, &[]);
    let response = service.request(&Request::post("", "text/plain", &token));
    assert_eq!((response.status, response.code()), (503, "key_unavailable".to_owned()));
    assert!(response.header("retry-after").is_some());
    // It can decrypt, as far as it can tell.
    assert_eq!(service.request(&Request::get("/readyz")).status, 200);
}

#[test]
fn a_request_makes_no_more_calls_than_it_may() {
    let (lab, token) = lab();
    let kms = Kms::new(plaintext());
    let [other, _] = Lab::new().tokens("another");
    let service = start(&lab, &kms, &["--max-calls", "1"]);
    assert_eq!(service.request(&Request::post("", "text/plain", &token)).status, 200);
    let response = service.request(&Request::post("", "text/plain", format!("{token} {other}")));
    assert_eq!((response.status, response.code()), (503, "calls_exhausted".to_owned()));
    // It counts for each request.
    assert_eq!(service.request(&Request::post("", "text/plain", &token)).status, 200);
}

#[test]
fn a_request_takes_no_longer_than_it_may() {
    let (lab, token) = lab();
    let kms = Kms::new(None);
    let service = start(&lab, &kms, &["--request-timeout", "0.5"]);
    let response = service.request(&Request::post("", "text/plain", &token));
    assert_eq!((response.status, response.code()), (504, "deadline_passed".to_owned()));
    assert!(service.hears(r#""code":"deadline_passed""#).contains("\"outcome\":\"failed\""));
}

#[test]
fn a_client_that_goes_away_leaves_its_line_for_the_audit() {
    let (lab, token) = lab();
    let kms = Kms::new(None);
    let service = start(&lab, &kms, &["--request-timeout", "1000"]);
    let mut client = service.connect();
    client.send(Request::post("", "text/plain", &token).bytes());
    service.reaches("edgeseal_http_requests_in_flight", 1.0);
    drop(client);
    assert!(service.hears(r#""code":"client_gone""#).contains("\"outcome\":\"failed\""));
    service.reaches("edgeseal_http_requests_in_flight", 0.0);
    service.reaches(r#"edgeseal_http_requests_total{status="0",code="client_gone"}"#, 1.0);
}
