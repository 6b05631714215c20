import type { KindDefinition } from "../../model/kind-definition.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import type { Status } from "../status/status.ts";
import type { ListPage } from "./list-page.ts";
import type { WatchOptions } from "./object-watch.ts";

/** What a verb comes to; how it is written down is render.ts's. */
export type Answer =
  | { readonly kind: "failure"; readonly status: Status }
  | { readonly kind: "done"; readonly status: Status }
  | {
      readonly kind: "object";
      readonly code: 200 | 201 | 202;
      readonly object: ServedObject;
      readonly warnings: readonly string[];
      /** Replaces the object's bytes: what only this answer shows. */
      readonly json?: Buffer;
    }
  | { readonly kind: "list"; readonly definition: KindDefinition; readonly page: ListPage }
  | { readonly kind: "watch"; readonly watch: WatchPlan };

export interface WatchPlan {
  readonly definition: KindDefinition;
  readonly from: WatchOptions["from"];
  readonly marksInitialEnd: boolean;
  readonly bookmarks: boolean;
  readonly lifetimeMs: number;
  readonly matches: (object: ServedObject) => boolean;
}
