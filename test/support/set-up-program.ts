import { readFileSync } from "node:fs";

const PATHS = new URL("../../.setup/paths.json", import.meta.url);

/** Where set-up put a program that only tests use; fails with what to do when it hasn't. */
export function setUpProgram(name: "vegeta" | "kubectl" | "schemathesis"): string {
  const paths: unknown = JSON.parse(readFileSync(PATHS, "utf8"));
  const found =
    typeof paths === "object" && paths !== null && name in paths && (paths as Record<string, unknown>)[name];
  if (typeof found === "string") return found;
  throw new Error(`set-up has not brought ${name}: \`npm run setup\` does it`);
}
