/**
 * An attacker who is refused a thousand times a second must not fill the disk: of what is refused some is written down, the
 * rest only counted. Each known user has a share of their own, so that no flood hides what somebody with a credential tried.
 */

/** Whose refusals are counted together. */
export interface RefusedClient {
  readonly from: string;
  /** "" for those whom nobody knows. */
  readonly user: string;
}

export interface RefusalSummary extends RefusedClient {
  /** How many were counted and not written. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

const WINDOW_MS = 10_000;
const WRITTEN_OF_CLIENT = 20;
/** Of all strangers together: addresses are cheap. */
const WRITTEN_OF_STRANGERS = 200;
const MAX_CLIENTS = 1_000;
/** The other strangers, when there are too many to be told apart. */
const OTHERS: RefusedClient = { from: "others", user: "" };

interface Window {
  readonly client: RefusedClient;
  readonly since: number;
  seen: number;
  unwritten: number;
}

export class RefusalLimit {
  readonly #windows = new Map<string, Window>();
  #strangers = { since: 0, written: 0 };

  /** Counts one. @param now milliseconds since 1970 @returns whether it is to be written */
  count(client: RefusedClient, now: number): boolean {
    const window = this.#windowOf(client, now);
    window.seen += 1;
    const isWritten = window.seen <= WRITTEN_OF_CLIENT && (client.user !== "" || this.#takeOfStrangers(now));
    if (!isWritten) window.unwritten += 1;
    return isWritten;
  }

  /** What was only counted in windows that are over; told once. With `everything` also of those that aren't. */
  takeSummaries(now: number, which: "over" | "everything" = "over"): RefusalSummary[] {
    const summaries: RefusalSummary[] = [];
    for (const [key, { client, since, unwritten }] of this.#windows) {
      if (which === "over" && now - since < WINDOW_MS) continue;
      this.#windows.delete(key);
      if (unwritten > 0) summaries.push({ ...client, count: unwritten, since });
    }
    return summaries;
  }

  /** Milliseconds after which there may be something to tell; undefined: nothing is counted. */
  get lookAfter(): number | undefined {
    return this.#windows.size === 0 ? undefined : WINDOW_MS;
  }

  #windowOf(client: RefusedClient, now: number): Window {
    const isOfItsOwn = client.user !== "" || this.#windows.size < MAX_CLIENTS || this.#windows.has(keyOf(client));
    const counted = isOfItsOwn ? client : OTHERS;
    const key = keyOf(counted);
    const window = this.#windows.get(key) ?? { client: counted, since: now, seen: 0, unwritten: 0 };
    this.#windows.set(key, window);
    return window;
  }

  #takeOfStrangers(now: number): boolean {
    if (now - this.#strangers.since >= WINDOW_MS) this.#strangers = { since: now, written: 0 };
    this.#strangers.written += 1;
    return this.#strangers.written <= WRITTEN_OF_STRANGERS;
  }
}

function keyOf({ from, user }: RefusedClient): string {
  return `${from} ${user}`;
}
