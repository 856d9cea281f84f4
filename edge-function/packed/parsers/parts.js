// Generated multipart/form-data: mostly well formed, always odd.

import fc from "fast-check";

import { broken, mostly, NAMES, VALUES } from "./fields.js";

/** Not one that a token could hold: Node.js looks for it without its hyphens. */
const BOUNDARY = "b+";
const OTHER = "----evil-0123456789-0123456789";
/** Boundaries: what Content-Type says, and what stands in the body. */
const BOUNDARIES = /** @type {const} */ ([
  ...[BOUNDARY, "----edge:0123456789-0123456789", "b'()+_,-./:=?b", "a b", "+", "--+", "=?utf-8?q?b?="].map((text) => [`"${text}"`, text]),
  [BOUNDARY, BOUNDARY], ["'b+'", "'b+'"], ['"a\\b+"', "ab+"], ['"a\\b+"', "a\\b+"], ['"a\\"+"', 'a"+'], ["<b+>", "b+"], ['"b+ "', "b+"], ["", ""], ['""', ""],
]);
/** Parameters beside the boundary. */
const PARAMETERS = [
  "charset=utf-8", "charset=iso-8859-1", "x=y", `boundary=${OTHER}`, `boundary="${OTHER}"`, `xboundary=${OTHER}`, `x-boundary=${OTHER}`, `x="boundary=${OTHER}"`, `x=";boundary=${OTHER};"`,
  `x="; boundary=${OTHER};"`, `boundary*=utf-8''${OTHER}`, `boundary*0=${OTHER}`, `boundary*1=${OTHER}`, `boundary*0*=utf-8''${OTHER}`, `BOUNDARY=${OTHER}`, `boundary =${OTHER}`, `boundary= ${OTHER}`, "",
];
/** More for a Content-Disposition; `@` is a name. */
const MORE = [
  'filename="f"', "filename=f", 'filename=""', 'filename="@"', 'filename="a; name=@"', 'filename=";name=@;"', "filename*=utf-8''f", 'x="@"', 'x-name="@"', 'x="name=@"', 'x=";name=@;"', 'name="@"', "name=@", 'name*0="@"', 'name*1="@"', "name*=utf-8''@",
  "name*0*=utf-8''@", "NAME=@", 'name ="@"', 'name= "@"', "name='@'", "", "x", 'x="a\\"; name=\\"@"', "x='; name=@; '",
];
/** More headers of a part. */
const HEADERS = [
  "Content-Type: text/plain", "Content-Type: text/plain; charset=utf-8", "Content-Type: text/plain; charset=iso-8859-1", "Content-Type: application/json", "Content-Type: application/octet-stream", "Content-Type: image/png",
  `Content-Type: multipart/mixed; boundary=${OTHER}`, `Content-Type: multipart/form-data; boundary=${OTHER}`, "Content-Type: message/rfc822", "Content-Type: text/plain; name=ssn", "content-type:text/plain", "Content-Type", "Content-Type:",
  "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: binary", "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: 8BIT", "Content-Length: 3", "X-A: b", "X-A: b\r\n c", "X-A : b", "X-A: ;name=ssn",
  'Content-Disposition: form-data; name="ssn"', "Content-Disposition: form-data", 'X-A: b\rContent-Disposition: form-data; name="ssn"', 'X-A: b\nContent-Disposition: form-data; name="ssn"', " folded", "\tfolded; name=ssn", "X-é: é", "\0: a",
];
const inner = (/** @type {string} */ boundary) => `x\r\n--${boundary}\r\nContent-Disposition: form-data; name="ssn"\r\n\r\n078-05-1120\r\n--${boundary}--\r\n`;
const CONTENTS = [...VALUES, '"078-05-1120"', "{}", '{"a":[1]}', "1", inner(OTHER), inner("a\\b+"), inner(BOUNDARY), "\r\n\r\n", "\r\n--", `--${BOUNDARY}--`, "MDc4LTA1LTExMjA=", "Content-Disposition: form-data; name=ssn\r\n\r\n1", "\ufeff1", "=31"];
/** Bytes that mean something to some parser. */
const SNIPPETS = ["\r\n", "\r", "\n", "\0", "--", "--b", "\r\n--b", "\r\n--b\r\n", "\n--b\n", `--${BOUNDARY}--`, " ", "\t", '"', "'", "\\", ";", "=", ":", ",", "%22", "%0A", "%", "*", "name=", 'name="ssn"', "; ", "é", "\ufeff", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "=?utf-8?q?ssn?=", "(a)", "<", "&#115;"];

