//! What is said to Lambda before the function runs.

use std::env;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use tokio::time::timeout;

use super::SettingsError;

/// How long Lambda may take to hear it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What Lambda sets. The runtime would panic without one of them.
const OF_LAMBDA: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

pub(super) fn check() -> Result<(), SettingsError> {
    match OF_LAMBDA.iter().find(|name| env::var(name).is_err()) {
        None => Ok(()),
        Some(name) => Err(SettingsError::new(name, "it is not set: this program is started by AWS Lambda")),
    }
}

/// Tells Lambda why the function does not start (`/runtime/init/error`), which then tells whoever invoked it.
pub(super) async fn report(error: &SettingsError) {
    let Ok(address) = env::var("AWS_LAMBDA_RUNTIME_API") else { return };
    let body =
        json!({ "errorType": error.code(), "errorMessage": error.to_string(), "stackTrace": [] }).to_string();
    let request = format!(
        "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Lambda-Runtime-Function-Error-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        error.code(),
        body.len()
    );
    let posting = async {
        let mut connection = TcpStream::connect(&address).await?;
        connection.write_all(request.as_bytes()).await?;
        // The beginning of the reply: then it has been heard.
        connection.read(&mut [0; 16]).await
    };
    // Whether it arrives or not, the process ends.
    let _ = timeout(PATIENCE, posting).await;
}
