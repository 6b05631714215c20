/** The audit journal over the API, from its newest entry back. */
import type { ApiClient } from "../client/api-client.ts";
import type { Answer } from "../client/local-client.ts";
import type { JournalEntry } from "../storage/store.ts";

const PAGE_ENTRIES = 500;

/** Pages with the newest entry first; a problem is the last thing that comes. */
export async function* newestFirst(api: ApiClient): AsyncGenerator<Answer<readonly JournalEntry[]>, void, void> {
  const newest = await newestNumber(api);
  if ("problem" in newest) {
    yield newest;
    return;
  }
  for (let upTo = newest.value; upTo > 0; ) {
    const after = Math.max(0, upTo - PAGE_ENTRIES);
    const page = await entriesAfter(api, after, upTo - after);
    yield "problem" in page ? page : { value: page.value.toReversed() };
    if ("problem" in page) return;
    upTo = after;
  }
}

/**
 * The journal is read forwards, by numbers without gaps: where it ends is found by halving, in some twenty questions for a
 * million entries.
 */
async function newestNumber(api: ApiClient): Promise<Answer<number>> {
  let known = 0;
  let beyond = Number.POSITIVE_INFINITY;
  while (beyond - known > 1) {
    const asked = beyond === Number.POSITIVE_INFINITY ? Math.max(1, known * 2) : Math.floor((known + beyond) / 2);
    const answer = await entriesAfter(api, asked - 1, 1);
    if ("problem" in answer) return answer;
    if (answer.value.length > 0) known = asked;
    else beyond = asked;
  }
  return { value: known };
}

async function entriesAfter(api: ApiClient, after: number, limit: number): Promise<Answer<readonly JournalEntry[]>> {
  return (await api.audit(after, limit)) as Answer<readonly JournalEntry[]>;
}
