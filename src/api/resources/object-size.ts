/** Bounds of one object: what a single one may cost everybody else. */

import type { RawObject } from "../../model/object-meta.ts";
import { encodeObject } from "../../registry/json.ts";
import { requestEntityTooLarge } from "../status/failures.ts";
import type { Status } from "../status/status.ts";

/** As much as etcd takes of one object of Kubernetes. Patches can make an object larger than any body. */
const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

/** Whether there are more fields and list entries, on all levels, than `max`. The value is as deep as bodies may be. */
export function hasMoreValues(value: unknown, max: number): boolean {
  return countValues(value, max) > max;
}

export function sizeFailure(object: RawObject): Status | undefined {
  const size = encodeObject(object).length;
  if (size <= MAX_OBJECT_BYTES) return undefined;
  return requestEntityTooLarge(`limit is ${MAX_OBJECT_BYTES} bytes for an object, and it would have ${size}`);
}

/** Stops counting soon after `max`. */
function countValues(value: unknown, max: number): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    count += 1 + countValues(child, max - count);
    if (count > max) break;
  }
  return count;
}
