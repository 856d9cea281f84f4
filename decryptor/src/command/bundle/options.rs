//! `options.json`: what the handler is to do beside encrypting.

use serde::{Deserialize, Serialize};

use crate::command::arguments::{EdgeTarget, MetricsFormat, NewBundle};

pub(super) const NOT_FOR_WORKERS: &str =
    "--metrics, --count-header and --host-rsa are for the target lambda-edge";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<Metrics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count_header: Option<String>,
    #[serde(default, skip_serializing_if = "is_off")]
    host_rsa: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Metrics {
    Emf,
}

/// The file of the options; an inner `None` if there are none, an outer one if the target has no such options.
pub(super) fn to_json(new: &NewBundle<'_>) -> Option<Option<Vec<u8>>> {
    if new.metrics.is_none() && new.count_header.is_none() && !new.host_rsa {
        return Some(None);
    }
    let options = Options {
        metrics: new.metrics.map(|MetricsFormat::Emf| Metrics::Emf),
        count_header: new.count_header.map(str::to_owned),
        host_rsa: new.host_rsa,
    };
    (new.target == EdgeTarget::LambdaEdge).then(|| Some(text(&options)))
}

/// Whether this is such a file.
pub(super) fn is_valid(bytes: &[u8]) -> bool {
    serde_json::from_slice(bytes).is_ok_and(|options: Options| text(&options) == bytes)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_off(flag: &bool) -> bool {
    !*flag
}

fn text(options: &Options) -> Vec<u8> {
    // Strings always have a JSON text.
    let mut text = serde_json::to_vec(options).unwrap_or_default();
    text.push(b'\n');
    text
}
