// jose: a JWE in compact form for each field, RSA-OAEP-256 and A256GCM.

/**
 * @param {any} jose the package
 * @param {string} pem
 * @returns {Promise<(value: string) => Promise<string>>}
 */
export async function joseEncryption(jose, pem) {
  const key = await jose.importSPKI(pem, "RSA-OAEP-256");
  const encoder = new TextEncoder();
  return (value) => new jose.CompactEncrypt(encoder.encode(value)).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM" }).encrypt(key);
}
