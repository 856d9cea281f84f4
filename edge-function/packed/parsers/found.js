// Bodies in which some parser has read a protected name where the edge once read another. Each is refused, or sealed.

import { FORM } from "./edge.js";

const S = "078-05-1120";
const [REAL, EVIL] = ["----real-0123456789-0123456789", "----evil-0123456789-0123456789"];

/** @type {[body: string, contentType: string][]} */
export const FOUND_IN_FORMS = [
  // WHATWG URL's constructor, undici and formidable cut a question mark off.
  `?ssn=${S}`,
  // qs (Express) and PHP.
  `[ssn]=${S}`, `ssn[]=${S}`, `ssn[0]=${S}`, `ssn%5B%5D=${S}`, `a[ssn]=${S}`, `a[ssn]b=${S}`, `a[ssn]]=${S}`, `a[ssn]b[c]=${S}`,
  `a=[ssn]=${S}`, `a=[ssn%5d=${S}`,
  // PHP and Django; ASP.NET and qs with `allowDots`.
  `+ssn=${S}`, `ssn+=${S}`, `%09ssn=${S}`, `%EF%BB%BFssn=${S}`, `a.ssn=${S}`, `ssn%00a=${S}`,
  // What takes semicolons for ampersands.
  `a=b;ssn=${S}`,
].map((body) => [body, FORM]);

/** What Content-Type says, when a second form with another boundary is hidden in a part. */
const BOUNDARIES = [
  // busboy, formidable, multiparty, email, cgi, Django, aiohttp, WebOb: a backslash is one.
  `boundary="${REAL.replace("re", "r\\e")}"`,
  // formidable, multiparty, aiohttp.
  `xboundary=${EVIL}; boundary=${REAL}`, `x=";boundary=${EVIL};"; boundary=${REAL}`, `x="; boundary=${EVIL};"; boundary=${REAL}`,
  // werkzeug, Django, email.
  `boundary*0=${EVIL}; boundary=${REAL}`, `boundary=${REAL}; boundary*0=${EVIL}`,
  `boundary*=utf-8''${EVIL}; boundary=${REAL}`, `boundary=${REAL}; boundary*=utf-8''${EVIL}`,
];

const DISPOSITIONS = [
  // formidable, multiparty.
  'x-name="ssn"; name="a"', 'x="name=ssn"; name="a"', 'x=";name=ssn;"; name="a"',
  'filename="a; name=ssn"; name="a"', 'filename="; name=ssn;"; name="a"',
  // Django, werkzeug, tornado, email.
  'name="a"; name*0="ssn"', 'name*0="ssn"; name="a"', 'name="s"; name*1="sn"', 'name*0="s"; name*1="sn"; name="a"', "name*=utf-8''ssn; name=\"a\"",
  // Django; undici; email and Apache Commons FileUpload.
  'name=" ssn"', 'name="ssn "', 'name="\ufeffssn"', 'name="=?utf-8?q?ssn?="', 'name="=?utf-8?b?c3Nu?="',
  // What undoes what browsers do, and what does not; what knows quoted pairs, and what does not; what knows single quotation marks.
  'name="ssn%22"', 'name="s\\sn"', "name='ssn'", 'name="a"; name="ssn"', 'name="ssn"; name="a"', 'name="a";\r\n name="ssn"',
];

const part = (/** @type {string} */ headers, content = S, boundary = REAL) => `--${boundary}\r\n${headers}\r\n\r\n${content}\r\n`;
const named = (/** @type {string} */ parameters) => `Content-Disposition: form-data; ${parameters}`;
const hidden = (boundary = EVIL) => `${part(named('name="ssn"'), S, boundary)}--${boundary}--\r\n`;
const FILE = named('name="a"; filename="a"');
const END = `--${REAL}--\r\n`;

/** @type {[body: string, contentType: string][]} */
export const FOUND_IN_PARTS = [
  ...BOUNDARIES.map((said) => {
    const other = said.includes("\\") ? REAL.replace("re", "r\\e") : EVIL;
    return /** @type {[string, string]} */ ([`${part(named('name="a"'), hidden(other))}${END}`, `multipart/form-data; ${said}`]);
  }),
  ...[
    ...DISPOSITIONS.map((parameters) => part(named(parameters))),
    // email, cgi and aiohttp look into parts.
    ...["mixed", "alternative"].map((kind) => part(`${FILE}\r\nContent-Type: multipart/${kind}; boundary=${EVIL}`, hidden())),
    part(`${FILE}\r\nContent-Type: message/rfc822`, `${named('name="ssn"')}\r\n\r\n${S}`),
    // Preambles, line ends that are none to all, and blanks behind a boundary.
    hidden("evil") + part(named('name="a"')),
    part(`X-A: b\n${named('name="ssn"')}\r\n${named('name="a"')}`),
    part(`X-A: b\r${named('name="ssn"')}\r\n${named('name="a"')}`),
    `${part(named('name="a"'))}\n--${REAL}\n${named('name="ssn"')}\n\n${S}\n`,
    `--${REAL} \r\n${named('name="ssn"')}\r\n\r\n${S}\r\n`,
  ].map((body) => /** @type {[string, string]} */ ([body + END, `multipart/form-data; boundary=${REAL}`])),
  // Apache Commons FileUpload decodes it.
  [`${part(named('name="a"'), hidden("evil"), "=?utf-8?q?evil?=")}--=?utf-8?q?evil?=--\r\n`, 'multipart/form-data; boundary="=?utf-8?q?evil?="'],
  // What is left of an epilogue.
  [`${part(named('name="a"'))}${END}${hidden(REAL)}`, `multipart/form-data; boundary=${REAL}`],
];
