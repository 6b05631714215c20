import type { Problem } from "../../model/problem.ts";
import { insufficientStorage, serviceUnavailable } from "../status/failures.ts";
import type { Status } from "../status/status.ts";

/** What the store couldn't keep was not done, and the client is told so. */
export function storageFailure({ code, message, hint }: Problem): Status {
  const text = `nothing was changed: ${message} (${code}).${hint ? ` ${hint}` : ""}`;
  return code === "LB7106" ? insufficientStorage(text) : serviceUnavailable(text);
}
