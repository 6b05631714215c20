/**
 * A directory of resources that a test edits as users do, a state directory beside it, and a port for the Gateway of
 * gateway.yaml. Whoever extends it says what runs on them.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Answer as ClientAnswer, LocalClient } from "../../src/client/local-client.ts";
import { CONTROL_SOCKET } from "../../src/client/local-types.ts";
import { waitFor } from "./wait-for.ts";

export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export class TestEstate {
  readonly base = mkdtempSync(join(tmpdir(), "lb-"));
  readonly directory = join(this.base, "conf");
  readonly stateDir = join(this.base, "state");
  readonly client = new LocalClient(join(this.stateDir, CONTROL_SOCKET));
  readonly port: number;

  /** Holds a Gateway infra/edge with one HTTP listener on `port`, open to all namespaces, and what `files` adds. */
  protected constructor(port: number, files: Readonly<Record<string, string>>) {
    this.port = port;
    mkdirSync(this.directory);
    this.write("gateway.yaml", gatewayYaml(port));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** As a careful tool does: whole or not at all. */
  write(name: string, text: string | Uint8Array): void {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new~`, text);
    renameSync(`${path}.new~`, path);
  }

  remove(name: string): void {
    rmSync(this.path(name), { force: true });
  }

  edit(name: string, from: string, to: string): void {
    const text = readFileSync(this.path(name), "utf8");
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    this.write(name, text.replace(from, to));
  }

  get(
    host: string,
    path = "/",
    headers: Readonly<Record<string, string>> = {},
    port: number = this.port,
  ): Promise<Answer> {
    return new Promise((done) => {
      const sent = request(
        { host: "127.0.0.1", port, path, headers: { host, ...headers }, agent: false },
        async (response) => {
          const body = Buffer.concat(await response.toArray()).toString();
          done({ status: response.statusCode ?? 0, body, headers: response.headers });
        },
      );
      sent.on("error", (error) => done({ status: 0, body: error.message, headers: {} }));
      sent.end();
    });
  }

  async untilAnswer(host: string, expected: (answer: Answer) => boolean, path = "/"): Promise<Answer> {
    let last: Answer | undefined;
    const ask = async () => {
      last = await this.get(host, path);
      return expected(last) && last;
    };
    return waitFor(`an answer of ${host}${path}`, ask, { last: () => last });
  }

  /** What the control plane answers over its socket; throws when it doesn't. */
  async ask<Value>(question: (client: LocalClient) => Promise<ClientAnswer<Value>>): Promise<Value> {
    const answer = await question(this.client);
    if ("problem" in answer) throw new Error(answer.problem.message);
    return answer.value;
  }

  protected removeFiles(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}

export function gatewayYaml(port: number): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: landbridge }
spec: { controllerName: landbridge.dev/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra }
spec:
  gatewayClassName: landbridge
  listeners:
  - { name: http, port: ${port}, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }
`;
}

/** A service with one backend for each entry, found at ports of loopback, and a route to it. */
export function serviceYaml(
  name: string,
  host: string,
  backends: Readonly<Record<string, { port: number; weight: number }>>,
  extra = "",
): string {
  const entries = Object.entries(backends);
  return `
apiVersion: landbridge.dev/v1alpha1
kind: Platform
metadata: { name: ${name} }
spec:
  type: Static
  static:
    services:
${entries.map(([backend, { port }]) => `    - { name: ${backend}, endpoints: ["127.0.0.1:${port}"] }`).join("\n")}
---
apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: ${name}, namespace: shop }
spec:
  port: 80
  backends:
${entries.map(([backend]) => `  - { name: ${backend}, platform: ${name}, service: ${backend} }`).join("\n")}
  split: [ ${entries.map(([backend, { weight }]) => `{ backend: ${backend}, weight: ${weight} }`).join(", ")} ]
${extra}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: shop }
spec:
  parentRefs: [ { name: edge, namespace: infra } ]
  hostnames: [ ${host} ]
  rules:
  - backendRefs: [ { group: landbridge.dev, kind: HybridService, name: ${name} } ]
`;
}
