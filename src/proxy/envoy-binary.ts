/**
 * Which Envoy to run.
 */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { Problem } from "../model/problem.ts";
import { proxyProblem } from "./proxy-problem.ts";

/** Versions this code is tested with: any patch of these minors. */
export const SUPPORTED_ENVOY: readonly { readonly major: number; readonly minor: number }[] = [{ major: 1, minor: 40 }];

const VERSION_TIMEOUT_MS = 10_000;

export interface EnvoyBinary {
  readonly path: string;
  /** "1.40.0" */
  readonly version: string;
  /** Who chose it, for messages. */
  readonly from: "LANDBRIDGE_ENVOY" | "set-up" | "PATH";
}

export interface EnvoySearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The package's root: its `.setup/paths.json` names the Envoy that the set-up brought. */
  readonly root: string;
}

export const PACKAGE_SEARCH: EnvoySearch = { env: process.env, root: resolve(import.meta.dirname, "../..") };

/** Takes the first Envoy that is named, and no other when that one is unfit: a choice that is ignored helps nobody. */
export async function findEnvoy(search: EnvoySearch = PACKAGE_SEARCH): Promise<EnvoyBinary | Problem> {
  const chosen = await choose(search);
  if (chosen === undefined) return proxyProblem("LB4001", "No Envoy was found.");
  const where = chosen.from === "PATH" ? "on PATH" : `from ${chosen.from}`;
  const output = await printVersion(chosen.path);
  if ("failure" in output) {
    return proxyProblem("LB4002", `${chosen.path} (${where}) doesn't run: ${output.failure}`);
  }
  const version = parseEnvoyVersion(output.text);
  if (version === undefined) {
    return proxyProblem("LB4002", `${chosen.path} (${where}) doesn't say that it is an Envoy.`);
  }
  if (!isSupportedEnvoy(version)) {
    const supported = SUPPORTED_ENVOY.map(({ major, minor }) => `${major}.${minor}.x`).join(", ");
    return proxyProblem("LB4002", `${chosen.path} (${where}) is Envoy ${version}; Landbridge supports ${supported}.`);
  }
  return { ...chosen, version };
}

/** "…  version: 9e55…/1.40.0/Clean/RELEASE/BoringSSL" -> "1.40.0" */
export function parseEnvoyVersion(output: string): string | undefined {
  return /\bversion: [0-9a-f]+\/(\d+\.\d+\.\d+)[^/]*\//.exec(output)?.[1];
}

export function isSupportedEnvoy(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  return SUPPORTED_ENVOY.some((range) => range.major === major && range.minor === minor);
}

async function choose({ env, root }: EnvoySearch): Promise<Omit<EnvoyBinary, "version"> | undefined> {
  const named = env.LANDBRIDGE_ENVOY;
  if (named) return { path: resolve(named), from: "LANDBRIDGE_ENVOY" };
  const fetched = await pathFromSetup(root);
  if (fetched !== undefined && (await isExecutable(fetched))) return { path: fetched, from: "set-up" };
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, "envoy");
    if (folder !== "" && (await isExecutable(path))) return { path, from: "PATH" };
  }
  return undefined;
}

async function pathFromSetup(root: string): Promise<string | undefined> {
  const text = await readFile(join(root, ".setup/paths.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const paths: unknown = JSON.parse(text);
    const envoy = typeof paths === "object" && paths !== null && "envoy" in paths ? paths.envoy : undefined;
    return typeof envoy === "string" ? resolve(root, envoy) : undefined;
  } catch {
    return undefined; // An interrupted set-up: as good as none.
  }
}

async function isExecutable(path: string): Promise<boolean> {
  const runs = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return runs && (await stat(path)).isFile();
}

function printVersion(path: string): Promise<{ text: string } | { failure: string }> {
  return new Promise((done) => {
    execFile(path, ["--version"], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      if (error === null) return done({ text: stdout });
      done({ failure: error.killed ? `no answer to --version in ${VERSION_TIMEOUT_MS / 1000} s` : reason(error) });
    });
  });
}

function reason(error: { code?: string | number | null | undefined; message: string }): string {
  if (error.code === "ENOENT") return "there is no such file";
  if (error.code === "EACCES") return "it isn't executable";
  return error.message.trim().split("\n")[0] ?? "unknown error";
}
