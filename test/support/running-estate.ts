/**
 * A real control plane on a temporary directory, with a real Envoy: what `landbridge up` runs, in this process.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ConditionView } from "../../src/client/local-types.ts";
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from "../../src/control/control-plane.ts";
import { createLogger } from "../../src/lib/log.ts";
import type { Problem } from "../../src/model/problem.ts";
import { freePort } from "./free-port.ts";
import { waitFor } from "./wait-for.ts";

export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export class RunningEstate implements AsyncDisposable {
  readonly base = mkdtempSync(join(tmpdir(), "lb-"));
  readonly directory = join(this.base, "conf");
  readonly stateDir = join(this.base, "state");
  readonly log: string[] = [];
  #plane: ControlPlane | undefined;

  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  /** A Gateway infra/edge with one HTTP listener on a free port, open to all namespaces, and what `files` adds. */
  static async start(
    files: Readonly<Record<string, string>> = {},
    options: Partial<ControlPlaneOptions> = {},
  ): Promise<RunningEstate> {
    const estate = new RunningEstate(await freePort());
    mkdirSync(estate.directory);
    estate.write("gateway.yaml", gatewayYaml(estate.port));
    for (const [name, text] of Object.entries(files)) estate.write(name, text);
    await estate.up(options);
    return estate;
  }

  async up(options: Partial<ControlPlaneOptions> = {}): Promise<void> {
    this.#plane = await startControlPlane({
      directory: this.directory,
      stateDir: this.stateDir,
      bind: "127.0.0.1",
      accessLog: { kind: "off" },
      concurrency: 1,
      logger: createLogger({ level: "info", format: "json", write: (line) => this.log.push(line) }),
      ...options,
    });
    let isReady = false;
    void this.plane.ready.then(() => {
      isReady = true;
    });
    const last = () => [this.plane.view.problems(), this.log];
    try {
      await waitFor("the gateway to be ready", () => isReady, { last });
    } catch (error) {
      await this.#plane.stop();
      throw error;
    }
  }

  get plane(): ControlPlane {
    if (!this.#plane) throw new Error("not started");
    return this.#plane;
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

  get(host: string, path = "/", headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return new Promise((done) => {
      const sent = request(
        { host: "127.0.0.1", port: this.port, path, headers: { host, ...headers }, agent: false },
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
    return waitFor(`an answer of ${host}${path}`, ask, { last: () => [last, this.plane.view.problems()] });
  }

  untilProblem(code: string): Promise<Problem> {
    const problems = () => this.plane.view.problems();
    return waitFor(`problem ${code}`, () => problems().find((problem) => problem.code === code), { last: problems });
  }

  async untilNoProblems(): Promise<void> {
    const problems = () => this.plane.view.problems();
    await waitFor("all problems to go", () => problems().length === 0, { last: problems });
  }

  /** A condition of an object; for routes that of the first parent. */
  condition(key: string, type: string): ConditionView | undefined {
    const status = this.plane.view.object(key)?.status;
    return (status?.conditions ?? status?.parents?.[0]?.conditions)?.find((condition) => condition.type === type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plane?.stop();
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

/** A service with one backend for each entry, found at a port of loopback, and a route to it. */
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
