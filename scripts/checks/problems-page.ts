import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, repository } from "./check.ts";
import { findTableFaults, readProblemTables, renderProblems } from "./problem-table.ts";

export const problemsPagePath = join(repository, "docs/problems.md");

/** docs/problems.md says what the tables of problem codes say, and no code is used twice. */
export const problemsPage: Check = {
  name: "problems page",
  async run() {
    const tables = await readProblemTables(repository);
    const page = existsSync(problemsPagePath) ? readFileSync(problemsPagePath, "utf8") : "";
    const stale = page === renderProblems(tables) ? [] : ["docs/problems.md is not current: `npm run docs` writes it"];
    return [...findTableFaults(tables), ...stale];
  },
};
