// A handler with jose as it would be uploaded.

import { readFileSync } from "node:fs";

import * as jose from "jose";

import { joseEncryption } from "./jose.js";
import { handlerAround } from "./post.js";

export const handler = handlerAround(await joseEncryption(jose, readFileSync(new URL("public.pem", import.meta.url), "utf8")));
