/**
 * Makes a change and asks, one request after the other, until its effect is seen. In a process of its own: nothing
 * else delays its clock. Times in milliseconds.
 */
import { renameSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type ApiAccess, ApiConnection } from "../api/api-connection.ts";
import { type Answer, Connection } from "../http/connection.ts";
import { answerCalls, endWithParent } from "./calls.ts";

/** What to ask, and which answer ends the wait; no `body`: any. */
export interface Probe {
  readonly port: number;
  readonly hostname: string;
  readonly path: string;
  readonly status: number;
  readonly body?: string | undefined;
  /** Asked before the change: opens the connections that a host in use has. Absent: `path`. */
  readonly before?: string | undefined;
}

/** Replaces the file `to` by `from` at once, as careful editors and deployment tools do. */
export interface Replacement {
  readonly from: string;
  readonly to: string;
}

export interface Effect {
  readonly elapsed: number;
  /** When the file was replaced: nanoseconds of the monotonic clock that all processes of a machine share. */
  readonly startedAt: string;
  readonly requests: number;
}

export interface ApiPatch {
  readonly access: ApiAccess;
  readonly path: string;
  readonly body: unknown;
}

export interface PatchEffect {
  /** From the first byte of the request until its effect was seen. */
  readonly elapsed: number;
  /** Until it was answered. */
  readonly answered: number;
}

export type ProberCalls = {
  effectOf(input: { readonly change: Replacement; readonly probe: Probe }): Promise<Effect>;
  /** The same for a merge patch through the API. */
  effectOfPatch(input: { readonly patch: ApiPatch; readonly probe: Probe }): Promise<PatchEffect>;
  /** Nobody need be listening yet. @returns the time since `since` of the shared clock */
  firstAnswer(input: { readonly probe: Probe; readonly since: string }): Promise<number>;
  /** What one request takes. */
  floor(input: { readonly probe: Probe; readonly count: number }): Promise<number[]>;
};

/** No change takes that long; whoever waits longer has met a defect. */
const PATIENCE_MS = 30_000;

const connections = new Map<number, Connection>();
const apiConnections = new Map<number, ApiConnection>();

const calls: ProberCalls = {
  async effectOf({ change, probe }) {
    await warm(probe);
    const startedAt = process.hrtime.bigint();
    renameSync(change.from, change.to);
    const requests = await until(probe);
    return { elapsed: since(startedAt), startedAt: String(startedAt), requests };
  },
  async effectOfPatch({ patch: { access, path, body }, probe }) {
    const api = apiConnections.get(access.port) ?? new ApiConnection(access, 1);
    apiConnections.set(access.port, api);
    await warm(probe);
    const startedAt = process.hrtime.bigint();
    const written = api.call("PATCH", path, body, "application/merge-patch+json").then(() => since(startedAt));
    const seen = until(probe).then(() => since(startedAt));
    const [answered, elapsed] = await Promise.all([written, seen]);
    return { elapsed, answered };
  },
  async firstAnswer({ probe, since: start }) {
    await until(probe, 5);
    return since(BigInt(start));
  },
  async floor({ probe, count }) {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const startedAt = process.hrtime.bigint();
      await ask(probe);
      times.push(since(startedAt));
    }
    return times;
  },
};

/** @returns how many requests it took */
async function until(probe: Probe, pauseMs = 0): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let requests = 1; ; requests++) {
    const answer = await ask(probe).catch(() => undefined);
    if (answer && fits(answer, probe)) return requests;
    if (performance.now() > deadline)
      throw new Error(`no ${wish(probe)}, but ${answer?.head.split("\r\n")[0]} ${answer?.body}`);
    if (pauseMs > 0 || !answer) await delay(pauseMs);
  }
}

/** The connection of the last probe may be gone, with the Envoy that it led to. */
async function warm({ before, ...probe }: Probe): Promise<void> {
  const asked = { ...probe, path: before ?? probe.path };
  await ask(asked).catch(() => ask(asked));
}

async function ask({ port, hostname, path }: Probe): Promise<Answer> {
  const connection = connections.get(port) ?? (await Connection.open(port));
  connections.set(port, connection);
  try {
    return await connection.get(hostname, path);
  } catch (error) {
    connection[Symbol.dispose]();
    connections.delete(port);
    throw error;
  }
}

function fits({ status, body }: Answer, probe: Probe): boolean {
  return status === probe.status && (probe.body === undefined || body === probe.body);
}

function wish({ hostname, path, status, body }: Probe): string {
  return `${status} ${body ?? ""} for http://${hostname}${path} within ${PATIENCE_MS} ms`;
}

function since(start: bigint): number {
  return Number(process.hrtime.bigint() - start) / 1e6;
}

answerCalls(calls);
endWithParent();
