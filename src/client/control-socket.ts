import { relative, resolve } from "node:path";
import { CONTROL_SOCKET } from "./local-types.ts";

/** Where the control plane of a state directory listens. */
export function controlSocketPath(stateDir: string): string {
  return resolve(stateDir, CONTROL_SOCKET);
}

/** The shortest way to write the path: addresses of unix sockets hold 107 bytes, which deep directories exceed. */
export function socketAddress(path: string): string {
  const short = relative(process.cwd(), path);
  return Buffer.byteLength(short) < Buffer.byteLength(path) ? short : path;
}
