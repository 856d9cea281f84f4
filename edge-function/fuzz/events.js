// Events that CloudFront could send, and then some that it could not.

/** @typedef {import("./random.js").Random} Random */

const METHODS = ["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS"];

const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/merge-patch+json",
  "application/x-www-form-urlencoded",
  "application/x-ndjson",
];

/** Header fields that mean something to the handler. */
const FIELDS = [
  ["x-ssn", "S"],
  ["X-SSN", "S"],
  ["x-note", "S"],
  ["content-digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"],
  ["content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="],
  ["x-amz-content-sha256", "UNSIGNED-PAYLOAD"],
  ["authorization", "AWS4-HMAC-SHA256 Credential=a"],
  ["content-encoding", "gzip"],
  ["content-length", "3"],
  ["transfer-encoding", "chunked"],
  ["expect", "100-continue"],
  ["content-type", "text/plain"],
];

/** What a member may become: other types, and names that objects have anyway. */
const ODD = [
  undefined, null, true, 0, -1, 1.5, "", "a", "__proto__", "constructor", "base64", "text", "origin-request", "viewer-request", "POST", "get",
  "application/json", "%", "\u0000", "\ud800", "é", "=", "__es1.pii-1.s.", [], {}, [[]], { value: "x" }, [{ value: "x" }], { data: "", encoding: "text" },
];

/**
 * An event. Every value that could be a secret has a sentinel in it, each another.
 * @param {Random} random
 * @param {() => string} sentinel
 * @returns {any}
 */
export function createEvent(random, sentinel) {
  const type = random.choose(TYPES);
  /** @type {Record<string, any[]>} */
  const headers = { host: [{ key: "Host", value: "origin.example" }] };
  if (!random.once(12)) headers["content-type"] = [{ key: "Content-Type", value: type }];
  while (random.once(3)) {
    const [name = "", value = ""] = random.choose(FIELDS);
    const field = { key: name, value: value === "S" ? sentinel() : value };
    (headers[random.once(4) ? name : name.toLowerCase()] ??= []).push(field);
  }
  const content = damaged(random, Buffer.from(contentOf(random, type, sentinel)));
  const isText = random.once(8);
  const body = {
    action: "read-only",
    data: content.toString(isText ? "utf8" : "base64"),
    encoding: isText ? "text" : "base64",
    inputTruncated: random.once(20),
  };
  const event = {
    Records: [
      {
        cf: {
          config: { distributionId: "EDFDVBD6EXAMPLE", eventType: "origin-request", requestId: "id" },
          request: {
            clientIp: "203.0.113.178",
            headers,
            method: random.choose(METHODS.slice(0, random.once(3) ? METHODS.length : 3)),
            querystring: random.once(2) ? "" : form(random, sentinel),
            uri: random.choose(["/people", "/", "/people/1", "/p%65ople", "", "people"]),
            ...(!random.once(8) && { body }),
            origin: { custom: { domainName: "origin.example" } },
          },
        },
      },
    ],
  };
  const mutations = random.once(2) ? 0 : 1 + random.below(4);
  for (let i = 0; i < mutations; i++) mutate(random, event);
  // As Lambda makes it.
  return JSON.parse(JSON.stringify(event));
}

/**
 * @param {Random} random
 * @param {string} type
 * @param {() => string} sentinel
 */
function contentOf(random, type, sentinel) {
  if (type.includes("form")) return form(random, sentinel);
  const lines = type.includes("nd") ? random.below(4) : 1;
  return Array.from({ length: lines }, () => json(random, sentinel, 0)).join("\n");
}

/** @param {Random} random @param {() => string} sentinel */
function form(random, sentinel) {
  const name = () => random.choose(["ssn", "email", "a", "ssn[]", "a.ssn", "%73sn", "SSN", ""]);
  return Array.from({ length: random.below(5) }, () => `${name()}=${sentinel()}${random.once(9) ? "%" : ""}`).join("&");
}

/**
 * JSON text with names that come twice, escapes, and white space.
 * @param {Random} random
 * @param {() => string} sentinel
 * @param {number} depth
 * @returns {string}
 */
function json(random, sentinel, depth) {
  const space = random.once(5) ? " \t\r\n".charAt(random.below(4)) : "";
  const kind = depth > 4 ? random.below(3) : depth === 0 ? 5 : random.below(7);
  const inside = () => Array.from({ length: random.below(4) }, () => json(random, sentinel, depth + 1));
  const name = () => random.choose(['"ssn"', '"email"', '"\\u0073sn"', '"SSN"', '"a"', '"note"', '"__proto__"', '"toString"']);
  switch (kind) {
    case 0:
    case 1:
      return `${space}"${sentinel()}${random.choose(["", "", "\\n", "é", "\\ud800"])}"`;
    case 2:
      return random.choose(["1", "1.50", "-0", "1e999", "true", "null", "false"]);
    case 3:
      return `[${space}${inside().join(",")}]`;
    default:
      return `{${space}${inside().map((value) => `${name()}:${space}${value}`).join(",")}}`;
  }
}

/**
 * Mostly as it is.
 * @param {Random} random
 * @param {Buffer} bytes
 */
function damaged(random, bytes) {
  if (!random.once(6) || bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  const by = Buffer.from([random.below(256)]);
  const cut = random.choose([at, at + 1]);
  return random.once(3) ? bytes.subarray(0, at) : Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(cut)]);
}

/**
 * Changes one thing anywhere in the event.
 * @param {Random} random
 * @param {any} event
 */
function mutate(random, event) {
  let at = event;
  for (;;) {
    const names = Object.keys(at);
    const name = random.choose([...names, "body", "headers"]);
    const inner = at[name];
    if (typeof inner === "object" && inner !== null && Object.keys(inner).length > 0 && !random.once(6)) {
      at = inner;
      continue;
    }
    switch (random.below(4)) {
      case 0:
        if (Array.isArray(at)) at.splice(Number(name) || 0, 1);
        else delete at[name];
        return;
      case 1:
        if (Array.isArray(at)) at.push(structuredClone(at[0]));
        else if (typeof inner === "string") at[name] = inner.slice(0, random.below(inner.length + 1)) + random.choose(["", "=", "A", "%"]);
        return;
      case 2:
        if (Array.isArray(at)) at.unshift(structuredClone(random.choose(ODD)));
        else Object.defineProperty(at, random.choose(["__proto__", "constructor", "toString", "body", name]), {
          value: structuredClone(random.choose(ODD)), enumerable: true, configurable: true, writable: true,
        });
        return;
      default:
        at[name] = structuredClone(random.choose(ODD));
        return;
    }
  }
}
