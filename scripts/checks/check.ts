import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Something about the whole repository that `npm test` holds true. Counts as one test. */
export interface Check {
  readonly name: string;
  /** What is wrong, one line or paragraph each, with file:line where there is one; empty when all is well. */
  run(): Promise<readonly string[]>;
}

/** The clone, without a slash at its end. */
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** A check that is a program of node_modules: it passes when the program ends with 0, else its output is the complaint. */
export function programCheck(name: string, program: string, args: readonly string[]): Check {
  return {
    name,
    async run() {
      const { code, output } = await runProgram(join(repository, "node_modules/.bin", program), args);
      return code === 0 ? [] : [output.trim() || `${program} ended with ${code}`];
    },
  };
}

/** The files that git tracks or would track, relative to the clone. */
export async function repositoryFiles(): Promise<readonly string[]> {
  const { code, output } = await runProgram("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]);
  if (code !== 0) throw new Error(`git ls-files failed: ${output}`);
  return output.split("\0").filter((file) => file !== "");
}

function runProgram(program: string, args: readonly string[]): Promise<{ code: number | string; output: string }> {
  return new Promise((resolve) => {
    const options = { cwd: repository, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NO_COLOR: "1" } };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? (error ? "a signal" : 0), output: stdout + stderr });
    });
  });
}
