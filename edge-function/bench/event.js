// Events of CloudFront, new for every call: handlers may change what they are given.

/**
 * An origin-request event with a JSON body.
 * @param {string} data the body in base64
 * @returns {import("aws-lambda").CloudFrontRequestEvent}
 */
export function eventOf(data) {
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d111111abcdef8.cloudfront.net",
            distributionId: "EDFDVBD6EXAMPLE",
            eventType: "origin-request",
            requestId: "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
          },
          request: {
            clientIp: "203.0.113.178",
            headers: {
              host: [{ key: "Host", value: "origin.example" }],
              "content-type": [{ key: "Content-Type", value: "application/json" }],
              "user-agent": [{ key: "User-Agent", value: "Amazon CloudFront" }],
            },
            method: "POST",
            querystring: "",
            uri: "/people",
            body: { action: "read-only", data, encoding: "base64", inputTruncated: false },
          },
        },
      },
    ],
  };
}

/**
 * The bytes that an origin would get.
 * @param {any} result
 */
export function bodyOf(result) {
  if (result?.body?.action !== "replace") throw new Error("the handler replaces nothing");
  return Buffer.from(result.body.data, result.body.encoding === "base64" ? "base64" : "utf8");
}
