//! A proxy between the SDK and the emulator: it passes bytes on as they are, so that signatures stay valid, makes faults and keeps a record.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::emulator::emulator;
use crate::fault::{self, Fault};
use crate::re_encrypt;

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Whether calls that manage keys are passed on too.
    manages: bool,
    rules: Mutex<Vec<Rule>>,
    seen: Mutex<Vec<Seen>>,
    /// What the emulator answered, in base64.
    plaintexts: Mutex<Vec<String>>,
    /// Bytes of the bodies of oversized replies that the other side took.
    written: Mutex<usize>,
}

struct Rule {
    call: Option<&'static str>,
    arn: Option<String>,
    times: Option<usize>,
    fault: Fault,
}

/// An attempt of a call.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: serde_json::Value,
}

impl Seen {
    /// What the key is called that is asked first; nothing, of a call that makes one.
    pub(crate) fn arn(&self) -> &str {
        self.body["KeyId"].as_str().or(self.body["SourceKeyId"].as_str()).unwrap_or_default()
    }

    /// Whether it is about this key.
    fn concerns(&self, arn: &str) -> bool {
        self.arn() == arn || self.body["DestinationKeyId"] == arn
    }

    /// `Decrypt`, `CreateKey`, …
    pub(crate) fn call(&self) -> &str {
        self.header("x-amz-target").strip_prefix("TrentService.").unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|line| line.0.eq_ignore_ascii_case(name)).unwrap().1
    }

    /// The access key id, the date, the region and so on.
    pub(crate) fn scope(&self) -> Vec<&str> {
        let signed = self.header("authorization").split_once("Credential=").unwrap().1;
        signed.split(',').next().unwrap().split('/').collect()
    }
}

impl Proxy {
    /// For calls of `Decrypt` and `ReEncrypt`; any other fails the test.
    pub(crate) async fn new() -> Self {
        Self::with(State::default()).await
    }

    /// For calls that manage keys as well.
    pub(crate) async fn for_managing() -> Self {
        Self::with(State { manages: true, ..State::default() }).await
    }

    async fn with(state: State) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::new(state));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, shared.clone()));
            }
        });
        Self { address, state }
    }

    /// From now on, the attempts under a key, or under all, get this fault: so many of them, or all. Earlier rules come first.
    pub(crate) fn fault(&self, arn: Option<&str>, times: Option<usize>, fault: Fault) {
        let rule = Rule { call: None, arn: arn.map(str::to_owned), times, fault };
        self.state.rules.lock().unwrap().push(rule);
    }

    /// The same of the attempts of one call, whatever the key.
    pub(crate) fn fault_in(&self, call: &'static str, times: Option<usize>, fault: Fault) {
        self.state.rules.lock().unwrap().push(Rule { call: Some(call), arn: None, times, fault });
    }

    /// Forgets the rules and the record.
    pub(crate) fn reset(&self) {
        self.state.rules.lock().unwrap().clear();
        self.state.seen.lock().unwrap().clear();
        self.state.plaintexts.lock().unwrap().clear();
        *self.state.written.lock().unwrap() = 0;
    }

    /// Every attempt, in the order of their coming.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// How many attempts there were.
    pub(crate) fn calls(&self) -> usize {
        self.state.seen.lock().unwrap().len()
    }

    pub(crate) fn calls_under(&self, arn: &str) -> usize {
        self.seen().iter().filter(|seen| seen.arn() == arn).count()
    }

    /// The plaintexts that were passed on, in base64.
    pub(crate) fn plaintexts(&self) -> Vec<String> {
        self.state.plaintexts.lock().unwrap().clone()
    }

    pub(crate) fn written(&self) -> usize {
        *self.state.written.lock().unwrap()
    }
}

