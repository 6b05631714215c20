/** What a part of a test run came to. */
export interface Results {
  readonly passed: number;
  readonly skipped: number;
  /** The names of what failed, e.g. "test/unit/lib/queue.test.ts: an aborted wait leaves the queue". */
  readonly failures: readonly string[];
}

export const noResults: Results = { passed: 0, skipped: 0, failures: [] };

export function addCounts(a: Results, b: Results): Results {
  return {
    passed: a.passed + b.passed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

/** Names the failures again, then one line alone: "12 passed, 0 failed", and the skipped ones when there are any. */
export function renderSummary({ passed, skipped, failures }: Results): string {
  const names = failures.length > 0 ? `\nfailed:\n${failures.map((name) => `  ${name}\n`).join("")}` : "";
  return `${names}\n${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
