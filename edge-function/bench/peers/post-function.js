// The handler of the AWS post as it would be uploaded.

import { readFileSync } from "node:fs";

import { eachField, handlerAround, postEncryption } from "./post.js";

export const handler = handlerAround(eachField(postEncryption(readFileSync(new URL("public.pem", import.meta.url), "utf8"))));
