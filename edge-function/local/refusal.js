// Why the CDN answers itself.

/** What CloudFront answers a viewer with when it is not the origin or the function that does. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} reason
   */
  constructor(status, reason) {
    super(reason);
    this.name = "Refusal";
    this.status = status;
  }
}

/**
 * A function's result that does not pass CloudFront's validation.
 * @param {string} reason
 */
export function invalid(reason) {
  return new Refusal(502, `the function's result is invalid: ${reason}`);
}
