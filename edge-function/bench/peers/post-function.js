// The handler of the AWS post as it would be uploaded.

import { readFileSync } from "node:fs";

import { handlerAround, postEncryption } from "./post.js";

export const handler = handlerAround(postEncryption(readFileSync(new URL("public.pem", import.meta.url), "utf8")));
