import type { DurationSchema } from "@bufbuild/protobuf/wkt";
import type { Init } from "./message-init.ts";

/** google.protobuf.Duration of whole milliseconds. */
export function duration(milliseconds: number): Init<typeof DurationSchema> {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanos: (milliseconds - seconds * 1000) * 1_000_000 };
}
