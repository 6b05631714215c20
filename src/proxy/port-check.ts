/**
 * Whether a port can be listened on, and if not, who has it. Envoy alone wouldn't say: two Envoys of one user
 * may share a port (SO_REUSEPORT), and each then gets a part of the connections.
 */
import { execFile } from "node:child_process";
import { createServer, isIPv6 } from "node:net";
import type { Problem } from "../model/problem.ts";
import { proxyProblem } from "./proxy-problem.ts";

/**
 * Binds the port for a moment.
 * @param ours processes that may have it, because they will be taken over or ended (see recordedEnvoys)
 */
export async function portProblem(
  address: string,
  port: number,
  ours: ReadonlySet<number> = new Set(),
): Promise<Problem | undefined> {
  const code = await bindFailure(address, port);
  if (code === undefined) return undefined;
  const place = isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
  if (code !== "EADDRINUSE")
    return proxyProblem("LB4008", `Can't listen on ${place}: ${words(code)}.`, remedy(code, address));
  const holder = await portHolder(port);
  // Where the holder can't be found out, one of ours is the likeliest.
  if (ours.size > 0 && (holder === undefined || ours.has(holder.pid))) return undefined;
  const hint = holder && `See what it is with: ps -p ${holder.pid}. Stop it, or choose another port.`;
  return proxyProblem("LB4007", `${place} is taken${holder ? ` by ${holder.name} (pid ${holder.pid})` : ""}.`, hint);
}

function bindFailure(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function words(code: string): string {
  if (code === "EADDRNOTAVAIL") return "this machine doesn't have that address";
  if (code === "EACCES") return "ports below 1024 need a privilege";
  return code;
}

function remedy(code: string, address: string): string | undefined {
  if (code === "EADDRNOTAVAIL" && process.platform === "darwin" && address.startsWith("127.")) {
    return `macOS has only 127.0.0.1; add the address with: sudo ifconfig lo0 alias ${address}`;
  }
  return undefined;
}

/** The process that listens on the port, where the system's tools say so. */
async function portHolder(port: number): Promise<{ readonly name: string; readonly pid: number } | undefined> {
  const fromSs = /users:\(\("([^"]+)",pid=(\d+)/.exec(await output("ss", ["-Hltnp", `sport = :${port}`]));
  if (fromSs?.[1] !== undefined) return { name: fromSs[1], pid: Number(fromSs[2]) };
  const fromLsof = /^p(\d+)\s+c(.+)$/m.exec(await output("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]));
  return fromLsof?.[2] === undefined ? undefined : { name: fromLsof[2], pid: Number(fromLsof[1]) };
}

/** Empty when the tool isn't there or fails: the name of the holder only makes the message better. */
function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 2_000 }, (error, stdout) => resolve(error === null ? stdout : ""));
  });
}
