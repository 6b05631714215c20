/**
 * One open watch. It reads the registry's history at the pace of its client: a slow client costs only its place in it, and one
 * that falls behind what the history holds is told to list anew (410, "Efficient detection of changes" in Kubernetes' docs).
 */
import type { ServerResponse } from "node:http";
import type { Registry } from "../../registry/registry.ts";
import type { ChangeType, ObjectChange, ServedObject } from "../../registry/served-object.ts";
import { expired } from "../status/failures.ts";
import type { Status } from "../status/status.ts";
import { LineOutlet } from "./line-outlet.ts";

export type WatchEventType = ChangeType | "BOOKMARK" | "ERROR";

export interface WatchOptions {
  readonly registry: Registry;
  readonly kind: string;
  /** Go on after this revision, or "now"; "start": begin with all there is, as ADDED. */
  readonly from: number | "now" | "start";
  /** Mark the end of what was there at the start (sendInitialEvents). */
  readonly marksInitialEnd: boolean;
  readonly bookmarks: boolean;
  readonly bookmarkMs: number;
  readonly matches: (object: ServedObject) => boolean;
  /** One line of the stream, with its end. */
  readonly encode: (type: ChangeType, object: ServedObject) => Buffer;
  readonly encodeBookmark: (revision: number, annotations: Readonly<Record<string, string>>) => Buffer;
  readonly response: ServerResponse;
  readonly lifetimeMs: number;
  /** How long a client may leave everything unread. */
  readonly stallMs: number;
  readonly onSent: () => void;
}

const INITIAL_END = { "k8s.io/initial-events-end": "true" };

export class ObjectWatch {
  readonly #options: WatchOptions;
  readonly #ended = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  #initial: ServedObject[] = [];
  #initialIndex = 0;
  #initialEndIsDue = false;
  #cursor = 0;
  #isWaking = false;
  readonly #outlet: LineOutlet;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { response, stallMs } = options;
    this.#outlet = new LineOutlet({ response, stallMs, onReady: () => this.#pump() });
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  async start(): Promise<void> {
    const { registry, kind, from, response, matches, lifetimeMs, marksInitialEnd } = this.#options;
    response.on("close", () => this.#close());
    response.on("error", () => this.#close());
    // Listed and followed without a gap: what changes from here on has a revision beyond the list's.
    const { objects, revision } = await registry.list(kind);
    this.#cursor = typeof from === "number" ? from : revision;
    if (from === "start") {
      for (const object of objects) if (matches(object)) this.#initial.push(object);
      this.#initialEndIsDue = marksInitialEnd;
    }
    // A revision of another life of the store, from before a restore: what came since nobody knows.
    const isAhead = this.#cursor > revision;
    if (this.signal.aborted) return;
    // Lines end by themselves: one write each, of bytes that all watches share, instead of three in chunks.
    response.removeHeader("transfer-encoding");
    response.setHeader("connection", "close");
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
    response.flushHeaders();
    // A watch may be silent for long.
    response.socket?.setTimeout(0);
    if (isAhead) {
      this.fail(expired(`resource version ${this.#cursor} isn't known, the newest is ${revision}`));
      return;
    }
    registry.watch(kind, () => this.#wake(), this.signal);
    this.#timers.push(setTimeout(() => this.#finish(), lifetimeMs));
    const { bookmarks, bookmarkMs } = this.#options;
    if (bookmarks) this.#timers.push(setInterval(() => this.#bookmark({}), bookmarkMs));
    this.#pump();
  }

  /** Ends it with an ERROR event: the credential is gone, the server stops. */
  fail(status: Status): void {
    if (this.signal.aborted) return;
    this.#outlet.end(Buffer.from(`${JSON.stringify({ type: "ERROR", object: status })}\n`));
    this.#close();
  }

  #finish(): void {
    if (this.signal.aborted) return;
    if (this.#options.bookmarks) this.#bookmark({});
    this.#outlet.end();
    this.#close();
  }

  #close(): void {
    this.#ended.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#initial = [];
  }

  /** After all that the change itself causes: proxies come before watches. Changes that come together go out together. */
  #wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { registry, kind, encode, response } = this.#options;
    if (this.signal.aborted || this.#outlet.isFull) return;
    response.cork();
    try {
      while (!this.#outlet.isFull && this.#initialIndex < this.#initial.length) {
        const object = this.#initial[this.#initialIndex++];
        if (object) this.#send(encode("ADDED", object));
      }
      if (this.#outlet.isFull) return;
      this.#initial = [];
      if (this.#initialEndIsDue) {
        this.#initialEndIsDue = false;
        this.#bookmark(INITIAL_END);
      }
      while (!this.#outlet.isFull) {
        const change = registry.next(kind, this.#cursor);
        if (change === "expired") {
          this.fail(expired(`too old resource version: ${this.#cursor}`));
          return;
        }
        if (change === undefined) return;
        this.#cursor = change.revision;
        const type = this.#typeFor(change);
        if (type) this.#send(encode(type, change.object));
      }
    } finally {
      response.uncork();
    }
  }

  /** An object that begins or ceases to match comes and goes, for this watch. */
  #typeFor({ type, object, previous }: ObjectChange): ChangeType | undefined {
    const { matches } = this.#options;
    const matched = previous !== undefined && matches(previous);
    if (type === "DELETED") return matched ? "DELETED" : undefined;
    if (matches(object)) return matched ? "MODIFIED" : "ADDED";
    return matched ? "DELETED" : undefined;
  }

  #bookmark(annotations: Readonly<Record<string, string>>): void {
    if (!this.#outlet.isFull && this.#initialIndex >= this.#initial.length)
      this.#send(this.#options.encodeBookmark(this.#cursor, annotations));
  }

  #send(line: Buffer): void {
    this.#options.onSent();
    this.#outlet.send(line);
  }
}
