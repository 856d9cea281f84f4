// Whether what a handler made is what it should be: it is opened again, before anything is timed.

import { isDeepStrictEqual } from "node:util";

import { decrypt } from "../../src/decrypt.js";
import { open, privateKey } from "../../support/keys.js";
import { FIELDS } from "../peers/fields.js";

/**
 * A body by a peer, value for value.
 * @param {Uint8Array} made
 * @param {string} body
 * @param {(value: any) => unknown} open
 */
export async function sameValues(made, body, open) {
  const people = JSON.parse(new TextDecoder().decode(made));
  for (const [i, person] of JSON.parse(body).entries()) {
    for (const field of FIELDS.filter((field) => field in person)) {
      const opened = await open(people[i][field]);
      if (opened !== person[field]) throw new Error(`${field} of person ${i} does not come back`);
      people[i][field] = opened;
    }
  }
  if (!isDeepStrictEqual(people, JSON.parse(body))) throw new Error("something else has changed");
}

/**
 * A body by EdgeSeal, byte for byte.
 * @param {Uint8Array} made
 * @param {string} body
 * @param {string} key
 */
export async function openedByUs(made, body, key) {
  const secret = privateKey(key);
  const keyring = JSON.stringify({ version: 1, keys: { pii: { private_key_file: "pii.pem" } } });
  const { body: opened } = await decrypt(made, { format: "json", keyring, ask: async ({ bytes }) => new Uint8Array(open(secret, bytes)) });
  if (!Buffer.from(opened).equals(Buffer.from(body)) || Buffer.from(made).equals(Buffer.from(body))) throw new Error("the body does not come back");
}
