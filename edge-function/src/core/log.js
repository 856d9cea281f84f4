// The log: one entry for each request, one line of JSON.

/**
 * @typedef {import("../../types/log.d.ts").LogEntry} LogEntry
 * @typedef {import("../../types/log.d.ts").Log} Log
 */

/** Numbers and labels of the policy only, and so fit for any log. @type {Log} */
export function print(entry) {
  const line = JSON.stringify(entry);
  if (entry.outcome === "not_loaded") console.error(line);
  else console.log(line);
}

/**
 * Writes an entry. What was decided is decided: a log that fails must not turn it into something else.
 * @param {Log} log
 * @param {LogEntry} entry
 */
export async function write(log, entry) {
  try {
    await log(entry);
  } catch {
    // There is no place left to say so.
  }
}

/**
 * The entry as CloudWatch reads metrics from a log (embedded metric format): over all requests, and by outcome.
 * @param {LogEntry} entry
 * @returns {LogEntry & import("../../types/log.d.ts").Metrics}
 */
export function withMetrics(entry) {
  return {
    ...entry,
    Requests: 1,
    Refused: entry.outcome === "refused" ? 1 : 0,
    Values: entry.values ?? 0,
    Microseconds: entry.microseconds,
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: "EdgeSeal",
          Dimensions: [[], ["outcome"]],
          Metrics: [
            { Name: "Requests", Unit: "Count" },
            { Name: "Refused", Unit: "Count" },
            { Name: "Values", Unit: "Count" },
            { Name: "Microseconds", Unit: "Microseconds" },
          ],
        },
      ],
    },
  };
}
