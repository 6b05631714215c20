import type { KindDefinition } from "../../model/kind-definition.ts";
import type { ResourceName } from "../status/failures.ts";

export function resourceOf({ group, plural }: Pick<KindDefinition, "group" | "plural">): ResourceName {
  return { group, resource: plural };
}
