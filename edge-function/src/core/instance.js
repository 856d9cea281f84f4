// The wasm instance that encrypts.

import { __wbg_reset_state as reset, initSync } from "../../wasm/edgeseal.js";
import { instancesOf } from "./instances.js";

export const withInstance = instancesOf({ initSync, reset });