/** @type {string[]} */
const NOTHING = [];
const PLAIN = ["ssn", "ssn", "SSN", "ssn[]", "a", "b"];
const name = mostly(fc.constantFrom(...PLAIN), fc.oneof(fc.constantFrom(...NAMES, "%73sn", "=?utf-8?q?ssn?=", "s\\sn", "'ssn'", 'ssn"', "&#115;sn"), fc.string({ unit: "binary", maxLength: 4 })));
const disposition = fc.tuple(
  mostly(fc.constant("form-data"), fc.constantFrom("FORM-DATA", "attachment", "form-data ")),
  mostly(name.map((name) => `name="${name}"`), name.map((name) => `name=${name}`)),
  mostly(fc.constant(NOTHING), fc.constantFrom(...MORE).chain((more) => name.map((name) => [more.replace("@", name)]))),
  fc.boolean(),
  mostly(fc.constant("; "), fc.constantFrom(";", " ; ", ";\t", ";;", ", ")),
).map(([kind, named, more, isLast, separator]) => [kind, ...(isLast ? [...more, named] : [named, ...more])].join(separator));
const header = fc.tuple(mostly(fc.constant("Content-Disposition: "), fc.constantFrom("content-disposition:", "Content-Disposition:\t")), disposition).map((texts) => texts.join(""));
const headers = fc.tuple(header, mostly(fc.constantFrom(NOTHING, ["Content-Type: text/plain"]), fc.constantFrom(...HEADERS).map((header) => [header])), fc.boolean())
  .map(([header, more, isLast]) => (isLast ? [...more, header] : [header, ...more]).map((line) => `${line}\r\n`).join(""));
const content = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...CONTENTS) }, fc.string({ unit: "binary", maxLength: 6 }));
const JSON_TEXTS = ['"078-05-1120"', '{"ssn":"078-05-1120","a":"\\u00e9"}', '[1, {"a": null, "ssn": {"a": 1.50}}]', "1", " {} "];
const JSON_PART = 'Content-Disposition: form-data; name="ssn"\r\nContent-Type: application/json\r\n';
const part = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(headers, content) },
  fc.tuple(fc.constantFrom(JSON_PART, JSON_PART.replace("ssn", "a")), fc.constantFrom(...JSON_TEXTS)),
).map(([headers, content]) => `${headers}\r\n${content}\r\n`);

/** Content-Type and body. @type {fc.Arbitrary<[contentType: string, body: string]>} */
const whole = fc.tuple(
  mostly(fc.constantFrom(...BOUNDARIES.slice(0, 2)), fc.constantFrom(...BOUNDARIES)),
  mostly(fc.constant(NOTHING), fc.constantFrom(...PARAMETERS).map((parameter) => [parameter])),
  fc.boolean(),
  fc.array(part, { minLength: 1, maxLength: 4 }),
  mostly(fc.constant(""), fc.constantFrom("\r\n", "\n", "preamble\r\n", inner(BOUNDARY))),
  mostly(fc.constant("--\r\n"), fc.constantFrom("--", "", "\r\n", "-", "--\n", "--\r\nepilogue", "-- \r\n", `--\r\n${inner(BOUNDARY)}`)),
).map(([[said, boundary], more, isLast, parts, before, after]) => {
  const parameters = isLast ? [...more, `boundary=${said}`] : [`boundary=${said}`, ...more];
  const contentType = ["multipart/form-data", ...parameters].join("; ");
  return [contentType, `${before}${parts.map((part) => `--${boundary}\r\n${part}`).join("")}--${boundary}${after}`];
});

/** @type {fc.Arbitrary<[body: Buffer, contentType: string]>} */
export const multiparts = whole.chain(([contentType, body]) => {
  const lines = mostly(fc.constant(body), fc.constant(body.replaceAll("\r\n", "\n")));
  return fc.tuple(mostly(lines, broken(lines, SNIPPETS)).map((body) => Buffer.from(body)), fc.constant(contentType));
});
