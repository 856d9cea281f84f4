// Fetch-style runtimes, and decryption.

import type { Answer, Ciphertext, DecryptOptions, DecryptReport, EdgeSealError, TextFormat } from "edgeseal/decrypt";
import { decrypt } from "edgeseal/decrypt";
import wasm from "edgeseal/edgeseal_bg.wasm";
import { createRequestSealer, type RequestSealerOptions } from "edgeseal/fetch";
import { loadModule } from "edgeseal/module";

export async function send(request: Request): Promise<Response> {
  const options: RequestSealerOptions = { module: loadModule(), maxInputBytes: 1, countHeader: "x-count" };
  const sealed = await createRequestSealer("{}", options)(request);
  return sealed instanceof Response ? sealed : fetch(sealed);
}

export const promised = createRequestSealer("{}", { module: Promise.resolve(wasm) });

// @ts-expect-error: without a module
createRequestSealer("{}", {});

export async function open(text: Uint8Array): Promise<string> {
  const format: TextFormat = "form";
  const ask = async ({ keyId, bytes }: Ciphertext): Promise<Answer> => (keyId === "pii-1" ? bytes : "denied");
  const options: DecryptOptions = { format, keyring: "{}", ask, context: { field: "ssn" } };
  try {
    const { body, report }: { body: Uint8Array; report: DecryptReport } = await decrypt(text, options);
    return `${body.length} ${report.kept.map(({ offset, code, key }) => `${offset} ${code} ${key}`)}`;
  } catch (error) {
    const { code, pointer }: EdgeSealError = error as EdgeSealError;
    return `${code} ${pointer}`;
  }
}
