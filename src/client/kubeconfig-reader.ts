/** Reads kubeconfigs (client-go's clientcmd/api/v1): what of them leads to one API, with one user. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { at, type Field, list } from "../lib/fields.ts";
import type { Connection } from "./api-transport.ts";
import type { ApiAnswer, ApiProblem } from "./api-types.ts";
import { clientProblem } from "./client-problem.ts";

/** How a user may log in elsewhere; none of it is silently left out. */
const REFUSED_OF_USERS = ["exec", "auth-provider", "username", "password", "as", "as-groups", "as-user-extra"];
const REFUSED_OF_CLUSTERS = ["proxy-url", "insecure-skip-tls-verify"];

/** @param context the file's current one unless given */
export async function readKubeconfig(path: string, context?: string): Promise<ApiAnswer<Connection>> {
  const content = readText(path);
  if ("problem" in content) return content;
  return parseKubeconfig(content.value, path, context);
}

/** @param path of the file, for messages and for relative paths in it */
export async function parseKubeconfig(content: string, path: string, context?: string): Promise<ApiAnswer<Connection>> {
  const config = await parseText(content);
  if (typeof config !== "object" || config === null) return { problem: unusable(path, "it is no kubeconfig") };
  const wanted = context ?? textAt(config, "current-context");
  if (wanted === undefined) return { problem: unusable(path, "it has no current-context; name one with --context") };
  const chosen = named(config, "contexts", "context", wanted);
  if (chosen === undefined) return { problem: unusable(path, `it has no context ${JSON.stringify(wanted)}`) };
  const clusterName = textAt(chosen, "cluster") ?? "";
  const userName = textAt(chosen, "user") ?? "";
  const cluster = named(config, "clusters", "cluster", clusterName);
  if (cluster === undefined) return { problem: unusable(path, `it has no cluster ${JSON.stringify(clusterName)}`) };
  const user = named(config, "users", "user", userName) ?? {};
  const refused =
    REFUSED_OF_CLUSTERS.find((field) => isSet(at(cluster, field))) ??
    REFUSED_OF_USERS.find((field) => isSet(at(user, field)));
  if (refused) return { problem: unusable(path, `${refused} isn't supported`) };
  return connectionOf(path, cluster, user, textAt(chosen, "namespace"));
}

function connectionOf(path: string, cluster: Field, user: Field, namespace: string | undefined): ApiAnswer<Connection> {
  const url = textAt(cluster, "server") ?? "";
  if (!isHttpsUrl(url)) return { problem: unusable(path, `server: ${JSON.stringify(url)} is no https URL`) };
  const caPem = pem(path, cluster, "certificate-authority");
  const certificatePem = pem(path, user, "client-certificate");
  const keyPem = pem(path, user, "client-key");
  const tokenFile = textAt(user, "tokenFile");
  const fromFile: ApiAnswer<string | undefined> =
    tokenFile === undefined ? { value: undefined } : readText(resolve(dirname(path), tokenFile));
  for (const part of [caPem, certificatePem, keyPem, fromFile]) if ("problem" in part) return part;
  const found = (part: ApiAnswer<string | undefined>) => ("value" in part ? part.value : undefined);
  // As in client-go, a file goes before a token that is written down beside it.
  const token = found(fromFile)?.trim() ?? textAt(user, "token");
  if ((found(certificatePem) === undefined) !== (found(keyPem) === undefined))
    return { problem: unusable(path, "client-certificate and client-key go together") };
  return {
    value: {
      url,
      caPem: found(caPem),
      token,
      certificatePem: found(certificatePem),
      keyPem: found(keyPem),
      serverName: textAt(cluster, "tls-server-name"),
      namespace,
    },
  };
}

/** Inline as base64, which wins, or in a file that is named relative to the kubeconfig. */
function pem(path: string, from: Field, field: string): ApiAnswer<string | undefined> {
  const inline = textAt(from, `${field}-data`);
  if (inline !== undefined) return { value: Buffer.from(inline, "base64").toString("utf8") };
  const file = textAt(from, field);
  return file === undefined ? { value: undefined } : readText(resolve(dirname(path), file));
}

async function parseText(content: string): Promise<unknown> {
  try {
    // Ours are JSON; the library is loaded for the others only.
    if (content.trimStart().startsWith("{")) return JSON.parse(content);
    const { parse } = await import("yaml");
    return parse(content);
  } catch {
    return undefined;
  }
}

function named(config: Field, lists: string, field: string, name: string): Field {
  return at(
    list(at(config, lists)).find((entry) => at(entry, "name") === name),
    field,
  );
}

function textAt(value: Field, name: string): string | undefined {
  const found = at(value, name);
  return typeof found === "string" && found !== "" ? found : undefined;
}

function isSet(value: Field): boolean {
  return value !== undefined && value !== null && value !== false && value !== "";
}

function isHttpsUrl(url: string): boolean {
  return URL.parse(url)?.protocol === "https:";
}

function readText(path: string): ApiAnswer<string> {
  try {
    return { value: readFileSync(path, "utf8") };
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return { problem: unusable(path, error.code === "ENOENT" ? "there is no such file" : error.message) };
  }
}

function unusable(path: string, why: string): ApiProblem {
  return clientProblem("LB6118", `${path}: ${why}`);
}
