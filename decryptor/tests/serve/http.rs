//! HTTP/1.1, as little of it as is needed, and exactly the bytes that a test wants.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// Long enough for any machine: only a test that fails waits for it.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client<S: Read + Write>(pub BufReader<S>);

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of a problem, which has to be built as one.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["request_id"], *self.header("edgeseal-request-id").unwrap());
        assert!(
            !problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty()
        );
        problem["code"].as_str().unwrap().to_owned()
    }
}

impl Client<TcpStream> {
    pub fn tcp(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }
}

impl Client<UnixStream> {
    pub fn unix(path: &std::path::Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }
}

impl<S: Read + Write> Client<S> {
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
        self.0.get_mut().flush().unwrap();
    }

    pub fn request(&mut self, request: &Request) -> Response {
        self.send(request.bytes());
        self.response()
    }

    pub fn response(&mut self) -> Response {
        self.response_to("")
    }

    pub fn response_to(&mut self, method: &str) -> Response {
        let status_line = self.line();
        let status = status_line.strip_prefix("HTTP/1.1 ").unwrap_or_else(|| panic!("{status_line:?}"));
        let status = status[..3].parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(": ").unwrap();
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut response = Response { status, headers, body: Vec::new() };
        let length = response.header("content-length").map_or(0, |length| length.parse().unwrap());
        if method != "HEAD" && status != 100 {
            response.body = vec![0; length];
            self.0.read_exact(&mut response.body).unwrap();
        }
        response
    }

    /// Whether the other side ends the connection, without another byte.
    pub fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) => {
                assert!(
                    !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
                    "it stays open"
                );
                true
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.strip_suffix("\r\n").unwrap_or_else(|| panic!("{line:?}")).to_owned()
    }
}

/// A request, which is for a loopback host and has the length of its body unless a header says something else.
#[derive(Clone)]
pub struct Request {
    head: String,
    body: Vec<u8>,
    host: bool,
    length: bool,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            head: format!("{method} {target} HTTP/1.1\r\n"),
            body: Vec::new(),
            host: true,
            length: method == "POST",
        }
    }

    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub fn post(query: &str, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let request = Self::new("POST", &format!("/v1/decrypt{query}"));
        let request =
            if content_type.is_empty() { request } else { request.header("Content-Type", content_type) };
        Self { body: body.as_ref().to_vec(), ..request }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.host &= name != "Host";
        self.length &= !matches!(name, "Content-Length" | "Transfer-Encoding");
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    pub fn without_host(mut self) -> Self {
        self.host = false;
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut head = self.head.clone();
        if self.host {
            head += "Host: localhost\r\n";
        }
        if self.length {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }
}
