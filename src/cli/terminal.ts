/** Where commands print. Everything that a command says goes through here. */
import type { Problem } from "../model/problem.ts";
import { CLI_PROBLEMS, type CliProblemCode } from "./problem-codes.ts";

export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printError(text: string): void {
  if (text !== "") process.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Says what is wrong and what to do, and makes the command end with 1. */
export function failWith(problem: Problem): void {
  const { code, message, hint } = problem;
  printError(`${paint("red", "error:", process.stderr)} ${message} (${code})${hint ? `\n  hint: ${hint}` : ""}`);
  process.exitCode = 1;
}

export function cliProblem(code: CliProblemCode, message: string): Problem {
  return { code, severity: "error", message, hint: CLI_PROBLEMS[code].wayOut, path: "" };
}

const COLOURS = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;

/** Colour for a terminal; plain text for a pipe, and wherever NO_COLOR is set (no-color.org). */
export function paint(colour: keyof typeof COLOURS, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  if (!stream.isTTY || (process.env.NO_COLOR ?? "") !== "" || process.env.TERM === "dumb") return text;
  return `\u001b[${COLOURS[colour]}m${text}\u001b[0m`;
}

/** `landbridge get … | head`: a reader that has seen enough is no error. */
export function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
}

/** Aborts at the first SIGINT or SIGTERM: how a command that watches is ended. */
export function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  return stop.signal;
}
