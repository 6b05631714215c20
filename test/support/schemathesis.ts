/**
 * Requests that schemathesis makes up from an API's own OpenAPI document, valid and invalid ones, and its judgement of
 * the answers. The same each time, as long as the document and the answers are the same.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setUpProgram } from "./set-up-program.ts";

const BOUND_MS = 300_000;
/** Nothing listens on this port of loopback, "discard". */
const NOWHERE = "http://127.0.0.1:9";

export interface SchemathesisRun {
  /** The OpenAPI document: a file, or a URL of the same server. */
  readonly schema: string;
  /** As in `https://127.0.0.1:7443`; only loopback. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The certificate authority of the server, PEM. */
  readonly caFile?: string;
  /** Regular expression: only operations on such paths. */
  readonly onlyPaths?: string;
  /** Regular expression: none of the operations on such paths. */
  readonly exceptPaths?: string;
  /** As in "GET"; all that the document has when left out. */
  readonly methods?: readonly string[];
  /** What is judged, as in "not_a_server_error"; everything when left out. */
  readonly checks?: readonly string[];
  readonly exceptChecks?: readonly string[];
  readonly phases?: readonly ("examples" | "coverage" | "fuzzing" | "stateful")[];
  readonly mode?: "positive" | "negative" | "all";
  /** For each operation, in the phase of fuzzing. */
  readonly maxExamples?: number;
  readonly seed?: number;
  /** How many requests are made at once. */
  readonly workers?: number;
  /** A longer answer is a failure, milliseconds. */
  readonly requestBoundMs?: number;
  /** After this it is killed. */
  readonly boundMs?: number;
}

export interface SchemathesisOutcome {
  /** 0 when every check held, 1 when one didn't, 2 when it couldn't run; null when it was killed at the bound. */
  readonly code: number | null;
  /** What it printed, with each failure as a curl command. */
  readonly out: string;
}

export async function runSchemathesis(run: SchemathesisRun): Promise<SchemathesisOutcome> {
  for (const url of [run.baseUrl, ...(URL.canParse(run.schema) ? [run.schema] : [])]) assertLoopback(url);
  const folder = mkdtempSync(join(tmpdir(), "lb-schemathesis-"));
  try {
    const child = spawn(setUpProgram("schemathesis"), argumentsFor(run), {
      // It looks for settings in its working directory, and leaves what it has learned there.
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        HTTP_PROXY: NOWHERE,
        HTTPS_PROXY: NOWHERE,
        NO_PROXY: "127.0.0.1,localhost",
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: run.boundMs ?? BOUND_MS,
      killSignal: "SIGKILL",
    });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    const killed = child.signalCode === null ? "" : `\nschemathesis: ended by ${child.signalCode}`;
    return { code: child.exitCode, out: `${out}${err}${killed}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function argumentsFor(run: SchemathesisRun): readonly string[] {
  const options: Record<string, string | undefined> = {
    url: run.baseUrl,
    "tls-verify": run.caFile,
    phases: (run.phases ?? ["examples", "coverage", "fuzzing"]).join(),
    mode: run.mode ?? "all",
    checks: run.checks?.join() ?? "all",
    "exclude-checks": run.exceptChecks?.join(),
    "include-path-regex": run.onlyPaths,
    "exclude-path-regex": run.exceptPaths,
    "max-examples": String(run.maxExamples ?? 20),
    seed: String(run.seed ?? 1),
    "generation-database": "none",
    workers: String(run.workers ?? 1),
    "request-timeout": String((run.requestBoundMs ?? 10_000) / 1000),
    // How slowly it makes data up is no defect of the API.
    "suppress-health-check": "all",
    warnings: "off",
  };
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  const methods = (run.methods ?? []).map((method) => `--include-method=${method}`);
  const headers = Object.entries(run.headers ?? {}).map(([name, value]) => `--header=${name}: ${value}`);
  return ["run", ...given, ...methods, ...headers, "--continue-on-failure", "--no-color", run.schema];
}

function assertLoopback(url: string): void {
  assert.match(new URL(url).hostname, /^(127\.0\.0\.1|localhost)$/, `${url} is not on loopback`);
}
