// Names that have broken programs before, and names that look like others.

/** What a reader may take for `ssn`, and a program does not, or the other way round. */
export const LOOKALIKES = [
  "SSN", "Ssn", "\u017fsn", "ss\u207f", "\uff53\uff53\uff4e", "\u0455\u0455n", "s\u200bsn", "ssn\u200d", "\u2060ssn", "\ufeffssn",
  "\u202essn",
  "ssn ", " ssn", "ssn\t", "ssn\u00a0", "ssn\0", "ssn\0x", "\0ssn", "s\u0301sn", "ssn\u0300", "ssn.", ".ssn", "ssn[]", "[ssn]", "ss n",
  "'ssn'", "\"ssn\"", "ssn\\", "\\u0073sn", "ssn/", "/ssn", "~0ssn", "$.ssn", "ssn%00", "%73sn", "ssn\r\n", "ss", "sssn",
];

export const NAMES = [
  ...LOOKALIKES,
  "", " ", "\0", "\u007f", "\u0085\u2028\u2029", "\ufffd\ufffe\uffff", "e\u0301", "\u00e9", "\u212a", "\u0130", "\ud83d\ude00",
  "Z\u0335\u0322a\u0336lgo",
  "null", "undefined", "NaN", "-0", "1e400", "true", "[]", "{}", "0", "00", "*", "..", "@", "?(@.a)", "__proto__", "constructor",
  "prototype",
  "toString", "hasOwnProperty", "length", "(a+)+$", ".*", "$&$1", "%s%n", "${jndi:ldap://a}", "{{7*7}}", "'; DROP TABLE people;--",
  "<script>",
  "../../etc/passwd", "a=b&c=d;e", "=1+1", "\u0645\u0631\u062d\u0628\u0627", "\u7530\u4e2d\u3055\u3093", "x".repeat(1_000),
];
