/** Values of options that several commands take. */
import { InvalidArgumentError, Option } from "commander";

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** "90s", "1h30m", "30d" in milliseconds. */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text)
    throw new InvalidArgumentError("Give a time with its unit, such as 90s, 5m or 1h30m.");
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS], 0);
}

/** For options that may be given several times. */
export function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function fileOption(description = "file or directory with objects, or - for standard input"): Option {
  return new Option("-f, --filename <path>", `${description}; several times if need be`).argParser(collected);
}

export function dryRunOption(): Option {
  return new Option("--dry-run [where]", "have the API check everything, and change nothing")
    .choices(["server", "none"])
    .preset("server")
    .default("none");
}

export function validateOption(): Option {
  return new Option("--validate <how>", "what becomes of fields that a kind doesn't have")
    .choices(["strict", "warn", "ignore"])
    .default("strict");
}

/** What a command writes behind a result that isn't one. */
export function dryRunSuffix(dryRun: string): string {
  return dryRun === "server" ? " (server dry run)" : "";
}
