/** HTTPS to one API: connections that are kept, who asks, and bounds on waiting. Failures are Problems. */
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import type { ApiAnswer, ApiStatus } from "./api-types.ts";
import { clientProblem, refusedProblem, unreachableProblem } from "./client-problem.ts";

/** Where the API is, what is trusted, and who asks: a token or a client certificate. */
export interface Connection {
  /** "https://127.0.0.1:7443"; a path is kept in front of all others. */
  readonly url: string;
  /** Absent: what the system trusts. */
  readonly caPem?: string | undefined;
  readonly token?: string | undefined;
  readonly certificatePem?: string | undefined;
  readonly keyPem?: string | undefined;
  /** The name that the server's certificate must have, if it isn't the URL's. */
  readonly serverName?: string | undefined;
  /** For objects of kinds with namespaces, when nothing else says one. */
  readonly namespace?: string | undefined;
}

export interface ApiCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body?: string | undefined;
  /** Of the body; application/json unless given. */
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long the API may stay silent before the first byte; milliseconds. 0 is no bound. */
  readonly silenceMs?: number | undefined;
}

/** The API answers from memory, or after one write to the disk: this is for one that hangs. Milliseconds. */
const SILENCE_MS = 30_000;

export class ApiTransport {
  readonly connection: Connection;
  readonly #agent: Agent;
  readonly #base: URL;
  readonly #onWarning: (text: string) => void;

  /** @param onWarning gets what the API says in Warning headers, such as fields that it doesn't know */
  constructor(connection: Connection, onWarning: (text: string) => void = () => {}) {
    const { url, caPem, certificatePem, keyPem, serverName } = connection;
    this.connection = connection;
    this.#base = new URL(url);
    this.#onWarning = onWarning;
    this.#agent = new Agent({
      keepAlive: true,
      minVersion: "TLSv1.2",
      ...(caPem === undefined ? {} : { ca: caPem }),
      ...(certificatePem === undefined ? {} : { cert: certificatePem, key: keyPem }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
  }

  /** The connections that are kept open end. */
  close(): void {
    this.#agent.destroy();
  }

  /** The whole answer as JSON. */
  async json<T>(call: ApiCall): Promise<ApiAnswer<T>> {
    const opened = await this.open(call);
    if ("problem" in opened) return opened;
    try {
      return { value: JSON.parse(await text(opened.value)) as T };
    } catch (error) {
      return { problem: this.#failure(error) };
    }
  }

  /** An answer of success, whose body the caller reads to its end or destroys. */
  async open(call: ApiCall): Promise<ApiAnswer<IncomingMessage>> {
    let response: IncomingMessage;
    try {
      response = await this.#send(call);
    } catch (error) {
      return { problem: this.#failure(error) };
    }
    for (const warning of warningsOf(response)) this.#onWarning(warning);
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return { value: response };
    try {
      return { problem: this.#refused(statusCode, await text(response)) };
    } catch (error) {
      return { problem: this.#failure(error) };
    }
  }

  async #send(call: ApiCall): Promise<IncomingMessage> {
    try {
      return await this.#once(call);
    } catch (error) {
      // The server closed a kept connection just as it was taken again. A write isn't repeated: it may have taken place.
      if (call.method === "GET" && isStale(error)) return this.#once(call);
      throw error;
    }
  }

  #once({
    method,
    path,
    body,
    contentType,
    accept,
    signal,
    silenceMs = SILENCE_MS,
  }: ApiCall): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const { token } = this.connection;
    const outgoing = request(new URL(this.#base.pathname.replace(/\/$/, "") + path, this.#base), {
      method,
      agent: this.#agent,
      headers: {
        accept: accept ?? "application/json",
        "user-agent": "landbridge",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined
          ? {}
          : { "content-type": contentType ?? "application/json", "content-length": Buffer.byteLength(body) }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.once("response", (response) => {
      outgoing.setTimeout(0);
      resolve(response);
    });
    outgoing.on("error", (error) => reject(outgoing.reusedSocket ? Object.assign(error, { stale: true }) : error));
    if (silenceMs > 0) {
      const silent = new Error(`no answer for ${silenceMs / 1000} s`);
      outgoing.setTimeout(silenceMs, () => outgoing.destroy(silent));
    }
    outgoing.end(body);
    return promise;
  }

  #refused(code: number, body: string) {
    try {
      const status = JSON.parse(body) as ApiStatus;
      if (status?.kind === "Status") return refusedProblem({ code, ...status });
    } catch {
      // Below.
    }
    const start = body.trim().split("\n")[0]?.slice(0, 120) ?? "";
    return clientProblem("LB6117", `${this.connection.url} answered with ${code}${start === "" ? "" : `: ${start}`}`);
  }

  #failure(error: unknown) {
    if (error instanceof SyntaxError)
      return clientProblem("LB6117", `${this.connection.url} answered with something that isn't JSON`);
    return unreachableProblem(error, this.connection.url);
  }
}

function isStale(error: unknown): boolean {
  return error instanceof Error && "stale" in error && "code" in error && error.code === "ECONNRESET";
}

/** The texts of Warning headers with code 299 (RFC 9111 before they were retired; Kubernetes uses them). */
function warningsOf({ headersDistinct }: IncomingMessage): string[] {
  const values = (headersDistinct.warning ?? []).join(", ");
  return [...values.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = ""]) => quoted.replace(/\\(.)/g, "$1"));
}
