import type { User } from "../../access/user.ts";
import type { KindDefinition } from "../../model/kind-definition.ts";
import type { Requester } from "../audit/audit-trail.ts";
import type { ResourceRequest } from "../request/request-info.ts";
import type { Status } from "../status/status.ts";
import type { Result } from "./object-writer.ts";

/** A request for objects of a kind, by somebody who may make it. */
export interface ApiRequest {
  readonly info: ResourceRequest;
  readonly definition: KindDefinition;
  readonly user: User;
  readonly requester: Requester & { readonly user: User };
  readonly query: URLSearchParams;
  /** Reads the body; at most once. An empty one is undefined. */
  readonly body: () => Promise<Result<ParsedBody | undefined>>;
}

export interface ParsedBody {
  readonly type: "object" | "merge-patch" | "json-patch" | "strategic-merge-patch";
  readonly value: unknown;
  /** Paths of fields that are there twice; the last one counts. */
  readonly duplicates: readonly string[];
}

/** Options of writes; see "Kubernetes API Concepts" for what each does. */
export interface WriteQuery {
  readonly dryRun: boolean;
  readonly validation: "Strict" | "Warn" | "Ignore";
}

export type Failure = { readonly failure: Status };
