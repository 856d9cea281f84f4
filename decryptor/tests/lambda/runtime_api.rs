//! The Runtime API of AWS Lambda, as its documentation describes it, and the program that asks it for events.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use serde_json::Value;

/// Ample for everything that is not stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// The request id of every event.
pub(crate) const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

/// The real `bootstrap`, started as Lambda starts it.
pub(crate) struct Function {
    child: Child,
    events: Sender<(String, u64)>,
    posted: Receiver<Posted>,
    log: Vec<JoinHandle<String>>,
}

/// What the program posted.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) path: String,
    pub(crate) body: Value,
}

impl Function {
    /// Starts it in the folder, where `keyring.json` is, with these variables and no others but Lambda's.
    pub(crate) fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, queue) = channel();
        let (answers, posted) = channel();
        std::thread::spawn(move || {
            let queue = Arc::new(Mutex::new(queue));
            for connection in listener.incoming() {
                let (queue, answers) = (queue.clone(), answers.clone());
                std::thread::spawn(move || serve(&connection.unwrap(), &queue, &answers));
            }
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_bootstrap"));
        command.env_clear().current_dir("/").stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("AWS_LAMBDA_RUNTIME_API", address).env("LAMBDA_TASK_ROOT", folder);
        command.env("AWS_LAMBDA_FUNCTION_NAME", "decrypt").env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256").env("RUST_LOG", "trace");
        let mut child = command.envs(variables.iter().copied()).spawn().unwrap();
        let log = vec![read_all(child.stdout.take().unwrap()), read_all(child.stderr.take().unwrap())];
        Self { child, events, posted, log }
    }

    /// Has an event answered.
    pub(crate) fn answer(&self, event: &Value) -> Value {
        let posted = self.post(event, Duration::from_secs(60));
        assert_eq!(posted.path, format!("/2018-06-01/runtime/invocation/{REQUEST_ID}/response"));
        posted.body
    }

    /// Has an event refused.
    pub(crate) fn refuse(&self, event: &Value) -> Value {
        let posted = self.post(event, Duration::from_secs(60));
        assert_eq!(posted.path, format!("/2018-06-01/runtime/invocation/{REQUEST_ID}/error"));
        posted.body
    }

    /// What the program posts for an event that Lambda gives this much time.
    pub(crate) fn post(&self, event: &Value, time: Duration) -> Posted {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let deadline = u64::try_from((now + time).as_millis()).unwrap();
        self.events.send((event.to_string(), deadline)).unwrap();
        self.posted.recv_timeout(PATIENCE).unwrap()
    }

    /// Ends it; gives everything it wrote.
    pub(crate) fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.read_log()
    }

    /// Waits until it ends by itself: with what exit status, what it posted, and what it wrote.
    pub(crate) fn ended(mut self) -> (Option<i32>, Posted, String) {
        let status = self.child.wait().unwrap();
        let posted = self.posted.recv_timeout(PATIENCE).unwrap();
        (status.code(), posted, self.read_log())
    }

    fn read_log(&mut self) -> String {
        self.log.drain(..).map(|thread| thread.join().unwrap()).collect()
    }
}

/// The audit lines of a log, all of which is JSON lines.
pub(crate) fn audits(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    lines.filter(|line| line["target"] == "edgeseal::audit").collect()
}

fn read_all(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        pipe.read_to_end(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    })
}

/// The requests of a connection, one after the other.
fn serve(connection: &TcpStream, queue: &Mutex<Receiver<(String, u64)>>, answers: &Sender<Posted>) {
    let mut reader = BufReader::new(connection);
    while let Some((method, path, body)) = read_request(&mut reader) {
        if method == "GET" {
            assert_eq!(path, "/2018-06-01/runtime/invocation/next");
            // When the test is over there are no more.
            let Ok((event, deadline)) = queue.lock().unwrap().recv() else { return };
            let headers = format!(
                "Lambda-Runtime-Aws-Request-Id: {REQUEST_ID}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:111122223333:function:decrypt\r\n\
                 Content-Type: application/json\r\n"
            );
            write_response(connection, "200 OK", &headers, &event);
        } else {
            let body = serde_json::from_slice(&body).unwrap();
            write_response(connection, "202 Accepted", "", "{\"status\":\"OK\"}");
            if answers.send(Posted { path, body }).is_err() {
                return;
            }
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<(String, String, Vec<u8>)> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_ascii_lowercase();
        assert!(!line.starts_with("transfer-encoding"), "{line}");
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut words = first.split(' ');
    Some((words.next()?.to_owned(), words.next()?.to_owned(), body))
}

fn write_response(mut connection: &TcpStream, status: &str, headers: &str, body: &str) {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    // The program may be gone.
    let _ = connection.write_all(format!("{head}{body}").as_bytes());
}
