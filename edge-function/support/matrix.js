// The cells of the matrix: content type × content coding × method × fault; what each sends, and what has to become of it.

/** What is protected, by the part of a request that it stands in. */
export const SECRETS = { body: "078-05-1120", query: "987-65-4320", header: "219-09-9999" };

const { body: SSN } = SECRETS;
const PERSON = `{"ssn":"${SSN}","n":1.50}`;
const PART = `--b\r\nContent-Disposition: form-data; name="ssn"\r\n\r\n${SSN}\r\n`;
const TOKEN = "__es1.pii-1.s.AAAA.__";

/**
 * @typedef {object} Type
 * @property {string} name
 * @property {string[]} values of Content-Type
 * @property {string} body
 * @property {string} [malformed] a body that is not what the type says
 * @property {string} [token] one that has a foreign token in it
 * @property {string} [code] of a malformed body
 * @property {"named" | "passed" | "not named" | "not one"} policy what the policy says of the type
 */

/** Types that meet every fault. @type {Type[]} */
const TYPES = [
  {
    name: "json", values: ["application/json"], policy: "named", body: PERSON, malformed: `{"ssn":"${SSN}",}`,
    code: "json_invalid", token: `{"ssn":"${SSN}","n":"${TOKEN}"}`,
  },
  {
    name: "+json", values: ["application/vnd.api+json; charset=utf-8"], policy: "named", body: `[${PERSON}]`,
    malformed: `[${PERSON}`, code: "json_invalid", token: `["${TOKEN}",${PERSON}]`,
  },
  {
    name: "ndjson", values: ["application/x-ndjson"], policy: "named", body: `${PERSON}\n${PERSON}\n`,
    malformed: `${PERSON}\n${PERSON},\n`, code: "json_invalid", token: `${PERSON}\n"${TOKEN}"\n`,
  },
  {
    name: "form", values: ["application/x-www-form-urlencoded"], policy: "named", body: `n=1&ssn=${SSN}`,
    malformed: `ssn=${SSN}&n=%zz`, code: "form_invalid", token: `ssn=${SSN}&n=${TOKEN}`,
  },
  {
    name: "multipart", values: ["multipart/form-data; boundary=b"], policy: "named", body: `${PART}--b--\r\n`,
    malformed: PART, code: "multipart_invalid",
    token: `${PART}${PART.replace('"ssn"', '"n"').replace(SSN, TOKEN)}--b--\r\n`,
  },
  { name: "passed", values: ["text/csv"], policy: "passed", body: "id,n\r\n1,1.50\r\n", token: `id,n\r\n1,${TOKEN}\r\n` },
  { name: "text", values: ["text/plain"], policy: "not named", body: PERSON },
  {
    name: "JSON Patch", values: ["application/json-patch+json"], policy: "not named",
    body: `[{"op":"add","path":"/ssn","value":"${SSN}"}]`,
  },
  { name: "UTF-16 declared", values: ["application/json; charset=utf-16"], policy: "not named", body: PERSON },
  { name: "none", values: [], policy: "not one", body: PERSON },
  { name: "two", values: ["application/json", "text/csv"], policy: "not one", body: PERSON },
];

/** @param {string} name @param {string} value @param {Type["policy"]} policy @returns {Type} */
const person = (name, value, policy) => ({ name, values: [value], policy, body: PERSON });

/** Types that meet every coding and method, but only the faults that say something of them. @type {Type[]} */
const MORE_TYPES = [
  person("json in capitals", "APPLICATION/JSON", "named"),
  person("json in quoted UTF-8", 'application/json ; charset="UTF-8"', "named"),
  person("merge patch", "application/merge-patch+json", "named"),
  person("problem", "application/problem+json", "named"),
  person("empty", "", "not named"),
  person("no type", "json", "not named"),
  person("any type", "*/*", "not named"),
  person("text/json", "text/json", "not named"),
  person("JavaScript", "application/javascript", "not named"),
  person("octets", "application/octet-stream", "not named"),
  person("two in one", "application/json, text/csv", "not named"),
  person("two in one, the other way round", "text/csv, application/json", "not named"),
  person("charset twice", "application/json; charset=utf-8; charset=utf-7", "not named"),
  person("ISO 8859-1", "application/json; charset=iso-8859-1", "not named"),
  { ...person("JSON sequence", "application/json-seq", "not named"), body: `\x1e${PERSON}\n` },
  { ...person("JSONP", "text/javascript", "not named"), body: `callback(${PERSON})` },
  { ...person("GraphQL", "application/graphql", "not named"), body: `{ person(ssn: "${SSN}") { id } }` },
  { ...person("XML", "application/xml", "not named"), body: `<ssn>${SSN}</ssn>` },
  { ...person("YAML", "application/yaml", "not named"), body: `ssn: "${SSN}"\n` },
  { ...person("protocol buffers", "application/x-protobuf", "not named"), body: `\n\x0b${SSN}` },
  { ...person("form in ISO 8859-1", "application/x-www-form-urlencoded; charset=iso-8859-1", "not named"), body: `ssn=${SSN}` },
  { ...person("multipart without a boundary", "multipart/form-data", "not named"), body: `${PART}--b--\r\n` },
  { ...person("multipart of another kind", "multipart/mixed; boundary=b", "not named"), body: `${PART}--b--\r\n` },
  { name: "json twice", values: ["application/json", "application/json"], policy: "not one", body: PERSON },
];

