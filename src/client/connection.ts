/**
 * How a command finds the API that it is about. The user's own kubeconfig (~/.kube/config, KUBECONFIG) is deliberately not
 * among the places: it leads to a Kubernetes cluster, and `landbridge apply` must never write there by mistake.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Connection } from "./api-transport.ts";
import type { ApiAnswer } from "./api-types.ts";
import { clientProblem } from "./client-problem.ts";
import { controlSocketPath } from "./control-socket.ts";
import { readKubeconfig } from "./kubeconfig-reader.ts";
import { LocalClient } from "./local-client.ts";
import { readSavedLogin, savedLoginPath } from "./saved-login.ts";

export interface ConnectionWish {
  /** --kubeconfig */
  readonly kubeconfig?: string | undefined;
  /** --context */
  readonly context?: string | undefined;
  readonly stateDir: string;
  /** Who named the state directory: an option for this command, the environment for many, or nobody. */
  readonly stateDirBy: "option" | "environment" | "default";
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface FoundConnection {
  readonly connection: Connection;
  /** Where it was found, for messages: a file, or a state directory. */
  readonly from: string;
  readonly kind: "kubeconfig" | "login" | "local";
}

/**
 * In this order: --kubeconfig; --state-dir; LANDBRIDGE_KUBECONFIG; LANDBRIDGE_STATE_DIR; the saved login; the control plane of
 * the default state directory. What is said for one command goes before what is said for many, and a named user before the
 * administrator that the state directory stands for.
 */
export async function findConnection(wish: ConnectionWish): Promise<ApiAnswer<FoundConnection>> {
  return (await findRemote(wish)) ?? localConnection(wish.stateDir);
}

/** As above; undefined when the control plane of the state directory is meant, which also answers on a socket. */
export async function findRemote(wish: ConnectionWish): Promise<ApiAnswer<FoundConnection> | undefined> {
  const { kubeconfig, context, stateDirBy, env } = wish;
  if (kubeconfig !== undefined) return fromKubeconfig(kubeconfig, context);
  if (stateDirBy === "option" && context === undefined) return undefined;
  const variable = env.LANDBRIDGE_KUBECONFIG;
  if (variable) return fromKubeconfig(variable, context);
  if (stateDirBy === "environment" && context === undefined) return undefined;
  const login = await readSavedLogin(env, context);
  if (login) {
    if ("problem" in login) return login;
    return { value: { connection: login.value, from: savedLoginPath(env), kind: "login" } };
  }
  if (context !== undefined)
    return { problem: clientProblem("LB6118", `there is no kubeconfig that could have the context ${context}`) };
  return undefined;
}

async function fromKubeconfig(path: string, context: string | undefined): Promise<ApiAnswer<FoundConnection>> {
  const read = await readKubeconfig(resolve(path), context);
  return "problem" in read ? read : { value: { connection: read.value, from: path, kind: "kubeconfig" } };
}

/** Whoever can open the control socket and read the admin token is the administrator. */
export async function localConnection(stateDir: string): Promise<ApiAnswer<FoundConnection>> {
  const info = await new LocalClient(controlSocketPath(stateDir)).info();
  if ("problem" in info) return info;
  const { api } = info.value;
  if (!api) return { problem: clientProblem("LB6120", `the control plane of ${stateDir} serves no API (yet)`) };
  const path = join(stateDir, "api", "admin.token");
  try {
    const token = readFileSync(path, "utf8").trim();
    return { value: { connection: { ...api, token }, from: stateDir, kind: "local" } };
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return { problem: clientProblem("LB6120", `the admin token can't be read: ${error.message}`) };
  }
}
