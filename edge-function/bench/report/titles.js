// What the suites are called.

export const TITLES = new Map([
  ["edge", "Requests at the edge, against what a user would take instead"],
  ["wasm-rsa", "RSAES-OAEP-SHA-256 in wasm, against node:crypto"],
  ["growth", "How cost grows"],
  ["stages", "Where the time of a request goes"],
  ["size", "Size of the wasm module"],
  ["cold", "Cold starts and memory"],
  ["runtimes", "Warm requests by runtime"],
  ["instructions", "Instructions of the library"],
  ["decryptor", "The decryptor"],
]);
