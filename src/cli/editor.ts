import { spawn } from "node:child_process";
import type { Problem } from "../model/problem.ts";
import { cliProblem } from "./terminal.ts";

/** Opens a file in the user's editor and waits until it is closed. @returns what went wrong */
export function runEditor(path: string): Promise<Problem | undefined> {
  const editor = process.env.VISUAL || process.env.EDITOR || "vi";
  const { promise, resolve } = Promise.withResolvers<Problem | undefined>();
  // EDITOR is a command with its options, for the shell to take apart; the file is an argument, whatever its name.
  const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
  child.once("error", (error) => resolve(cliProblem("LB6230", `${editor}: ${error.message}`)));
  child.once("exit", (code, signal) =>
    resolve(code === 0 ? undefined : cliProblem("LB6230", `the editor (${editor}) ended with ${signal ?? code}`)),
  );
  return promise;
}
