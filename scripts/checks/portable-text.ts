import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Check, repository, repositoryFiles } from "./check.ts";

interface Unwanted {
  readonly what: string;
  readonly pattern: RegExp;
}

/** What a file may not hold, so that the repository works on every machine and behind every package mirror. */
const unwanted: readonly Unwanted[] = [
  {
    what: "the host name of a package registry",
    pattern:
      /\b(registry\.[a-z0-9.-]+\.(com|org|net|io|dev|cn)|(files\.)?pythonhosted\.org|pypi\.org|(proxy|sum)\.golang\.org)\b/i,
  },
  { what: "a path of one machine", pattern: /(?<![\w.}$-])\/(root|home\/[a-z][\w.-]*|Users\/[A-Za-z][\w.-]*)\// },
  { what: "a registry's credential", pattern: /_auth(Token)?\s*=|_password\s*=/ },
];

/** No file names a registry's host, a folder of the machine it was written on, or a credential. */
export const portableText: Check = {
  name: "portable text",
  async run() {
    const complaints: string[] = [];
    for (const file of await repositoryFiles()) {
      const path = join(repository, file);
      if (!existsSync(path)) continue;
      const content = readFileSync(path);
      if (content.includes(0)) continue;
      complaints.push(...findUnwanted(file, content.toString("utf8"), [repository, homedir()]));
    }
    return complaints;
  },
};

/**
 * @param file its name in complaints
 * @param folders folders of this machine, which no file may name
 */
export function findUnwanted(file: string, text: string, folders: readonly string[]): string[] {
  const complaints: string[] = [];
  const here = folders.filter((folder) => folder.split("/").length > 2);
  for (const [index, line] of text.split("\n").entries()) {
    const found = unwanted.find(({ pattern }) => pattern.test(line));
    if (found) complaints.push(`${file}:${index + 1}: names ${found.what}`);
    else if (here.some((folder) => line.includes(`${folder}/`)))
      complaints.push(`${file}:${index + 1}: names a path of one machine`);
  }
  return complaints;
}
