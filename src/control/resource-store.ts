/** Opens the store of a state directory, with the keys that seal its secrets. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseObjectKey } from "../model/keys.ts";
import type { Problem } from "../model/problem.ts";
import { makeStateDirectory } from "../proxy/state-directory.ts";
import { createSealingKeyFile, readSealingKeys } from "../storage/sealing-keys.ts";
import { openSqliteStore } from "../storage/sqlite/open-store.ts";
import type { Store } from "../storage/store.ts";

export interface StoreOptions {
  readonly stateDir: string;
  /** File with the keys that seal Secrets; absent: one in the state directory, made on the first start. */
  readonly keyFile?: string | undefined;
  /** The keys themselves, from the environment; they come before those of the file. */
  readonly keys?: string | undefined;
}

export function storePath(stateDir: string): string {
  return join(stateDir, "store", "landbridge.db");
}

export function sealingKeyPath(stateDir: string): string {
  return join(stateDir, "store", "sealing.keys");
}

export async function openStore({ stateDir, keyFile, keys }: StoreOptions): Promise<Store | Problem> {
  const unusable = makeStateDirectory(join(stateDir, "store"));
  if (unusable) return unusable;
  const ownFile = sealingKeyPath(stateDir);
  const hasKeys = keyFile !== undefined || keys !== undefined;
  // A store without its key file is refused when it is opened: a new key would open nothing.
  if (!hasKeys && !existsSync(ownFile) && !existsSync(storePath(stateDir))) {
    const problem = createSealingKeyFile(ownFile);
    if (problem) return problem;
  }
  const file = keyFile ?? (existsSync(ownFile) ? ownFile : undefined);
  const sealing = readSealingKeys({
    ...(file === undefined ? {} : { file }),
    ...(keys === undefined ? {} : { environment: keys }),
  });
  if ("code" in sealing) return sealing;
  return openSqliteStore({ path: storePath(stateDir), sealing, isSecret: isSecretKey });
}

function isSecretKey(key: string): boolean {
  return parseObjectKey(key).kind === "Secret";
}
