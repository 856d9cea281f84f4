//! The emulator, one for all tests, and keys and users in it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kms::Client;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_kms::types::{KeySpec, KeyUsageType};

use crate::common::root;

/// Who asks.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

impl Identity {
    /// The emulator's root, who may do everything.
    pub(crate) fn root() -> Self {
        Self { access_key_id: "test".into(), secret_access_key: "test".into(), session_token: None }
    }

    /// A user who may decrypt under these keys, and nothing else.
    ///
    /// The emulator does not know `kms:EncryptionAlgorithm` in the policies of users: its condition is not in this one.
    pub(crate) fn reader_of(arns: &[&str]) -> Self {
        Self::made_with(arns)
    }

    /// A user who may do this with these keys, and nothing else.
    pub(crate) fn allowed(actions: &[&str], arns: &[&str]) -> Self {
        let statement = serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": arns });
        Self::with_policy(
            &serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string(),
        )
    }

    /// A user with this IAM policy.
    pub(crate) fn with_policy(policy: &str) -> Self {
        Self::made_with(&["--policy", policy])
    }

    fn made_with(arguments: &[&str]) -> Self {
        let text = python("reader.py", arguments);
        let (access_key_id, secret_access_key) = text.trim().split_once(' ').expect("a user's access key");
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: None,
        }
    }

    /// A user who may do this under these keys, and nothing else: `kms:ReEncryptFrom` and ARNs.
    pub(crate) fn allowed_to(statements: &[(&str, &[&str])]) -> Self {
        let statements: Vec<_> = statements
            .iter()
            .map(
                |(action, arns)| serde_json::json!({ "Effect": "Allow", "Action": action, "Resource": arns }),
            )
            .collect();
        let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": statements });
        Self::with_policy(&policy.to_string())
    }
}

/// What a program of this folder says, of the emulator and of these arguments.
pub(crate) fn python(program: &str, arguments: &[&str]) -> String {
    let ministack = ministack();
    let mut command = Command::new(Path::new(&ministack).with_file_name("python"));
    command.arg(root().join("decryptor/tests/kms").join(program)).arg(url(emulator())).args(arguments);
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{program}");
    String::from_utf8(output.stdout).unwrap()
}

/// The configuration of an SDK that talks to this address, with retries that do not keep tests waiting.
pub(crate) fn config(address: SocketAddr, identity: &Identity) -> SdkConfig {
    let Identity { access_key_id, secret_access_key, session_token } = identity.clone();
    let credentials = Credentials::new(access_key_id, secret_access_key, session_token, None, "test");
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url(address))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retries)
        .build()
}

pub(crate) fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// The emulator itself, for what tests prepare in it.
pub(crate) fn administrator(region: &str) -> Client {
    let config = config(emulator(), &Identity::root());
    let config = aws_sdk_kms::config::Builder::from(&config).region(Region::new(region.to_owned()));
    Client::from_conf(config.build())
}

/// Makes an RSA key; gives its ARN and its public key.
pub(crate) async fn create_key(region: &str, spec: KeySpec) -> (String, String) {
    let kms = administrator(region);
    let created = kms.create_key().key_spec(spec).key_usage(KeyUsageType::EncryptDecrypt).send().await;
    let arn = created.unwrap().key_metadata.unwrap().arn.unwrap();
    let public = kms.get_public_key().key_id(&arn).send().await.unwrap().public_key.unwrap();
    let line_ending = pem_rfc7468::LineEnding::LF;
    let pem = pem_rfc7468::encode_string("PUBLIC KEY", line_ending, public.as_ref()).unwrap();
    (arn, pem)
}

/// Where the emulator listens. The first test that asks starts it.
pub(crate) fn emulator() -> SocketAddr {
    static EMULATOR: OnceLock<(SocketAddr, Child)> = OnceLock::new();
    EMULATOR.get_or_init(start).0
}

pub(crate) fn ministack() -> String {
    std::env::var("EDGESEAL_MINISTACK").expect(
        "EDGESEAL_MINISTACK names the program `ministack`; `cargo xtask test` installs it and sets the variable",
    )
}

/// Ends it when our end of the pipe is closed, and so whenever and however this process ends: nobody drops a static.
const UNTIL_PIPE_CLOSES: &str = r#""$0" & emulator=$!; cat; kill "$emulator"; wait "$emulator""#;

fn start() -> (SocketAddr, Child) {
    let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", UNTIL_PIPE_CLOSES]).arg(ministack()).current_dir(std::env::temp_dir());
    shell.envs([
        ("BIND_HOST", "127.0.0.1"),
        ("GATEWAY_PORT", &address.port().to_string()),
        ("SERVICES", "kms,iam,sts,cloudtrail,events,logs,monitoring,sns"),
        // Its CloudTrail keeps calls only if told to.
        ("CLOUDTRAIL_RECORDING", "1"),
        ("AUTH", "true"),
        // Without these it opens more ports, and not on 127.0.0.1 alone.
        ("IOT_MTLS_ENABLED", "0"),
        ("SFTP_ENABLED", "0"),
    ]);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let shell = shell.spawn().unwrap();
    let start = Instant::now();
    while !healthy(address) {
        assert!(start.elapsed() < Duration::from_secs(120), "the emulator does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
    (address, shell)
}

fn healthy(address: SocketAddr) -> bool {
    let Ok(mut connection) = TcpStream::connect(address) else { return false };
    let mut reply = String::new();
    let request = b"GET /_ministack/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    connection.write_all(request).is_ok()
        && connection.read_to_string(&mut reply).is_ok()
        && reply.starts_with("HTTP/1.1 200")
}
