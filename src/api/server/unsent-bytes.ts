/** Answers that their clients haven't taken yet lie in memory: so many bytes of them as one user may have there. */
import type { ServerResponse } from "node:http";
import { tooManyRequests } from "../status/failures.ts";
import type { Status } from "../status/status.ts";

const MAX_BYTES_OF_USER = 64 * 1024 * 1024;
/** Smaller ones lie in the system's buffers. */
const COUNTED_FROM = 64 * 1024;
const RETRY_SECONDS = 1;

export class UnsentBytes {
  readonly #byUser = new Map<string, number>();

  /** Why this user reads nothing more for now. */
  refusal(user: string): Status | undefined {
    if ((this.#byUser.get(user) ?? 0) < MAX_BYTES_OF_USER) return undefined;
    return tooManyRequests("answers to earlier requests wait to be read, please try again later", RETRY_SECONDS);
  }

  add(user: string, size: number, response: ServerResponse): void {
    if (size < COUNTED_FROM) return;
    this.#byUser.set(user, (this.#byUser.get(user) ?? 0) + size);
    response.once("close", () => {
      const left = (this.#byUser.get(user) ?? 0) - size;
      if (left > 0) this.#byUser.set(user, left);
      else this.#byUser.delete(user);
    });
  }
}
