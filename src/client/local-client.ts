import { type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import type { ObjectKey } from "../model/keys.ts";
import type { Problem } from "../model/problem.ts";
import type { TraceRequest, TraceResult } from "../model/trace.ts";
import { socketAddress } from "./control-socket.ts";
import type {
  CompileFilter,
  CompileStage,
  InfoView,
  KindView,
  ObjectFilter,
  ObjectView,
  ProxyView,
  ServiceView,
  WatchLine,
  WatchTopic,
} from "./local-types.ts";
import { CLIENT_PROBLEMS } from "./problem-codes.ts";

export type Answer<T> = { readonly value: T } | { readonly problem: Problem };

/** How long the control plane may stay silent. It answers from memory; this is for one that hangs. Milliseconds. */
const SILENCE_MS = 15_000;

type Query = Readonly<Record<string, string | undefined>>;

/** Asks the control plane that listens on a unix socket. Answers are values; a failure is a Problem. */
export class LocalClient {
  readonly #path: string;
  readonly #silenceMs: number;

  constructor(socketPath: string, silenceMs = SILENCE_MS) {
    this.#path = socketPath;
    this.#silenceMs = silenceMs;
  }

  info(): Promise<Answer<InfoView>> {
    return this.#ask("GET", "/v1/info");
  }

  kinds(): Promise<Answer<readonly KindView[]>> {
    return this.#ask("GET", "/v1/kinds");
  }

  objects(filter: ObjectFilter): Promise<Answer<readonly ObjectView[]>> {
    return this.#ask("GET", withQuery("/v1/objects", { ...filter }));
  }

  /** null when there is no such service. */
  service(key: ObjectKey): Promise<Answer<ServiceView | null>> {
    return this.#ask("GET", withQuery("/v1/service", { key }));
  }

  proxies(): Promise<Answer<readonly ProxyView[]>> {
    return this.#ask("GET", "/v1/proxies");
  }

  problems(): Promise<Answer<readonly Problem[]>> {
    return this.#ask("GET", "/v1/problems");
  }

  compile(stage: CompileStage, filter: CompileFilter): Promise<Answer<unknown>> {
    return this.#ask("GET", withQuery("/v1/compile", { stage, ...filter }));
  }

  trace(query: TraceRequest): Promise<Answer<TraceResult>> {
    return this.#ask("POST", "/v1/trace", query);
  }

  /** Calls `onLine` for what is there and then for each change, until `signal` aborts (no problem) or it breaks off. */
  async watch(
    topics: readonly WatchTopic[],
    filter: ObjectFilter,
    onLine: (line: WatchLine) => void,
    signal: AbortSignal,
  ): Promise<Problem | undefined> {
    try {
      const response = await this.#send(
        "GET",
        withQuery("/v1/watch", { topics: topics.join(","), ...filter }),
        undefined,
        signal,
      );
      if (response.statusCode !== 200) return this.#refused(await json(response));
      for await (const line of createInterface({ input: response, signal })) onLine(JSON.parse(line) as WatchLine);
      return signal.aborted ? undefined : clientProblem("LB6103", "the control plane ended the watch");
    } catch (error) {
      return signal.aborted ? undefined : this.#unreachable(error);
    }
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    try {
      const response = await this.#send(method, path, body);
      const value = await json(response);
      return response.statusCode === 200 ? { value: value as T } : { problem: this.#refused(value) };
    } catch (error) {
      return { problem: this.#unreachable(error) };
    }
  }

  #send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options = { socketPath: socketAddress(this.#path), method, path, ...(signal ? { signal } : {}) };
    const outgoing = request({ ...options, agent: false }, resolve);
    outgoing.on("error", reject);
    const isWatch = signal !== undefined;
    const silent = new Error(`no answer for ${this.#silenceMs / 1000} s`);
    if (!isWatch) outgoing.setTimeout(this.#silenceMs, () => outgoing.destroy(silent));
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }

  #refused(answer: unknown): Problem {
    const reason =
      typeof answer === "object" && answer !== null && "error" in answer
        ? String(answer.error)
        : JSON.stringify(answer);
    return clientProblem("LB6104", `the control plane refused the request: ${reason}`);
  }

  #unreachable(error: unknown): Problem {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    switch (code) {
      case "ENOENT":
      case "ECONNREFUSED":
      case "ENOTSOCK":
      case "ENOTDIR":
        return clientProblem("LB6101", `no control plane is running on ${this.#path}`);
      case "EACCES":
      case "EPERM":
        return clientProblem("LB6102", `no permission to open ${this.#path}`);
      default:
        return clientProblem("LB6103", `${this.#path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function clientProblem(code: keyof typeof CLIENT_PROBLEMS, message: string): Problem {
  return { code, severity: "error", message, hint: CLIENT_PROBLEMS[code].wayOut, path: "" };
}

function withQuery(path: string, query: Query): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}
