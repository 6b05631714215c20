import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { at, type Field, text } from "../lib/fields.ts";

/** Envoy writes its log a moment later: how long to look, and how often. Milliseconds. */
const PATIENCE_MS = 3_000;
const INTERVAL_MS = 50;

interface Wanted {
  readonly requestId: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

/** Reads what a gateway appends to its access log (JSON lines) from the moment it was opened. */
export class AccessLogTail {
  readonly #file: number;
  #offset: number;
  #text = "";

  /** Undefined when the file can't be read. */
  static open(path: string): AccessLogTail | undefined {
    try {
      return new AccessLogTail(openSync(path, "r"));
    } catch {
      return undefined;
    }
  }

  private constructor(file: number) {
    this.#file = file;
    this.#offset = fstatSync(file).size;
  }

  /**
   * The line of one request: the one with its id, or, where the gateway gave it another, the only one like it.
   */
  async find(wanted: Wanted): Promise<Field> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(INTERVAL_MS)) {
      const lines = this.#lines();
      const exact = lines.find((line) => at(line, "requestId") === wanted.requestId);
      if (exact !== undefined) return exact;
      const alike = lines.filter((line) => isAlike(line, wanted));
      if (alike.length === 1) return alike[0];
    }
    return undefined;
  }

  close(): void {
    closeSync(this.#file);
  }

  #lines(): Field[] {
    const size = fstatSync(this.#file).size;
    const bytes = Buffer.alloc(Math.max(0, size - this.#offset));
    this.#offset += readSync(this.#file, bytes, 0, bytes.length, this.#offset);
    this.#text += bytes.toString("utf8");
    const whole = this.#text.slice(0, this.#text.lastIndexOf("\n") + 1);
    return whole.split("\n").flatMap(parseLine);
  }
}

/** "leg hybrid/shop/front/vm at 127.0.1.1:8010 (route shop/front/rule/0/match/0)" */
export function describeLine(line: Field): string {
  const flags = text(at(line, "flags"));
  const leg = text(at(line, "leg"));
  const who = leg === "" ? "the gateway itself" : `leg ${leg} at ${text(at(line, "upstream")) || "<no endpoint>"}`;
  const why = flags === "" || flags === "-" ? "" : `, flags ${flags} ${text(at(line, "details"))}`;
  return `${who} (route ${text(at(line, "route")) || "<none>"}${why})`;
}

function isAlike(line: Field, { method, host, path }: Wanted): boolean {
  const loggedHost = text(at(line, "host")).replace(/:\d+$/, "");
  return at(line, "method") === method && loggedHost === host && at(line, "path") === path;
}

function parseLine(line: string): Field[] {
  try {
    return line === "" ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}
