// With the types of @types/aws-lambda, and a project without those of browsers.

import type { CloudFrontRequestEvent, CloudFrontRequestHandler, CloudFrontRequestResult } from "aws-lambda";
import { createOriginRequestHandler, type LogEntry, type Options } from "edgeseal/lambda-edge";
import { loadModule } from "edgeseal/module";

const options: Options = {
  log: ({ outcome, code, values }: LogEntry) => console.log(outcome, code, values),
  metrics: "emf",
  countHeader: "x-count",
  maxOutputBytes: 900_000,
  module: loadModule(),
};

export const handler: CloudFrontRequestHandler = createOriginRequestHandler("{}", options);

export async function answer(event: CloudFrontRequestEvent): Promise<CloudFrontRequestResult> {
  return createOriginRequestHandler("{}")(event);
}

// @ts-expect-error: the text of a policy, not the policy
createOriginRequestHandler({});
// @ts-expect-error: an option of other doors
createOriginRequestHandler("{}", { maxInputBytes: 1 });
