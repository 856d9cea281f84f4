// One JWE by the npm package `jose`: a request on standard input, the answer on standard output.

import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

// The package is a development dependency of the edge function.
const require = createRequire(new URL("../edge-function/package.json", import.meta.url));
const { CompactEncrypt, compactDecrypt, importPKCS8, importSPKI } = await import(pathToFileURL(require.resolve("jose")).href);

const { privateKey, jwe, publicKey, header, plaintext } = JSON.parse(await text(process.stdin));
if (jwe === undefined) {
  const key = await importSPKI(publicKey, "RSA-OAEP-256");
  const encrypt = new CompactEncrypt(Buffer.from(plaintext, "hex")).setProtectedHeader(header);
  process.stdout.write(await encrypt.encrypt(key));
} else {
  const key = await importPKCS8(privateKey, "RSA-OAEP-256");
  const opened = await compactDecrypt(jwe, key);
  process.stdout.write(Buffer.from(opened.plaintext).toString("hex"));
}
