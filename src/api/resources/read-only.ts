import { formatPosition } from "../../model/format-position.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import { forbidden } from "../status/failures.ts";
import type { Status } from "../status/status.ts";
import { resourceOf } from "./resource-name.ts";

/** Why an object can't be changed by the API, and where it can. */
export function readOnly({ definition, name, owner }: ServedObject): Status {
  switch (owner.kind) {
    case "file": {
      const place = owner.position ? formatPosition(owner.position) : owner.source;
      return forbidden(
        resourceOf(definition),
        name,
        `it is owned by the file ${place} and read-only here (LB6011). Change it in that file`,
      );
    }
    case "built-in":
      return forbidden(
        resourceOf(definition),
        name,
        "it is built in and read-only (LB6012). Make an object of another name",
      );
    default:
      return forbidden(
        resourceOf(definition),
        name,
        "the control plane makes it and nobody else may change it (LB6013)",
      );
  }
}
