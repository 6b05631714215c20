/**
 * The Envoys of this machine: one for each Gateway that is ours.
 */
import { join } from "node:path";
import type { Logger } from "../lib/log.ts";
import { type ObjectKey, parseObjectKey } from "../model/keys.ts";
import type { Problem } from "../model/problem.ts";
import { buildBootstrap } from "../proxy/bootstrap.ts";
import type { EnvoyBinary } from "../proxy/envoy-binary.ts";
import { endLeftovers } from "../proxy/leftover.ts";
import { proxyPaths } from "../proxy/paths.ts";
import { EnvoySupervisor } from "../proxy/supervisor.ts";

export interface LocalProxiesOptions {
  readonly binary: EnvoyBinary;
  /** Each proxy has a directory of its own below it. */
  readonly directory: string;
  readonly xdsSocketPath: string;
  readonly runtimeLayers: readonly string[];
  /** Whether the proxies write their access log to our standard output. */
  readonly inheritOutput: boolean;
  readonly concurrency: number | undefined;
  readonly logger: Logger;
  readonly onChange: () => void;
  /** A proxy can't even be started, and isn't tried again. */
  readonly onUnstartable: (problem: Problem) => void;
}

const RETRY_MS = 5_000;

/** The node id ends in this: the one proxy that the control plane itself runs for a Gateway. */
const INSTANCE = "local";

export class LocalProxies {
  readonly #options: LocalProxiesOptions;
  readonly #supervisors = new Map<ObjectKey, EnvoySupervisor>();
  readonly #problems = new Map<ObjectKey, Problem>();
  /** Starts and stops of one gateway happen one after the other. */
  readonly #turns = new Map<ObjectKey, Promise<void>>();

  constructor(options: LocalProxiesOptions) {
    this.#options = options;
  }

  problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  start(gateway: ObjectKey): void {
    this.#inTurn(gateway, () => this.#start(gateway));
  }

  stop(gateway: ObjectKey, drainMs?: number): Promise<void> {
    return this.#inTurn(gateway, async () => {
      await this.#supervisors.get(gateway)?.stop(drainMs === undefined ? {} : { drainMs });
      this.#supervisors.delete(gateway);
      this.#problems.delete(gateway);
    });
  }

  /** Ends what an earlier control plane, killed, left running for Gateways that are gone. */
  async endOthers(): Promise<void> {
    try {
      await endLeftovers(this.#options.directory, new Set([...this.#turns.keys()].map(folderOf)));
    } catch (error) {
      this.#options.logger.error("a proxy of a Gateway that is gone could not be ended", { error });
    }
  }

  async stopAll(drainMs?: number): Promise<void> {
    await Promise.all([...this.#turns.keys()].map((gateway) => this.stop(gateway, drainMs)));
  }

  #inTurn(gateway: ObjectKey, work: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(gateway) ?? Promise.resolve()).then(work).catch((error: unknown) => {
      this.#options.logger.error("a proxy could not be started or stopped", { gateway, error });
    });
    this.#turns.set(gateway, turn);
    return turn;
  }

  async #start(gateway: ObjectKey): Promise<void> {
    if (this.#supervisors.has(gateway)) return;
    const { binary, xdsSocketPath, runtimeLayers, inheritOutput, concurrency } = this.#options;
    const { namespace, name } = parseObjectKey(gateway);
    const directory = join(this.#options.directory, folderOf(gateway));
    const supervisor = new EnvoySupervisor({
      binary,
      directory,
      bootstrap: buildBootstrap({
        nodeId: `gateway/${namespace}/${name}/${INSTANCE}`,
        xdsSocketPath,
        adminSocketPath: proxyPaths(directory).adminSocket,
        runtimeLayers,
      }),
      standardOutput: inheritOutput ? "inherit" : "log",
      ...(concurrency === undefined ? {} : { concurrency }),
    });
    this.#supervisors.set(gateway, supervisor);
    supervisor.onChange((state) => {
      this.#options.logger.info("proxy", { gateway, state: state.kind });
      this.#note(gateway, state.kind === "backing-off" ? state.problem : undefined);
    });
    const problem = await supervisor.start();
    this.#note(gateway, problem);
    if (!problem) return;
    this.#options.onUnstartable(problem);
    this.#retryLater(gateway, supervisor);
  }

  /** What keeps a proxy from being started lies outside: a full disk, permissions. It may pass. */
  #retryLater(gateway: ObjectKey, failed: EnvoySupervisor): void {
    const retry = () => {
      this.#inTurn(gateway, async () => {
        if (this.#supervisors.get(gateway) !== failed) return;
        this.#supervisors.delete(gateway);
        await this.#start(gateway);
      });
    };
    setTimeout(retry, RETRY_MS).unref();
  }

  #note(gateway: ObjectKey, problem: Problem | undefined): void {
    if (problem) this.#problems.set(gateway, { ...problem, object: gateway });
    else if (!this.#problems.delete(gateway)) return;
    this.#options.onChange();
  }
}

function folderOf(gateway: ObjectKey): string {
  const { namespace, name } = parseObjectKey(gateway);
  return `${namespace}.${name}`;
}
