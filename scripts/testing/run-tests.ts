import { join } from "node:path";
import { run } from "node:test";
import { repository } from "../checks/check.ts";
import { indent, seconds } from "./output.ts";
import { addCounts, noResults, type Results } from "./results.ts";

/** The longest that one test may take, unless it says otherwise itself. */
const testLimitMs = 120_000;
/** The longest that a file may take. One that leaves a socket or a process open never ends by itself. */
const fileLimitMs = 300_000;

interface Options {
  /** How many files at a time; each runs in a process of its own. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/**
 * Runs files of tests with Node's own runner and prints a line for each, with the reasons of what failed.
 *
 * @param files relative to the repository
 */
export async function runTests(files: readonly string[], { concurrency, signal }: Options): Promise<Results> {
  const waiting = [...files];
  let results: Results = noResults;
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined && !signal.aborted; file = waiting.shift()) {
      const ofFile = await runFile(file, signal);
      results = addCounts(results, ofFile);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

async function runFile(file: string, stop: AbortSignal): Promise<Results> {
  const started = performance.now();
  const limit = AbortSignal.timeout(fileLimitMs);
  let passed = 0;
  let skipped = 0;
  const failures: { readonly name: string; readonly reason: string }[] = [];
  let output = "";

  const stream = run({
    files: [join(repository, file)],
    cwd: repository,
    signal: AbortSignal.any([stop, limit]),
    timeout: testLimitMs,
  });
  for await (const event of stream) {
    if (event.type === "test:stdout" || event.type === "test:stderr") output += event.data.message;
    // Where the runner says what went wrong after the last test.
    if (event.type === "test:diagnostic" && event.data.message.startsWith("Error:"))
      output += `${event.data.message}\n`;
    if (event.type === "test:pass" && event.data.details.type !== "suite") {
      if (event.data.skip !== undefined || event.data.todo !== undefined) skipped++;
      else passed++;
    }
    if (event.type === "test:fail") {
      const { error } = event.data.details;
      // A suite or test that failed only because of a part of it: the part is counted by itself.
      if (isFailureOfParts(error)) continue;
      // The file as a whole fails when its process does: it didn't load, crashed, or was stopped.
      const isWholeFile = event.data.name === join(repository, file);
      const late = limit.aborted ? `still running after ${seconds(fileLimitMs)}: does it leave something open?` : "";
      failures.push({
        name: isWholeFile ? file : `${file}: ${event.data.name}`,
        reason: isWholeFile ? late || "its process failed outside of any test" : reasonOf(error),
      });
    }
  }
  report({ file, passed, failures, output, took: seconds(performance.now() - started) });
  return { passed, skipped, failures: failures.map(({ name }) => name) };
}

interface FileReport {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
  /** What the tests printed: shown only when something failed. */
  readonly output: string;
  readonly took: string;
}

function report({ file, passed, failures, output, took }: FileReport): void {
  if (failures.length === 0) {
    console.log(`ok    ${file} (${passed}, ${took})`);
    return;
  }
  console.log(`FAIL  ${file} (${took})`);
  for (const { name, reason } of failures) console.log(indent(`${name}\n${indent(reason)}`));
  if (output.trim() !== "") console.log(indent(`it printed:\n${indent(output.trimEnd())}`));
}

/** Node's runner wraps what a test threw: the cause is the thing itself. */
interface RunnerError extends Error {
  readonly failureType?: string;
}

function isFailureOfParts(error: RunnerError): boolean {
  return error.failureType === "subtestsFailed";
}

function reasonOf(error: RunnerError): string {
  const { cause } = error;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return cause === undefined ? error.message : String(cause);
}
