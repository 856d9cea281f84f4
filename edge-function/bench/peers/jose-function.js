// A handler with jose as it would be uploaded.

import { readFileSync } from "node:fs";

import * as jose from "jose";

import { joseEncryption } from "./jose.js";
import { eachFieldInTime, handlerAround } from "./post.js";

const encrypt = await joseEncryption(jose, readFileSync(new URL("public.pem", import.meta.url), "utf8"));

export const handler = handlerAround(eachFieldInTime(encrypt));
