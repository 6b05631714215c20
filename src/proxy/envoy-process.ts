/**
 * One Envoy process: started by us, or taken over from a control plane that died.
 */
import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { openLog } from "./log-file.ts";
import { identifyProcess, isAlive, type ProcessIdentity, signalProcess } from "./process-identity.ts";

export interface EnvoyProcess {
  readonly identity: ProcessIdentity;
  readonly adopted: boolean;
  /** Resolves when the process is gone, with how it ended in words. */
  readonly ended: Promise<string>;
  /** Does nothing when the process is gone. */
  signal(signal: NodeJS.Signals): void;
}

export interface EnvoyCommand {
  readonly path: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly logPath: string;
  /** "inherit" passes Envoy's standard output (access logs to /dev/stdout) on to ours; else it goes to the log. */
  readonly standardOutput: "log" | "inherit";
}

/** Another's child gives no exit event: its end is noticed by looking. */
const ADOPTED_POLL_MS = 200;

/** @throws what the system says when the process can't be started or the log can't be opened */
export async function launchEnvoy(command: EnvoyCommand): Promise<EnvoyProcess> {
  const log = openLog(command.logPath);
  try {
    const child = spawn(command.path, command.args, {
      cwd: command.directory,
      // A group of its own: a terminal's Ctrl-C must reach us, who drain, and not Envoy first.
      detached: true,
      // Nothing of our environment is Envoy's business.
      env: {},
      stdio: ["ignore", command.standardOutput === "inherit" ? "inherit" : log, log],
    });
    const ended = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("spawn", () => resolve(child.pid ?? 0));
    });
    // Until its exit was collected the number can't be another's, so an early end is still this process.
    const identity = identifyProcess(pid) ?? { pid, startTime: "" };
    return { identity, adopted: false, ended, signal: (signal) => void child.kill(signal) };
  } finally {
    closeSync(log);
  }
}

/** `stop` ends the watch, not the process. */
export function adoptEnvoy(identity: ProcessIdentity): EnvoyProcess {
  return {
    identity,
    adopted: true,
    ended: watchUntilGone(identity),
    signal: (signal) => signalProcess(identity, signal),
  };
}

async function watchUntilGone(identity: ProcessIdentity): Promise<string> {
  while (isAlive(identity)) await delay(ADOPTED_POLL_MS);
  return "an unknown exit code, since an earlier control plane had started it";
}