const CODINGS = ["", "identity", "gzip", "identity, br"];
const MORE_CODINGS = [
  " Identity ", "identity, identity", "GZIP", "x-gzip", "br", "deflate", "compress", "zstd", "dcb", "aes128gcm", "gzip, gzip",
  "gzip, identity", "gzip;q=0", "identity;q=1", "none",
  "utf-8", "7bit", ",", "identity,", "identity br", "*",
];
/** Codings that say that there is none. */
const PLAIN = ["", "identity", " Identity ", "identity, identity"];
const READING = ["GET", "HEAD", "OPTIONS"];
const METHODS = [...READING, "POST", "PUT", "PATCH", "DELETE", "TRACE"];

export const FAULTS = /** @type {const} */ ([
  "none",
  "nothing protected",
  "truncated",
  "not base64",
  "body hidden",
  "body empty",
  "body malformed",
  "body in UTF-16",
  "byte order mark",
  "token in the body",
  "token in a header",
  "query malformed",
  "trap",
  "randomness throws",
  "randomness is zeros",
  "policy refused",
  "module missing",
  "log throws",
  "bodies only",
]);

/** @typedef {{ type: Type, coding: string, method: string, fault: typeof FAULTS[number] }} Cell */

/** What every type and every coding meets. */
const FEW_FAULTS = /** @type {const} */ (["none", "nothing protected", "body empty"]);

/** @returns {Cell[]} */
export function cells() {
  const [types, codings] = [[...TYPES, ...MORE_TYPES], [...CODINGS, ...MORE_CODINGS]];
  return types.flatMap((type) =>
    codings.flatMap((coding) => {
      const faults = TYPES.includes(type) && CODINGS.includes(coding) ? FAULTS : FEW_FAULTS;
      return METHODS.flatMap((method) => faults.map((fault) => ({ type, coding, method, fault })));
    }),
  );
}

/**
 * What a cell sends.
 * @param {Cell} cell
 * @returns {{ headers: [name: string, value: string][], query: string, body: Buffer }}
 */
export function requestOf({ type, coding, method, fault }) {
  const { query, header } = SECRETS;
  const isClean = fault === "nothing protected" || fault === "bodies only";
  return {
    headers: [
      ...type.values.map((value) => /** @type {[string, string]} */ (["Content-Type", value])),
      ...(coding === "" ? [] : [/** @type {[string, string]} */ (["Content-Encoding", coding])]),
      ...(isClean ? [] : [/** @type {[string, string]} */ (["X-User", fault === "token in a header" ? TOKEN : header])]),
    ],
    query: isClean ? "n=1" : `n=1&email=${query}${fault === "query malformed" ? "&n=%zz" : ""}`,
    // Without Include Body only the headers of such a request say whether it has one: see edge.test.js.
    body: fault === "body hidden" && READING.includes(method) ? Buffer.alloc(0) : bodyOf(type, fault),
  };
}

/**
 * @param {Type} type
 * @param {Cell["fault"]} fault
 */
function bodyOf({ body, malformed = body, token = body }, fault) {
  switch (fault) {
    case "body empty":
    case "bodies only":
      return Buffer.alloc(0);
    case "nothing protected":
      return Buffer.from(body.replaceAll("ssn", "n").replaceAll(SSN, "1"));
    case "body malformed":
      return Buffer.from(malformed);
    case "body in UTF-16":
      return Buffer.from(body, "utf16le");
    case "byte order mark":
      return Buffer.from(`\ufeff${body}`);
    case "token in the body":
      return Buffer.from(token);
    default:
      return Buffer.from(body);
  }
}

/**
 * What has to become of a cell: outcomes or codes, of which any will do where several things are wrong at a time. It says what the
 * documentation says, and uses none of the code.
 * @param {Cell} cell
 * @returns {string[]}
 */
export function expectedOf(cell) {
  const { type, coding, method, fault } = cell;
  if (fault === "policy refused" || fault === "module missing") return ["policy_refused"];
  if (method === "TRACE") return ["event_invalid"];
  if (fault === "truncated") return ["body_truncated"];
  if (fault === "not base64") return ["body_not_base64"];
  const isReading = READING.includes(method);
  if (fault === "body hidden" && !isReading) return ["body_missing"];
  const hasBody = !["body hidden", "body empty", "bodies only"].includes(fault);
  if (hasBody && isReading) return ["body_unexpected"];
  if (hasBody && !PLAIN.includes(coding)) return ["content_encoding_unsupported"];
  if (hasBody && type.policy === "not one") return ["content_type_unsupported"];
  if (fault === "bodies only") return ["passed"];
  if (fault === "trap") return ["internal"];
  const wrong = wrongIn(cell, hasBody);
  if (wrong.length > 0) return wrong;
  return [fault === "nothing protected" ? "unchanged" : "encrypted"];
}

/**
 * What the library finds wrong.
 * @param {Cell} cell
 * @param {boolean} hasBody
 */
function wrongIn({ type, fault }, hasBody) {
  const wrong = [];
  if (fault === "query malformed") wrong.push("query_invalid");
  if (fault === "token in a header") wrong.push("foreign_token");
  if (fault.startsWith("randomness")) wrong.push("randomness_failed");
  if (!hasBody) return wrong;
  if (type.policy === "not named") wrong.push("content_type_unsupported");
  if (fault === "token in the body" && type.token !== undefined) wrong.push("foreign_token");
  if (type.policy !== "named" || type.code === undefined) return wrong;
  // To a multipart body it is text before the first boundary.
  if (fault === "byte order mark") wrong.push(type.name === "multipart" ? type.code : "body_not_utf8");
  if (fault === "body malformed" || fault === "body in UTF-16") wrong.push(type.code);
  return wrong;
}

/**
 * Whether CloudFront itself refuses it.
 * @param {Cell} cell
 * @param {Buffer} body
 */
export function isRefusedByCdn({ method }, body) {
  return method === "TRACE" || (method === "GET" && body.length > 0);
}
