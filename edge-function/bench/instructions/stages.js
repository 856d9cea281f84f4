// Which stage of a request a source file, or a function without one, belongs to.

/** In the order in which a request goes through them. */
export const STAGES = ["parse", "match", "RSA", "SHA-256 (OAEP)", "AEAD", "base64", "search for tokens", "plan, splice, report", "memory", "other"];

/** The first that fits decides. @type {[RegExp, string][]} */
const FILES = [
  [/crates\/edgeseal\/src\/(json|content_type|label|fold)/, "parse"],
  [/crates\/edgeseal\/src\/(matcher|field_path)/, "match"],
  [/crates\/[\w-]*rsa\/src|crates\/edgeseal\/src\/(rsa|oaep|public_key)/, "RSA"],
  [/\/(rsa|crypto-bigint|crypto-primes)-\d/, "RSA"],
  [/\/(sha2|digest|block-buffer)-\d|^sha2::/, "SHA-256 (OAEP)"],
  [/\/(aes|aes-gcm|ghash|polyval|ctr|cipher|universal-hash|aead|inout)-\d|crates\/edgeseal\/src\/(aead|envelope)/, "AEAD"],
  [/\/base64-\d/, "base64"],
  [/\/memchr-\d|crates\/edgeseal\/src\/token/, "search for tokens"],
  [/crates\/edgeseal\/src/, "plan, splice, report"],
  [/json::|Lexer/, "parse"],
  [/matcher|field_path/, "match"],
  [/malloc|free|calloc|mem(cpy|move|set|cmp)|zeroize|alloc/, "memory"],
];

/** @param {string} file */
export function stageOf(file) {
  return FILES.find(([pattern]) => pattern.test(file))?.[1] ?? "other";
}
