/**
 * A real control plane on a temporary directory, with a real Envoy: what `landbridge up` runs, in this process.
 */
import type { ConditionView } from "../../src/client/local-types.ts";
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from "../../src/control/control-plane.ts";
import { createLogger } from "../../src/lib/log.ts";
import type { Problem } from "../../src/model/problem.ts";
import { freePort } from "./free-port.ts";
import { TestEstate } from "./test-estate.ts";
import { waitFor } from "./wait-for.ts";

export class RunningEstate extends TestEstate implements AsyncDisposable {
  readonly log: string[] = [];
  #plane: ControlPlane | undefined;

  /** A Gateway infra/edge with one HTTP listener on a free port, open to all namespaces, and what `files` adds. */
  static async start(
    files: Readonly<Record<string, string>> = {},
    options: Partial<ControlPlaneOptions> = {},
  ): Promise<RunningEstate> {
    const estate = new RunningEstate(await freePort(), files);
    try {
      await estate.up(options);
    } catch (error) {
      await estate[Symbol.asyncDispose]();
      throw error;
    }
    return estate;
  }

  async up(options: Partial<ControlPlaneOptions> = {}): Promise<void> {
    await this.begin(options);
    let isReady = false;
    void this.plane.ready.then(() => {
      isReady = true;
    });
    const last = () => [this.plane.view.problems(), this.log];
    await waitFor("the gateway to be ready", () => isReady, { last });
  }

  /** Starts the control plane without waiting for its gateways. */
  async begin(options: Partial<ControlPlaneOptions> = {}): Promise<void> {
    this.#plane = await startControlPlane({
      directory: this.directory,
      stateDir: this.stateDir,
      bind: "127.0.0.1",
      accessLog: { kind: "off" },
      concurrency: 1,
      logger: createLogger({ level: "info", format: "json", write: (line) => this.log.push(line) }),
      ...options,
    });
  }

  async stop(): Promise<void> {
    await this.#plane?.stop();
    this.#plane = undefined;
  }

  get plane(): ControlPlane {
    if (!this.#plane) throw new Error("not started");
    return this.#plane;
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

  async untilCondition(key: string, type: string, status: "True" | "False"): Promise<ConditionView> {
    const last = () => [this.condition(key, type), this.plane.view.problems()];
    const reached = () => {
      const condition = this.condition(key, type);
      return condition?.status === status && condition;
    };
    return waitFor(`${type} of ${key} to be ${status}`, reached, { last });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.removeFiles();
  }
}
