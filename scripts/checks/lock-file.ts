import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, repository } from "./check.ts";

/** package-lock.json pins every package by hash and names no address: npm takes them from where it is set up to. */
export const lockFile: Check = {
  name: "lock file",
  run: async () => findLockFaults(readFileSync(join(repository, "package-lock.json"), "utf8")),
};

export function findLockFaults(text: string): string[] {
  const complaints: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*"resolved":/.test(line)) {
      complaints.push(
        `package-lock.json:${index + 1}: holds an address; .npmrc has omit-lockfile-registry-resolved for that`,
      );
    }
  }
  const packages: Record<string, { integrity?: string }> = JSON.parse(text).packages;
  for (const [path, { integrity }] of Object.entries(packages)) {
    if (path !== "" && integrity === undefined) complaints.push(`package-lock.json: ${path} has no hash`);
  }
  return complaints;
}
