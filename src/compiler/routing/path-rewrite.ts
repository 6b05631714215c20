import type { PathModifier } from "../../model/http-route-filter.ts";
import type { Refusal } from "./conditions.ts";
import type { PathRewrite } from "./routing.ts";

export function pathRewrite(path: PathModifier): PathRewrite {
  return path.type === "ReplaceFullPath"
    ? { kind: "full", value: path.replaceFullPath }
    : { kind: "prefix", value: path.replacePrefixMatch };
}

/** The specification takes any text for a path; what can't stand in a request line or Location is refused. */
export function pathRefusals(path: PathModifier | undefined): Refusal[] {
  if (!path) return [];
  const { value } = pathRewrite(path);
  if (value === "" || /^\/[!-~]*$/.test(value)) return [];
  const message = `${JSON.stringify(value)} can't replace a path; start with a slash, and write other than printable ASCII as %XX`;
  return [{ reason: "UnsupportedValue", message }];
}
