import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { keepYoungSpaceSmall } from "../lib/memory.ts";
import { stateDirOf } from "./session.ts";

export interface UpOptions {
  readonly bind: string;
  readonly accessLog: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly concurrency?: number;
}

export function define(command: Command): void {
  command
    .argument("<dir>", "directory with the objects; changes apply at once")
    .addOption(
      new Option("--bind <address>", "where listeners bind when their Gateway names no address")
        .argParser(ipAddress)
        .default("127.0.0.1"),
    )
    .option("--access-log <where>", "off, stdout, or a file", "off")
    .addOption(
      new Option("--log-level <level>", "what goes to standard error")
        .choices(["debug", "info", "warn", "error"])
        .default("warn"),
    )
    .addOption(
      new Option("--concurrency <n>", "worker threads of each Envoy; one a core if not given").argParser(workerCount),
    )
    .action(async (directory: string, options: UpOptions, self: Command) => {
      keepYoungSpaceSmall();
      const { runUp } = await import("./run-up.ts");
      await runUp(directory, stateDirOf(self), options);
    });
}

function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError("Give an IP address: 0.0.0.0 for every one of this machine.");
  return text;
}

function workerCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1024)
    throw new InvalidArgumentError("Give a whole number from 1 to 1024.");
  return count;
}
