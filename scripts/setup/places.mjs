// Where things are on this machine.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The clone. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The Go modules that name the Go tools. */
export const toolsDirectory = join(root, "tools");

/** What set-up knows about this clone: stamps, the lock, the paths of what it found. Not in git. */
export const stateDirectory = join(root, ".setup");

/** What clones share: Envoy, API descriptors, built tools. Every entry is named by a hash of what made it. */
export const cacheDirectory = findCacheDirectory(process.env);

/** @param {NodeJS.ProcessEnv} env */
function findCacheDirectory(env) {
  if (env.LANDBRIDGE_CACHE) return resolve(env.LANDBRIDGE_CACHE);
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "landbridge");
}