impl State {
    fn fault_for(&self, seen: &Seen) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap();
        let applies = |rule: &&mut Rule| {
            rule.times != Some(0)
                && rule.arn.as_ref().is_none_or(|ruled| seen.concerns(ruled))
                && rule.call.is_none_or(|ruled| ruled == seen.call())
        };
        let rule = rules.iter_mut().find(applies)?;
        rule.times = rule.times.map(|times| times - 1);
        Some(rule.fault.clone())
    }
}

async fn serve(mut connection: TcpStream, state: Arc<State>) {
    while let Some(request) = message(&mut connection).await {
        let (head, body) = split(&request).unwrap();
        let seen = Seen {
            head: String::from_utf8(head.to_vec()).unwrap(),
            body: serde_json::from_slice(body).unwrap(),
        };
        assert!(state.manages || ["Decrypt", "ReEncrypt"].contains(&seen.call()), "{}", seen.call());
        let fault = state.fault_for(&seen);
        state.seen.lock().unwrap().push(seen.clone());
        let reply = match fault {
            None => {
                let reply = answer(&request, &seen).await;
                let members: serde_json::Value = serde_json::from_slice(split(&reply).unwrap().1).unwrap();
                let plaintext = members["Plaintext"].as_str().map(str::to_owned);
                state.plaintexts.lock().unwrap().extend(plaintext);
                reply
            }
            Some(Fault::Error(status, code)) => fault::error(status, code),
            Some(Fault::Status(status)) => fault::reply(status, b""),
            Some(Fault::Body(body)) => fault::reply(200, body.as_bytes()),
            Some(Fault::Member(name, value)) => {
                fault::with_member(&answer(&request, &seen).await, name, value)
            }
            Some(Fault::Slow(time)) => {
                tokio::time::sleep(time).await;
                answer(&request, &seen).await
            }
            Some(Fault::Until(said)) => {
                said.notified().await;
                forward(&request).await
            }
            Some(Fault::Hang) => {
                // Until the other side goes.
                let _ = connection.read_u8().await;
                return;
            }
            Some(Fault::CutBefore) => return,
            Some(Fault::CutInHead) => {
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-le").await;
                return;
            }
            Some(Fault::CutInBody) => {
                let whole = answer(&request, &seen).await;
                let _ = connection.write_all(&whole[..whole.len() - 20]).await;
                return;
            }
            Some(Fault::Oversized { announced }) => {
                write_oversized(&mut connection, announced, &state).await;
                return;
            }
        };
        if connection.write_all(&reply).await.is_err() {
            return;
        }
    }
}

/// The emulator's answer; to what it does not know, that of our stand-in.
async fn answer(request: &[u8], seen: &Seen) -> Vec<u8> {
    if seen.call() == "ReEncrypt" { re_encrypt::answer(seen).await } else { forward(request).await }
}

async fn forward(request: &[u8]) -> Vec<u8> {
    let mut emulator = TcpStream::connect(emulator()).await.unwrap();
    emulator.write_all(request).await.unwrap();
    message(&mut emulator).await.expect("the emulator answers")
}

async fn write_oversized(connection: &mut TcpStream, announced: bool, state: &State) {
    const PIECE: usize = 1 << 16;
    let length =
        if announced { format!("content-length: {}", fault::OVERSIZED) } else { "connection: close".into() };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\n{length}\r\n\r\n");
    let _ = connection.write_all(head.as_bytes()).await;
    for _ in 0..fault::OVERSIZED / PIECE {
        if connection.write_all(&[b' '; PIECE]).await.is_err() {
            return;
        }
        *state.written.lock().unwrap() += PIECE;
    }
}

/// One request or reply with a content length, as it comes; `None` if the connection ends.
async fn message(connection: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some((head, body)) = split(&bytes) {
            let head = std::str::from_utf8(head).unwrap().to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.unwrap().trim().parse().unwrap() {
                return Some(bytes);
            }
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// Head and body.
pub(crate) fn split(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = message.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((&message[..end], &message[end + 4..]))
}
