/** All open watches: how many there may be, and which have to end because their client may no longer see what they show. */
import type { User } from "../../access/user.ts";
import type { ObjectWatch } from "../resources/object-watch.ts";
import { serviceUnavailable, tooManyRequests } from "../status/failures.ts";
import type { Status } from "../status/status.ts";

const MAX_WATCHES = 2_000;
const MAX_WATCHES_OF_USER = 500;
const RETRY_SECONDS = 5;
/** Credentials run out by the clock too. Milliseconds. */
const LOOK_MS = 2_000;

interface OpenWatch {
  readonly watch: ObjectWatch;
  readonly user: User;
  /** undefined while the watch may go on. */
  readonly verdict: () => Status | undefined;
}

export class WatchBoard {
  readonly #open = new Set<OpenWatch>();
  readonly #perUser = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #lookIsDue = false;

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Why this user can't open one more. */
  refusal({ name }: User): Status | undefined {
    if (this.#open.size < MAX_WATCHES && (this.#perUser.get(name) ?? 0) < MAX_WATCHES_OF_USER) return undefined;
    return tooManyRequests("too many watches are open, please try again later", RETRY_SECONDS);
  }

  add(entry: OpenWatch): void {
    const { name } = entry.user;
    this.#open.add(entry);
    this.#perUser.set(name, (this.#perUser.get(name) ?? 0) + 1);
    entry.watch.signal.addEventListener(
      "abort",
      () => {
        this.#open.delete(entry);
        const left = (this.#perUser.get(name) ?? 1) - 1;
        if (left === 0) this.#perUser.delete(name);
        else this.#perUser.set(name, left);
      },
      { once: true },
    );
  }

  /** Something about who may do what has changed. */
  accessChanged(): void {
    if (this.#lookIsDue) return;
    this.#lookIsDue = true;
    setImmediate(() => {
      this.#lookIsDue = false;
      this.#look();
    });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { watch } of this.#open) watch.fail(serviceUnavailable("the server is stopping"));
  }

  #look(): void {
    for (const { watch, verdict } of this.#open) {
      const status = verdict();
      if (status) watch.fail(status);
    }
  }
}
