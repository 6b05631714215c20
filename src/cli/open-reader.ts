import type { Command } from "commander";
import type { Answer } from "../client/local-client.ts";
import { LocalReader } from "./local-reader.ts";
import type { ControlPages, ObjectReader } from "./object-reader.ts";
import { apiOf, clientOf, remoteApiOf } from "./session.ts";

export interface ReaderWish {
  /** Leave what Secrets hold out in any case. */
  readonly isRedacted?: boolean;
}

/** Over the API where a kubeconfig or a login names one; otherwise from the control plane of the state directory. */
export async function readerOf(
  command: Command,
  { isRedacted = false }: ReaderWish = {},
): Promise<Answer<ObjectReader>> {
  const remote = await remoteApiOf(command);
  if (remote === undefined) return { value: new LocalReader(clientOf(command)) };
  if ("problem" in remote) return remote;
  const { ApiReader } = await import("./api-reader.ts");
  return { value: new ApiReader(remote.value, { isRedacted }) };
}

/**
 * Over the API in any case: for selectors, and for kinds that only the API has. What Secrets hold is shown only to those who
 * come with a kubeconfig or a login: who merely runs a command beside the control plane didn't ask for it.
 */
export async function apiReaderOf(
  command: Command,
  { isRedacted = false }: ReaderWish = {},
): Promise<Answer<ObjectReader>> {
  const remote = await remoteApiOf(command);
  const api = remote ?? (await apiOf(command));
  if ("problem" in api) return api;
  const { ApiReader } = await import("./api-reader.ts");
  return { value: new ApiReader(api.value, { isRedacted: isRedacted || remote === undefined }) };
}

/** Pages about the running control plane. */
export async function pagesOf(command: Command): Promise<Answer<ControlPages>> {
  const reader = await readerOf(command);
  return "problem" in reader ? reader : { value: reader.value.pages };
}
