/**
 * Preparing the directory of an Envoy, and saying in words what stands in the way.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { writeWhole } from "../lib/write-whole.ts";
import type { Problem } from "../model/problem.ts";
import type { ProxyPaths } from "./paths.ts";
import { proxyProblem } from "./proxy-problem.ts";

/** sun_path of sockaddr_un, less the closing zero byte. */
const MAX_SOCKET_PATH_BYTES = process.platform === "darwin" ? 103 : 107;

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is a file",
  ENOENT: "the path doesn't exist",
};

export function prepareDirectory(paths: ProxyPaths, bootstrap: string): Problem | undefined {
  const tooLong = socketPathProblem(paths.adminSocket);
  if (tooLong !== undefined) return tooLong;
  try {
    // Private: who can open the admin socket can stop Envoy.
    makeDirectory(paths.directory);
    writeWhole(paths.bootstrap, bootstrap);
    return undefined;
  } catch (error) {
    return stateDirectoryProblem(paths.directory, error);
  }
}

/** Makes it, private, if it isn't there. */
export function makeStateDirectory(directory: string): Problem | undefined {
  try {
    makeDirectory(directory);
    return undefined;
  } catch (error) {
    return stateDirectoryProblem(directory, error);
  }
}

/** Node's own `recursive` says ENOENT for every reason, also on a read-only file system. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}

/** Also for others who put sockets into the state directory. */
export function socketPathProblem(path: string): Problem | undefined {
  const length = Buffer.byteLength(path);
  if (length <= MAX_SOCKET_PATH_BYTES) return undefined;
  return proxyProblem("LB4005", `The socket path ${path} has ${length} bytes; ${MAX_SOCKET_PATH_BYTES} are allowed.`);
}

/** Rethrows what isn't about the file system: that is a defect. */
export function stateDirectoryProblem(directory: string, error: unknown): Problem {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === undefined || !code.startsWith("E")) throw error;
  return proxyProblem("LB4004", `Can't write in ${directory}: ${WORDS[code] ?? code}.`);
}
