/**
 * Lines to a client at its own pace. At most a part of one line waits for it beyond what the system's buffers hold: lines are
 * shared by all watches, and what is encrypted for each is not.
 */
import type { ServerResponse } from "node:http";

/** Bytes that are handed over at once. */
const PART = 64 * 1024;
/** How long the last line may take. */
const END_MS = 3_000;
const NOTHING = Buffer.alloc(0);

export interface LineOutletOptions {
  readonly response: ServerResponse;
  /** How long a client may leave everything unread; then it is cut off. */
  readonly stallMs: number;
  /** There is room for more. */
  readonly onReady: () => void;
}

export class LineOutlet {
  readonly #options: LineOutletOptions;
  /** Of the line that was begun. */
  #rest: Buffer = NOTHING;
  #last: Buffer | undefined;
  #isFull = false;
  #stall: NodeJS.Timeout | undefined;
  #end: NodeJS.Timeout | undefined;

  constructor(options: LineOutletOptions) {
    this.#options = options;
    const { response } = options;
    response.on("drain", () => this.#drained());
    response.once("close", () => {
      clearTimeout(this.#stall);
      clearTimeout(this.#end);
    });
  }

  /** Nothing can be sent now. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** One line with its end, when it isn't full. */
  send(line: Buffer): void {
    this.#rest = line;
    this.#sendRest();
  }

  /** Ends the stream behind what was begun. Who doesn't read isn't waited for. */
  end(last: Buffer = NOTHING): void {
    const { response } = this.#options;
    this.#last = last;
    this.#end = setTimeout(() => response.destroy(), END_MS);
    if (!this.#isFull) response.end(last);
  }

  #drained(): void {
    this.#isFull = false;
    clearTimeout(this.#stall);
    this.#sendRest();
    if (this.#isFull) return;
    if (this.#last) this.#options.response.end(this.#last);
    else this.#options.onReady();
  }

  #sendRest(): void {
    const { response, stallMs } = this.#options;
    while (this.#rest.length > 0 && !this.#isFull) {
      const part = this.#rest.subarray(0, PART);
      this.#rest = this.#rest.subarray(PART);
      this.#isFull = !response.write(part);
    }
    if (this.#isFull) this.#stall = setTimeout(() => response.destroy(), stallMs);
  }
}
