import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ProblemDescription } from "../../src/model/problem.ts";

/** The problem codes of one folder of src/. */
export interface ProblemTable {
  readonly folder: string;
  readonly problems: Readonly<Record<string, ProblemDescription>>;
}

/** Reads src/<folder>/problem-codes.ts of each folder that has one. */
export async function readProblemTables(repository: string): Promise<ProblemTable[]> {
  const tables: ProblemTable[] = [];
  for (const folder of readdirSync(join(repository, "src")).sort()) {
    const file = join(repository, "src", folder, "problem-codes.ts");
    if (!existsSync(file)) continue;
    const module: Record<string, unknown> = await import(file);
    tables.push({ folder, problems: Object.assign({}, ...Object.values(module).filter(isTable)) });
  }
  return tables;
}

/** The two digits after LB belong to one folder each, so that a code says where it comes from. */
const ranges: Readonly<Record<string, RegExp>> = {
  model: /^LB1[0-3]\d\d$/,
  config: /^LB14\d\d$/,
  compiler: /^LB2\d\d\d$/,
  xds: /^LB3\d\d\d$/,
  proxy: /^LB4\d\d\d$/,
  discovery: /^LB5\d\d\d$/,
  cli: /^LB6\d\d\d$/,
  api: /^LB6\d\d\d$/,
  client: /^LB6\d\d\d$/,
  control: /^LB6\d\d\d$/,
  storage: /^LB71\d\d$/,
  access: /^LB72\d\d$/,
};

/** Codes outside their folder's range, and codes that two folders use. */
export function findTableFaults(tables: readonly ProblemTable[]): string[] {
  const complaints: string[] = [];
  const owners = new Map<string, string>();
  for (const { folder, problems } of tables) {
    for (const code of Object.keys(problems)) {
      if (!ranges[folder]?.test(code))
        complaints.push(`src/${folder}/problem-codes.ts: ${code} is not in this folder's range`);
      const owner = owners.get(code);
      if (owner !== undefined) complaints.push(`src/${folder}/problem-codes.ts: ${code} is in src/${owner} too`);
      owners.set(code, folder);
    }
  }
  return complaints;
}

/** The text of docs/problems.md. */
export function renderProblems(tables: readonly ProblemTable[]): string {
  const sections = tables.map(({ folder, problems }) => {
    const entries = Object.entries(problems).sort(([a], [b]) => (a < b ? -1 : 1));
    const body = entries.map(
      ([code, { title, meaning, wayOut }]) =>
        `### ${code}: ${prose(title)}\n\n${prose(meaning)}\n\nWhat to do: ${prose(wayOut)}\n`,
    );
    return `## ${folder}\n\n${body.join("\n")}`;
  });
  return `# Problems

Every mistake that Landbridge reports, by its code. A code never changes its meaning.
This page is made from \`src/*/problem-codes.ts\` by \`npm run docs\`.

${sections.join("\n")}`;
}

/** Keeps Markdown from reading signs as its own, except in `code`. */
function prose(text: string): string {
  const parts = text.split(/(`[^`]*`)/);
  return parts.map((part) => (part.startsWith("`") ? part : part.replace(/[*_<]/g, "\\$&"))).join("");
}

function isTable(value: unknown): value is Record<string, ProblemDescription> {
  return typeof value === "object" && value !== null && Object.keys(value).every((key) => /^LB\d{4}$/.test(key));
}
