/** Requests to the API of a running Landbridge as its first admin, over connections that stay open. */
import { readFileSync } from "node:fs";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface ApiAccess {
  readonly port: number;
  readonly token: string;
  readonly caPem: string;
}

export function apiAccess(stateDir: string, url: string): ApiAccess {
  const read = (name: string) => readFileSync(join(stateDir, "api", name), "utf8");
  return { port: Number(new URL(url).port), token: read("admin.token").trim(), caPem: read("ca.crt") };
}

export class ApiConnection {
  readonly #access: ApiAccess;
  readonly #agent: Agent;

  constructor(access: ApiAccess, maxSockets: number) {
    this.#access = access;
    this.#agent = new Agent({ keepAlive: true, maxSockets, ca: access.caPem });
  }

  /** The text of the answer. @throws when it isn't a success */
  async call(method: string, path: string, body?: unknown, type = "application/json"): Promise<string> {
    const response = await this.open(method, path, body === undefined ? undefined : JSON.stringify(body), type);
    const answer = await text(response);
    if ((response.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${answer}`);
    return answer;
  }

  open(method: string, path: string, body?: string, type = "application/json"): Promise<IncomingMessage> {
    const { port, token } = this.#access;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(body) }),
    };
    const outgoing: ClientRequest = request(
      { host: "127.0.0.1", port, method, path, agent: this.#agent, headers },
      resolve,
    );
    outgoing.on("error", reject);
    outgoing.end(body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Runs `task` for 0 to count - 1, `width` at a time. */
export async function inParallel(count: number, width: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: width }, work));
}
