import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { keepYoungSpaceSmall } from "../lib/memory.ts";
import { type ApiAddress, parseApiAddress } from "./api-address.ts";
import { stateDirOf } from "./session.ts";

export interface UpOptions {
  readonly bind: string;
  readonly accessLog: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly concurrency?: number;
  readonly api: ApiAddress | "off";
  readonly apiName: readonly string[];
  readonly sealingKeyFile?: string;
}

const DEFAULT_API: ApiAddress = { host: "127.0.0.1", port: 7443 };

export function define(command: Command): void {
  command
    .argument("[dir]", "directory with objects, which only its files change; without it: those of the API alone")
    .addOption(
      new Option("--bind <address>", "where listeners bind when their Gateway names no address")
        .argParser(ipAddress)
        .default("127.0.0.1"),
    )
    .option("--access-log <where>", "off, stdout, or a file", "off")
    .addOption(
      new Option("--api <address:port>", "where the API listens, or off; port 0 takes any free one")
        .argParser(apiAddress)
        .env("LANDBRIDGE_API")
        .default(DEFAULT_API, "127.0.0.1:7443"),
    )
    .addOption(
      new Option(
        "--api-name <name>",
        "another name or address of the API, for its certificate; several times if need be",
      )
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], "none"),
    )
    .addOption(
      new Option(
        "--sealing-key-file <file>",
        "keys that seal Secrets in the store; if not given one in the state directory",
      ).env("LANDBRIDGE_SEALING_KEY_FILE"),
    )
    .addOption(
      new Option("--log-level <level>", "what goes to standard error")
        .choices(["debug", "info", "warn", "error"])
        .default("warn"),
    )
    .addOption(
      new Option("--concurrency <n>", "worker threads of each Envoy; one a core if not given").argParser(workerCount),
    )
    .action(async (directory: string | undefined, options: UpOptions, self: Command) => {
      keepYoungSpaceSmall();
      const { runUp } = await import("./run-up.ts");
      await runUp(directory, stateDirOf(self), options);
    });
}

function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError("Give an IP address: 0.0.0.0 for every one of this machine.");
  return text;
}

function apiAddress(text: string): ApiAddress | "off" {
  const address = parseApiAddress(text);
  if (!address) throw new InvalidArgumentError("Give an IP address and a port, such as 127.0.0.1:7443, or off.");
  return address;
}

function workerCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1024)
    throw new InvalidArgumentError("Give a whole number from 1 to 1024.");
  return count;
}
