//! The code that goes to the edge, as `cargo xtask build` leaves it, for each platform.

use serde::{Deserialize, Serialize};

use super::contents::POLICY;
use crate::command::arguments::EdgeTarget;

const WASM: (&str, &[u8]) =
    ("edgeseal_bg.wasm", include_bytes!("../../../../edge-function/wasm/edgeseal_bg.wasm"));

const LAMBDA_EDGE: [(&str, &[u8]); 2] =
    [("index.mjs", include_bytes!("../../../../edge-function/dist/lambda-edge.mjs")), WASM];

const WORKERS: [(&str, &[u8]); 3] = [
    ("worker.mjs", include_bytes!("../../../../edge-function/dist/workers.mjs")),
    WASM,
    ("wrangler.toml", include_bytes!("wrangler.toml")),
];

/// Where a bundle runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Target {
    LambdaEdge,
    Workers,
}

impl Target {
    /// The files that come with the command.
    pub(super) fn code(self) -> &'static [(&'static str, &'static [u8])] {
        match self {
            Self::LambdaEdge => &LAMBDA_EDGE,
            Self::Workers => &WORKERS,
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::LambdaEdge => "Lambda@Edge",
            Self::Workers => "Cloudflare Workers",
        }
    }

    /// Whether the platform gets a file, or it is for whoever deploys.
    pub(super) fn uploads(self, name: &str) -> bool {
        self == Self::LambdaEdge
            || name.rsplit_once('.').is_some_and(|(_, kind)| matches!(kind, "mjs" | "wasm"))
            || name == POLICY
    }

    pub(super) fn takes_options(self) -> bool {
        self == Self::LambdaEdge
    }
}

impl From<EdgeTarget> for Target {
    fn from(target: EdgeTarget) -> Self {
        match target {
            EdgeTarget::LambdaEdge => Self::LambdaEdge,
            EdgeTarget::Workers => Self::Workers,
        }
    }
}
