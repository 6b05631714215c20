import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { dirname, join } from "node:path";
import { socketAddress } from "../../client/control-socket.ts";
import { LocalClient } from "../../client/local-client.ts";
import type { Problem } from "../../model/problem.ts";
import { API_PROBLEMS } from "../problem-codes.ts";

/** How long a control plane that holds the socket may take to say who it is. Milliseconds. */
const PROBE_MS = 3_000;

/**
 * Lets `server` listen on a socket file that only this user may open. The socket of a dead control plane is replaced,
 * that of a live one is respected. On success returns what takes the file away again.
 */
export async function claimSocket(
  server: Server,
  path: string,
): Promise<{ release: () => void } | { problem: Problem }> {
  // Bound under another name, so that nobody connects before the mode is right; then linked, which fails if taken.
  const draft = join(dirname(path), `.control.${process.pid}`);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    await listen(server, draft);
    chmodSync(draft, 0o600);
    const taken = await link(draft, path);
    if (taken) {
      server.close();
      return { problem: taken };
    }
    const inode = inodeOf(path);
    return { release: () => removeIfSame(path, inode) };
  } catch (error) {
    server.close();
    return { problem: unusable(path, error) };
  } finally {
    removeFile(draft);
  }
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(socketAddress(path), () => {
    server.off("error", reject);
    resolve();
  });
  await promise;
}

async function link(draft: string, path: string): Promise<Problem | undefined> {
  for (;;) {
    try {
      linkSync(draft, path);
      return undefined;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const before = inodeOf(path);
    const info = await new LocalClient(path, PROBE_MS).info();
    if ("value" in info) return alreadyRunning(path, `pid ${info.value.pid}`);
    if (info.problem.code !== "LB6101") return alreadyRunning(path, info.problem.message);
    removeIfSame(path, before);
  }
}

/** Moves the file aside first: what is taken away is then certainly the one that was found dead (or ours). */
function removeIfSame(path: string, inode: bigint | undefined): void {
  if (inode === undefined || inodeOf(path) !== inode) return;
  const aside = `${path}.${process.pid}.old`;
  try {
    renameSync(path, aside);
    if (inodeOf(aside) !== inode) linkSync(aside, path);
  } catch {
    // Another control plane was quicker; the next attempt to link tells.
  } finally {
    removeFile(aside);
  }
}

function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its directory is gone or can't be written, which was or will be said by who needs it.
  }
}

function inodeOf(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

function alreadyRunning(path: string, who: string): Problem {
  return problem("LB6001", `a control plane is already running on ${path}: ${who}`);
}

function unusable(path: string, error: unknown): Problem {
  if (!(error instanceof Error && "code" in error)) throw error;
  return problem("LB6002", `the control socket ${path} can't be made: ${error.message}`);
}

function problem(code: keyof typeof API_PROBLEMS, message: string): Problem {
  return { code, severity: "error", message, hint: API_PROBLEMS[code].wayOut, path: "" };
}
