// Writes docs/problems.md from the tables of problem codes: `npm run docs`.
import { writeFileSync } from "node:fs";
import { repository } from "./checks/check.ts";
import { readProblemTables, renderProblems } from "./checks/problem-table.ts";
import { problemsPagePath } from "./checks/problems-page.ts";

writeFileSync(problemsPagePath, renderProblems(await readProblemTables(repository)));
