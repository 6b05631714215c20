import { glob } from "node:fs/promises";
import { repository } from "../checks/check.ts";

/** Paths relative to the repository. */
export interface TestFiles {
  /** Tests of one unit: several files at a time. */
  readonly parallel: readonly string[];
  /** Tests that run Envoy or put load on the machine: one file at a time. */
  readonly alone: readonly string[];
}

export async function findTestFiles(isWanted: (file: string) => boolean): Promise<TestFiles> {
  const found: string[] = [];
  for await (const file of glob("test/**/*.test.ts", { cwd: repository })) found.push(file);
  const wanted = found.filter(isWanted).sort();
  return {
    parallel: wanted.filter((file) => !needsTheMachine(file)),
    alone: wanted.filter(needsTheMachine),
  };
}

function needsTheMachine(file: string): boolean {
  return file.startsWith("test/feature/") || file.startsWith("test/e2e/");
}
