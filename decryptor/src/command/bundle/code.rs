//! The code that goes to the edge, as `cargo xtask build` leaves it, for each platform.

use serde::{Deserialize, Serialize};

use super::contents::POLICY;
use crate::command::arguments::EdgeTarget;

/// The module for engines with SIMD128: Node.js 20.
const WASM: (&str, &[u8]) =
    ("edgeseal_bg.wasm", include_bytes!("../../../../edge-function/wasm/edgeseal_bg.wasm"));

/// The faster one, for engines with relaxed SIMD: Node.js 22 and 24, workerd.
const RELAXED_WASM: (&str, &[u8]) =
    ("edgeseal_relaxed_bg.wasm", include_bytes!("../../../../edge-function/wasm/edgeseal_relaxed_bg.wasm"));

/// Lambda has releases of Node.js of both kinds: the handler chooses.
const LAMBDA_EDGE: [(&str, &[u8]); 3] =
    [("index.mjs", include_bytes!("../../../../edge-function/dist/lambda-edge.mjs")), WASM, RELAXED_WASM];

const WORKERS: [(&str, &[u8]); 3] = [
    ("worker.mjs", include_bytes!("../../../../edge-function/dist/workers.mjs")),
    RELAXED_WASM,
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
