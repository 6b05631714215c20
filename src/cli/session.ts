import type { Command } from "commander";
import { controlSocketPath } from "../client/control-socket.ts";
import { LocalClient } from "../client/local-client.ts";

/** The state directory that the command line or the environment names. */
export function stateDirOf(command: Command): string {
  return String(command.optsWithGlobals().stateDir);
}

/** A client of the control plane that the command is about. */
export function clientOf(command: Command): LocalClient {
  return new LocalClient(controlSocketPath(stateDirOf(command)));
}
