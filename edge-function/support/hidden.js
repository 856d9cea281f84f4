// Headers that CloudFront does not show to a function, and does not let it add.

export const HIDDEN = [
  ..."Connection Expect Keep-Alive Proxy-Authenticate Proxy-Authorization Proxy-Connection Trailer Upgrade".split(" "),
  ..."X-Accel-Buffering X-Accel-Charset X-Accel-Limit-Rate X-Accel-Redirect X-Amz-Cf-Id X-Amz-Cf-Any X-Cache X-Edge-Any".split(" "),
  ..."X-Amzn-Auth X-Amzn-RequestId X-Forwarded-Proto X-Real-IP".split(" "),
];
