// A function for the local CDN that does what the request's header `x-do` says, in JavaScript.

/** Requests that this execution environment has had. */
let requests = 0;

/** @param {any} event */
export async function handler(event) {
  requests += 1;
  const { config, request } = event.Records[0].cf;
  const code = request.headers["x-do"]?.[0].value ?? "return request";
  return new Function("request", "config", "requests", `return (async () => { ${code} })()`)(request, config, requests);
}
