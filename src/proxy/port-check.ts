/**
 * Whether a port can be listened on, and if not, who has it. Envoy alone wouldn't say: two Envoys of one user
 * may share a port (SO_REUSEPORT), and each then gets a part of the connections.
 */
import { execFile } from "node:child_process";
import { createServer, isIPv6 } from "node:net";
import { basename } from "node:path";
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
  const holder = await portHolder(address, port);
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

interface PortHolder {
  readonly name: string;
  readonly pid: number;
}

/** The process that listens there, where the system's tools say so. */
async function portHolder(address: string, port: number): Promise<PortHolder | undefined> {
  const pid = pidFromSs(await output("ss", ["-Hltnp", `sport = :${port}`]), address, port) ?? (await pidFromLsof(port));
  if (pid === undefined) return undefined;
  // The program and its first argument: Node calls every thread of its own "MainThread".
  const command = (await output("ps", ["-o", "args=", "-p", String(pid)])).trim();
  const words = command.split(/\s+/).slice(0, 2);
  return { name: words.map((word) => basename(word)).join(" ") || "a process", pid };
}

/** 'LISTEN 0 511 127.0.1.1:8010 0.0.0.0:* users:(("node",pid=7,fd=21))'. A socket on all addresses has this one too. */
function pidFromSs(lines: string, address: string, port: number): number | undefined {
  const places = [address, `[${address}]`, "0.0.0.0", "*", "[::]"].map((host) => `${host}:${port}`);
  for (const line of lines.split("\n")) {
    const pid = /pid=(\d+)/.exec(line)?.[1];
    if (pid !== undefined && places.includes(line.split(/\s+/)[3] ?? "")) return Number(pid);
  }
  return undefined;
}

async function pidFromLsof(port: number): Promise<number | undefined> {
  const pid = /^p(\d+)$/m.exec(await output("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fp"]))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Empty when the tool isn't there or fails: the name of the holder only makes the message better. */
function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 2_000 }, (error, stdout) => resolve(error === null ? stdout : ""));
  });
}
