/** An HTTPS server that answers as a test tells it, for what the real API does only when something is wrong. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { ApiTransport } from "../../src/client/api-transport.ts";
import { makeAuthority, type PemPair, type TestAuthority } from "./certificates.ts";

export type ApiScript = (request: IncomingMessage, response: ServerResponse) => void;

export class ScriptedApi implements AsyncDisposable {
  readonly caPem: string;
  /** "GET /path?query", as they came. */
  readonly requests: string[] = [];
  readonly warnings: string[] = [];
  readonly #server: Server;
  #script: ApiScript;

  private constructor(authority: TestAuthority, leaf: PemPair, script: ApiScript) {
    this.caPem = authority.certificate;
    this.#script = script;
    this.#server = createServer(
      { cert: leaf.certificate + authority.certificate, key: leaf.key },
      (request, response) => {
        this.requests.push(`${request.method} ${request.url}`);
        this.#script(request, response);
      },
    );
  }

  static async start(script: ApiScript): Promise<ScriptedApi> {
    const authority = await makeAuthority();
    const leaf = await authority.issue({ ipAddresses: ["127.0.0.1"] });
    const api = new ScriptedApi(authority, leaf, script);
    api.#server.listen(0, "127.0.0.1");
    await once(api.#server, "listening");
    return api;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  transport(): ApiTransport {
    return new ApiTransport({ url: this.url, caPem: this.caPem, token: "t" }, (text) => this.warnings.push(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

export function answerJson(response: ServerResponse, code: number, value: unknown): void {
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
}
