/**
 * The record of a running Envoy, for the next start after a control plane that died.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../lib/write-whole.ts";
import { proxyPaths } from "./paths.ts";
import { isAlive, type ProcessIdentity } from "./process-identity.ts";

export interface EnvoyRecord extends ProcessIdentity {
  /** Of the binary, its arguments and the bootstrap: an Envoy is taken over only when all are the same. */
  readonly fingerprint: string;
  /** It has stopped to accept connections: it can be ended, but not taken over. */
  readonly draining: boolean;
}

export function writePidFile(path: string, record: EnvoyRecord): void {
  writeWhole(path, `${JSON.stringify(record)}\n`);
}

/** undefined when there is no record, or none that can be read. */
export function readPidFile(path: string): EnvoyRecord | undefined {
  try {
    return parseRecord(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

export function removePidFile(path: string): void {
  rmSync(path, { force: true });
}

/** The Envoys that run from directories in `folder`, but for those named in `except`. */
export function recordedEnvoys(folder: string, except: ReadonlySet<string> = new Set()): readonly EnvoyRecord[] {
  return folderNames(folder).flatMap((name) => {
    if (except.has(name)) return [];
    const record = readPidFile(proxyPaths(join(folder, name)).pidFile);
    return record !== undefined && isAlive(record) ? record : [];
  });
}

function folderNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nothing ever ran.
  }
}

function parseRecord(json: unknown): EnvoyRecord | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { pid, startTime, fingerprint, draining } = json as Record<string, unknown>;
  if (!Number.isSafeInteger(pid) || (pid as number) < 2) return undefined;
  if (typeof startTime !== "string" || typeof fingerprint !== "string") return undefined;
  return { pid: pid as number, startTime, fingerprint, draining: draining === true };
}
