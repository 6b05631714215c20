import type { Command } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import type { Connection } from "../client/api-transport.ts";
import type { ApiAnswer } from "../client/api-types.ts";
import type { ConnectionWish, FoundConnection } from "../client/connection.ts";
import { controlSocketPath } from "../client/control-socket.ts";
import { LocalClient } from "../client/local-client.ts";
import { paint, printError } from "./terminal.ts";

export const DEFAULT_STATE_DIR = ".landbridge";

/** The state directory that the command line or the environment names. A variable that is empty names none. */
export function stateDirOf(command: Command): string {
  return String(command.optsWithGlobals().stateDir) || DEFAULT_STATE_DIR;
}

/** A client of the control plane that the command is about. */
export function clientOf(command: Command): LocalClient {
  return new LocalClient(controlSocketPath(stateDirOf(command)));
}

/** A client of the API that the command is about. */
export async function apiOf(command: Command): Promise<ApiAnswer<ApiClient>> {
  return clientFor(await connectionOf(command));
}

/** The same, or undefined when the command is about the control plane of the state directory. */
export async function remoteApiOf(command: Command): Promise<ApiAnswer<ApiClient> | undefined> {
  const { findRemote } = await import("../client/connection.ts");
  const found = await findRemote(wishOf(command));
  return found && clientFor(found);
}

async function clientFor(found: ApiAnswer<FoundConnection>): Promise<ApiAnswer<ApiClient>> {
  return "problem" in found ? found : { value: await connectTo(found.value.connection) };
}

/** A client of an API; what the API warns of is told on standard error, once each. */
export async function connectTo(connection: Connection): Promise<ApiClient> {
  const { ApiClient } = await import("../client/api-client.ts");
  const told = new Set<string>();
  const onWarning = (text: string) => {
    if (!told.has(text)) printError(`${paint("yellow", "warning:", process.stderr)} ${text}`);
    told.add(text);
  };
  return new ApiClient(connection, { onWarning });
}

/** Where the API is that the command is about, and with which credential. */
export async function connectionOf(command: Command): Promise<ApiAnswer<FoundConnection>> {
  const { findConnection } = await import("../client/connection.ts");
  return findConnection(wishOf(command));
}

/** The same, but never the saved login: what is to be saved is looked for elsewhere. */
export async function unsavedConnectionOf(command: Command): Promise<ApiAnswer<FoundConnection>> {
  const { findConnection } = await import("../client/connection.ts");
  const wish = wishOf(command);
  return findConnection(wish.context === undefined ? { ...wish, stateDirBy: "option" } : wish);
}

function wishOf(command: Command): ConnectionWish {
  const { kubeconfig, context } = command.optsWithGlobals<{ kubeconfig?: string; context?: string }>();
  const source = command.getOptionValueSourceWithGlobals("stateDir");
  const isEmpty = command.optsWithGlobals().stateDir === "";
  const stateDirBy = isEmpty || source === "default" ? "default" : source === "env" ? "environment" : "option";
  return { kubeconfig, context, stateDir: stateDirOf(command), stateDirBy, env: process.env };
}
