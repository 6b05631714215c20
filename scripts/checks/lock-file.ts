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
  const packages: Record<string, LockedPackage> = JSON.parse(text).packages;
  for (const [path, { integrity, optional, optionalDependencies }] of Object.entries(packages)) {
    // Optional packages are binaries for one platform; not every package mirror carries those for the others.
    if (path !== "" && integrity === undefined && !optional) complaints.push(`package-lock.json: ${path} has no hash`);
    for (const name of Object.keys(optionalDependencies ?? {})) {
      const isLocked = packages[`node_modules/${name}`] ?? packages[`${path}/node_modules/${name}`];
      if (isLocked === undefined)
        complaints.push(`package-lock.json: ${path} wants ${name}, and \`npm ci\` refuses without it`);
    }
  }
  return complaints;
}

interface LockedPackage {
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
