/** Raw requests to the resource API, with its authority and a token: for what no client of Kubernetes would send. */
import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { buffer } from "node:stream/consumers";
import type { ApiEndpoint } from "../../src/control/resource-api.ts";

export interface ApiRequestInit {
  /** GET when left out. */
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** Is sent as the body, in JSON. */
  readonly json?: unknown;
  /** Instead of the client's own; null: none. */
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Throws when it isn't an object in JSON. */
  json(): Record<string, unknown>;
}

export class ApiClient implements Disposable {
  readonly #endpoint: ApiEndpoint;
  readonly #token: string | null;
  readonly #agent: Agent;

  /** @param token null: none. @param identity a certificate with its key, PEM */
  constructor(endpoint: ApiEndpoint, token: string | null, identity?: { readonly cert: string; readonly key: string }) {
    this.#endpoint = endpoint;
    this.#token = token;
    this.#agent = new Agent({ keepAlive: true, ca: endpoint.caPem, ...identity });
  }

  /** @param path with its query, still percent-encoded; it is sent as it is */
  async fetch(path: string, init: ApiRequestInit = {}): Promise<ApiAnswer> {
    const answer = await this.open(path, init);
    const text = (await buffer(answer)).toString();
    return { status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => objectOf(text) };
  }

  /** An answer whose body the caller reads, such as a watch. Whoever leaves it before its end destroys it. */
  async open(path: string, init: ApiRequestInit = {}): Promise<IncomingMessage> {
    const { method = "GET", headers = {}, json, token = this.#token, signal } = init;
    const body = json === undefined ? init.body : JSON.stringify(json);
    const { hostname, port } = new URL(this.#endpoint.url);
    const sent = request({
      host: hostname,
      port,
      path,
      method,
      agent: this.#agent,
      ...(signal && { signal }),
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { "content-type": "application/json" }),
        ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
        ...headers,
      },
    });
    // What breaks after the answer has come is the answer's to tell.
    sent.on("error", () => {});
    const answered = once(sent, "response") as Promise<[IncomingMessage]>;
    sent.end(body);
    const [answer] = await answered;
    return answer;
  }

  /** Ends its connections, with what is open on them. */
  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function objectOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${text} isn't an object`);
  return value as Record<string, unknown>;
}
