/**
 * A golden case: a folder with an input.yaml that says what it shows, and what the compiler makes of it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { Compiled } from "../../src/compiler/compile.ts";
import { toPlain } from "../../src/compiler/envoy/describe.ts";
import { printStage } from "../../src/compiler/print.ts";
import type { CompileOptions } from "../../src/compiler/routing/routing.ts";
import type { AnyResource } from "../../src/model/kinds.ts";
import { keyOf } from "../../src/model/metadata.ts";
import { parse } from "../../src/model/parse.ts";
import { makeAuthority, type PemPair } from "./certificates.ts";
import { compileObjects } from "./compile-objects.ts";

const ROOT = fileURLToPath(new URL("../golden/", import.meta.url));

export interface GoldenCase {
  readonly name: string;
  readonly directory: string;
  /** Errors that parsing found; a case is about what is valid. */
  readonly errors: readonly string[];
  readonly compiled: Compiled;
  /** File name to content. */
  readonly outputs: ReadonlyMap<string, string>;
}

export function goldenNames(): string[] {
  return readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** @param options absent: those of `landbridge compile` */
export async function readGoldenCase(name: string, options?: CompileOptions): Promise<GoldenCase> {
  const directory = `${ROOT}${name}/`;
  const text = readFileSync(`${directory}input.yaml`, "utf8");
  const input = parse(await withCertificates(text), "input.yaml");
  const own = input.objects.map(({ resource }) => resource);
  const compiled = compileObjects([...baseFor(own), ...own], options);
  const shown = shownEnvoyResources(text);
  return {
    name,
    directory,
    errors: input.problems.filter(({ severity }) => severity === "error").map((problem) => JSON.stringify(problem)),
    compiled,
    outputs: new Map([
      ["routing.yaml", yaml(printStage("routing", compiled.printable))],
      ["status.yaml", yaml(statusesOf(own, compiled))],
      ...(shown.length > 0 ? [["envoy.yaml", yaml(envoyOf(compiled, shown))] as const] : []),
    ]),
  };
}

/** base.yaml without what the case brings itself. */
function baseFor(own: readonly AnyResource[]): AnyResource[] {
  const keys = new Set(own.map(keyOf));
  const hasGateway = own.some(({ kind }) => kind === "Gateway");
  return parse(readFileSync(`${ROOT}base.yaml`, "utf8"), "base.yaml")
    .objects.map(({ resource }) => resource)
    .filter((resource) => !keys.has(keyOf(resource)) && !(hasGateway && resource.kind === "Gateway"));
}

function statusesOf(own: readonly AnyResource[], compiled: Compiled): unknown {
  const keys = own.map(keyOf).sort();
  return Object.fromEntries(
    keys.flatMap((key) => (compiled.statuses.has(key) ? [[key, compiled.statuses.get(key)]] : [])),
  );
}

/** A line "# envoy: Cluster service/shop/blue/80" in the input asks for that resource in envoy.yaml. */
function shownEnvoyResources(text: string): string[] {
  return [...text.matchAll(/^# envoy: (.+)$/gm)].map(([, id = ""]) => id.trim());
}

function envoyOf(compiled: Compiled, shown: readonly string[]): unknown {
  const all = [...compiled.resources.values()].flat();
  return Object.fromEntries(
    shown.map((id) => {
      const found = all.find(({ type, name }) => `${type} ${name}` === id);
      return [id, found ? toPlain(found) : "(there is none)"];
    }),
  );
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 120, aliasDuplicateObjects: false });
}

/**
 * Key material has no place in files: "{{certificate web}}", "{{key web}}" and "{{authority}}" stand for PEM that is
 * made anew. Equal words give a pair that fits.
 */
async function withCertificates(text: string): Promise<string> {
  if (!text.includes("{{")) return text;
  const authority = await makeAuthority();
  const pairs = new Map<string, PemPair>();
  for (const [, name = ""] of text.matchAll(/\{\{(?:certificate|key) (\w+)\}\}/g)) {
    if (!pairs.has(name)) pairs.set(name, await authority.issue({ dnsNames: [`${name}.example.com`] }));
  }
  return text
    .replaceAll(/"\{\{certificate (\w+)\}\}"/g, (_, name: string) => JSON.stringify(pairs.get(name)?.certificate))
    .replaceAll(/"\{\{key (\w+)\}\}"/g, (_, name: string) => JSON.stringify(pairs.get(name)?.key))
    .replaceAll('"{{authority}}"', JSON.stringify(authority.certificate));
}
