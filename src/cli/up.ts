import { type Command, Option } from "commander";
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
    .option("--bind <address>", "where listeners bind when their Gateway names no address", "127.0.0.1")
    .option("--access-log <where>", "off, stdout, or a file", "off")
    .addOption(
      new Option("--log-level <level>", "what goes to standard error")
        .choices(["debug", "info", "warn", "error"])
        .default("warn"),
    )
    .addOption(
      new Option("--concurrency <n>", "worker threads of each Envoy; one a core if not given").argParser(Number),
    )
    .action(async (directory: string, options: UpOptions, self: Command) => {
      const { runUp } = await import("./run-up.ts");
      await runUp(directory, stateDirOf(self), options);
    });
}
