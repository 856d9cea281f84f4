// What is odd in a form: names, values and headers that some parser reads in a way of its own.

/** Not one that a token could hold: Node.js looks for it without its hyphens. */
export const BOUNDARY = "b+";
export const OTHER_BOUNDARY = "----evil-0123456789-0123456789";

/** Spellings of the protected name, and what only some parsers take for one. */
export const NAMES = [
  "ssn", "ssn", "ssn", "SSN", "ſsn", "sSn", " ssn", "ssn ", "?ssn", "\ufeffssn", "ssn\0", "ssn;a", "ssn,a",
  "[ssn]", "ssn[]", "ssn[0]", "a[ssn]", "ssn[a]", "a[ssn]b", "a[ssn]]", "a[ssn", "ssn]",
  "ssn.a", "a.ssn", ".ssn", "u.ssn", "a[u.ssn]", "u.ssn[]", "_charset_", "utf8", "a", "b", "",
];
/** More of them, where a name stands in a header. */
export const QUOTED_NAMES = [...NAMES, "%73sn", "=?utf-8?q?ssn?=", "s\\sn", "'ssn'", 'ssn"', "&#115;sn"];

export const VALUES = [
  "078-05-1120", "", "1", "é", "a b", "1,2", "utf-8", "UTF-8", "iso-8859-1", "✓", "&#10003;", "__proto__",
  "ssn=1", "&ssn=1", "[ssn]=1", "a]=1", "%", "+", "\r\n", "\0",
];

/** Bytes that mean something to some parser of forms. */
export const FORM_SNIPPETS = [
  "&", "=", ";", "?", "#", "/", "+", "[", "]", "]=", "[]", "%", "%5B", "%5d=", "%3D", "%26", "%00", "%zz", "%e9", "%C3%A9", "%EF%BB%BF",
  "\0", "\n", "\r\n", "\ufeff", "é", "ssn=", "&ssn=1", "amp;", "%73sn",
];

/** Bytes that mean something to some parser of parts. */
export const PART_SNIPPETS = [
  "\r\n", "\r", "\n", "\0", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\ufeff", "é", " ",
  "--", `--${BOUNDARY}`, `\r\n--${BOUNDARY}`, `\r\n--${BOUNDARY}\r\n`, `\n--${BOUNDARY}\n`, `--${BOUNDARY}--`,
  '"', "'", "\\", ";", "; ", "=", ":", ",", "*", "<", "(a)", "%", "%22", "%0A", "name=", 'name="ssn"', "=?utf-8?q?ssn?=", "&#115;",
];

/** Boundaries: what Content-Type says, and what stands in the body. The first two are usual. */
export const BOUNDARIES = [
  [BOUNDARY, BOUNDARY],
  ['"----edge:0123456789-0123456789"', "----edge:0123456789-0123456789"],
  ...[BOUNDARY, "b'()+_,-./:=?b", "a b", "+", "--+", "=?utf-8?q?b?="].map((text) => [`"${text}"`, text]),
  ['"a\\b+"', "ab+"], ['"a\\b+"', "a\\b+"], ['"a\\"+"', 'a"+'],
  ["'b+'", "'b+'"], ["<b+>", "b+"], ['"b+ "', "b+"], ["", ""], ['""', ""],
];

/** Parameters beside the boundary. */
export const PARAMETERS = [
  "charset=utf-8", "charset=iso-8859-1", "x=y", "",
  ...["boundary=@", 'boundary="@"', "BOUNDARY=@", "boundary =@", "boundary= @", "xboundary=@", "x-boundary=@"],
  ...['x="boundary=@"', 'x=";boundary=@;"', 'x="; boundary=@;"'],
  ...["boundary*=utf-8''@", "boundary*0=@", "boundary*1=@", "boundary*0*=utf-8''@"],
].map((parameter) => parameter.replace("@", OTHER_BOUNDARY));

/** Parameters beside the name of a part; `@` is another name. */
export const NAME_PARAMETERS = [
  'filename="f"', "filename=f", 'filename=""', 'filename="@"', 'filename="a; name=@"', 'filename=";name=@;"', "filename*=utf-8''f",
  'x="@"', 'x-name="@"', 'x="name=@"', 'x=";name=@;"', 'x="a\\"; name=\\"@"', "x='; name=@; '", "x", "",
  'name="@"', "name=@", "NAME=@", 'name ="@"', 'name= "@"', "name='@'", 'name*0="@"', 'name*1="@"', "name*=utf-8''@", "name*0*=utf-8''@",
];

/** Headers of a part beside its Content-Disposition. */
export const HEADERS = [
  ...["text/plain", "text/plain; charset=utf-8", "text/plain; charset=iso-8859-1", "text/plain; name=ssn"].map((type) => `Content-Type: ${type}`),
  ...["application/json", "application/octet-stream", "image/png", "message/rfc822", ""].map((type) => `Content-Type: ${type}`),
  ...["mixed", "form-data"].map((kind) => `Content-Type: multipart/${kind}; boundary=${OTHER_BOUNDARY}`),
  ...["7bit", "8BIT", "binary", "base64", "quoted-printable"].map((coding) => `Content-Transfer-Encoding: ${coding}`),
  ...["3", "11, 11", "+11"].map((length) => `Content-Length: ${length}`),
  "content-length:0", "content-type:text/plain", "Content-Type",
  "X-A: b", "X-A: b\r\n c", "X-A : b", "X-A: ;name=ssn", "X-é: é", "\0: a", " folded", "\tfolded; name=ssn",
  "Content-Disposition: form-data", 'Content-Disposition: form-data; name="ssn"',
  'X-A: b\rContent-Disposition: form-data; name="ssn"', 'X-A: b\nContent-Disposition: form-data; name="ssn"',
];

/** A form inside of another. @param {string} boundary */
export const inner = (boundary) =>
  `x\r\n--${boundary}\r\nContent-Disposition: form-data; name="ssn"\r\n\r\n078-05-1120\r\n--${boundary}--\r\n`;

export const CONTENTS = [
  ...VALUES, '"078-05-1120"', "{}", '{"a":[1]}', "1", "\r\n\r\n", "\r\n--", `--${BOUNDARY}--`, "MDc4LTA1LTExMjA=", "=31", "\ufeff1",
  "Content-Disposition: form-data; name=ssn\r\n\r\n1", ...[OTHER_BOUNDARY, "a\\b+", BOUNDARY].map(inner),
];

export const JSON_TEXTS = ['"078-05-1120"', '{"ssn":"078-05-1120","a":"\\u00e9"}', '[1, {"a": null, "ssn": {"a": 1.50}}]', "1", " {} "];
