// Requests with an injected seed: the same bytes come out in every runtime, and of every door.

import { createRequestSealer } from "../src/fetch.js";
import { withRandom } from "../support/random.js";
import { fromText, sha256 } from "./bytes.js";
import { expect } from "./expect.js";

const PERSON = '{"ssn":"078-05-1120","email":"zoë@example.net","n":1.50,"e":1E400,"ssn":null}';
const part = (/** @type {string} */ name, /** @type {string} */ value) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

/**
 * @typedef {object} Seeded
 * @property {string} name
 * @property {string} type of the content
 * @property {string} body
 * @property {string} query
 * @property {string} header the value of x-ssn
 *
 * @type {Seeded[]}
 */
export const SEEDED = [
  { name: "json", type: "application/json", body: PERSON, query: "", header: "" },
  {
    name: "json, envelopes that share a data key", type: "application/json",
    body: `[${Array(20).fill(PERSON)}]`.replaceAll(',"ssn":null', ""), query: "", header: "",
  },
  {
    name: "json, a long value", type: "application/json",
    body: `{"email":"${"é".repeat(20_000)}","ssn":[${Array(3_000).fill(7)}]}`, query: "", header: "",
  },
  { name: "ndjson", type: "application/x-ndjson", body: `${PERSON}\n\n${PERSON}`, query: "", header: "" },
  {
    name: "form", type: "application/x-www-form-urlencoded",
    body: "a=b&ssn=078%2d05-1120&email=zo%C3%AB+@example.net&c", query: "", header: "",
  },
  {
    name: "multipart", type: "multipart/form-data; boundary=b",
    body: `${part("ssn", "078-05-1120")}${part("note", "x")}${part("email", "zoë")}--b--\r\n`, query: "",
    header: "",
  },
  {
    name: "query and header", type: "text/csv", body: "id\r\n1\r\n", query: "a=b&ssn=078-05-1120&ssn=219-09-9999&c",
    header: "078-05-1120",
  },
  { name: "everything", type: "application/json", body: PERSON, query: "ssn=%C3%BC", header: "219-09-9999" },
];

/**
 * A generator of bytes that nobody else should use: xorshift32.
 * @param {number} seed
 */
export function seededGenerator(seed) {
  let state = seed;
  return (/** @type {Uint8Array} */ bytes) => {
    for (let i = 0; i < bytes.length; i += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = state & 0xff;
    }
  };
}

export const SEED = 20_261_121;

/**
 * The digest of what goes to the origin.
 * @param {{ body: Uint8Array, query: string, header: string }} sealed
 */
export async function digestOf({ body, query, header }) {
  const head = fromText(`${query}\n${header}\n`);
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return sha256(all);
}

/**
 * @param {import("./suite.js").Context} context
 * @param {import("../types/options.d.ts").Options} [options] of the door
 * @returns {import("./suite.js").Case[]}
 */
export function seededCases({ module, policy }, options) {
  return SEEDED.map(({ name, type, body, query, header }) => ({
    name: `seeded: ${name}`,
    async work() {
      const seal = createRequestSealer(policy, { module, log: () => {}, ...options });
      const headers = { "content-type": type, ...(header !== "" && { "x-ssn": header }) };
      const given = new Request(`https://api.example/people${query && `?${query}`}`, { method: "POST", headers, body });
      const sealed = await withRandom(seededGenerator(SEED), () => seal(given));
      expect(sealed instanceof Request, "a request");
      const url = new URL(sealed.url);
      const bytes = new Uint8Array(await sealed.arrayBuffer());
      return digestOf({ body: bytes, query: url.search.slice(1), header: sealed.headers.get("x-ssn") ?? "" });
    },
  }));
}
