/** A watch of the resource API, read line by line as a client does. */
import type { IncomingMessage } from "node:http";
import type { ApiClient, ApiRequestInit } from "./api-client.ts";
import type { Shown } from "./api-objects.ts";
import { waitFor } from "./wait-for.ts";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  /** Of an ERROR a Status. */
  readonly object: Shown & { readonly code?: number; readonly reason?: string; readonly message?: string };
}

export class ApiWatch implements Disposable {
  readonly #answer: IncomingMessage;
  readonly #events: WatchEvent[] = [];
  #rest = "";
  #isAtEnd = false;
  #isClosed = false;

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
    answer.once("close", () => {
      this.#isClosed = true;
    });
    // Broken off instead of ended: `untilEnd` says so.
    answer.on("error", () => {});
    answer.on("end", () => {
      this.#isAtEnd = true;
    });
  }

  /** @param path with `watch=1` in its query. Throws when the answer isn't 200. */
  static async open(client: ApiClient, path: string, init?: ApiRequestInit): Promise<ApiWatch> {
    const watch = await ApiWatch.openUnread(client, path, init);
    watch.read();
    return watch;
  }

  /** As a client that is too busy to read, until `read`. */
  static async openUnread(client: ApiClient, path: string, init?: ApiRequestInit): Promise<ApiWatch> {
    const answer = await client.open(path, init);
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${await answer.toArray()}`);
    return new ApiWatch(answer);
  }

  /** All so far, oldest first. */
  get events(): readonly WatchEvent[] {
    return this.#events;
  }

  /** "ADDED web", one for each event; an ERROR with its reason. */
  get story(): readonly string[] {
    return this.#events.map(({ type, object }) => {
      const what = type === "ERROR" ? object.reason : object.metadata.name;
      return what === undefined ? type : `${type} ${what}`;
    });
  }

  get hasEnded(): boolean {
    return this.#isAtEnd;
  }

  read(): void {
    this.#answer.setEncoding("utf8").on("data", (text: string) => this.#take(text));
  }

  async until(what: string, condition: (watch: this) => boolean): Promise<void> {
    await waitFor(what, () => condition(this), { last: () => this.story.slice(-10) });
  }

  /** Until an event like this has come. */
  async untilEvent(type: WatchEvent["type"], name?: string): Promise<WatchEvent> {
    const isIt = (event: WatchEvent) =>
      event.type === type && (name === undefined || event.object.metadata.name === name);
    const last = () => this.story.slice(-10);
    return waitFor(`${type} ${name ?? ""}`, () => this.#events.find(isIt), { last });
  }

  /** Until the server ends it; throws when it breaks off instead. */
  async untilEnd(): Promise<void> {
    await waitFor("the watch to end", () => this.#isClosed, { last: () => this.story.slice(-10) });
    if (!this.#isAtEnd) throw new Error(`broken off after ${this.story.slice(-3)}`);
    if (this.#rest !== "") throw new Error(`ended within a line: ${this.#rest}`);
  }

  [Symbol.dispose](): void {
    this.#answer.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#events.push(JSON.parse(line) as WatchEvent);
  }
}
