/** What the API may ask the control plane. control/ implements it; every method answers from memory, at once. */
import type {
  CompileFilter,
  CompileStage,
  InfoView,
  ObjectFilter,
  ObjectView,
  ProxyView,
  ServiceView,
  WatchTopic,
} from "../../client/local-types.ts";
import type { PlanView } from "../../client/plan-view.ts";
import type { ObjectKey } from "../../model/keys.ts";
import type { AnyResource } from "../../model/kinds.ts";
import type { Problem } from "../../model/problem.ts";
import type { TraceRequest, TraceResult } from "../../model/trace.ts";

export interface ControlView {
  info(): InfoView;
  /** Sorted by kind, namespace, name. Secrets may be whole: the API redacts them. */
  objects(filter: ObjectFilter): readonly ObjectView[];
  object(key: ObjectKey): ObjectView | undefined;
  /** Undefined when there is no such service. */
  service(key: ObjectKey): ServiceView | undefined;
  proxies(): readonly ProxyView[];
  problems(): readonly Problem[];
  /** Plain data, made to be printed as YAML. */
  compile(stage: CompileStage, filter: CompileFilter): unknown;
  trace(request: TraceRequest): TraceResult;
  /** What setting these objects and removing those would change; nothing is changed. */
  plan(set: readonly AnyResource[], remove: readonly ObjectKey[]): PlanView;
  /** Calls `onChange` after each change of `topics`, until `signal` aborts. Cheap: the listener asks for what it wants. */
  watch(topics: readonly WatchTopic[], onChange: (change: ViewChange) => void, signal: AbortSignal): void;
}

export type ViewChange =
  /** Objects that came, went, or whose spec, status or origin changed. */
  | { readonly topic: "objects"; readonly keys: readonly ObjectKey[] }
  | { readonly topic: "proxies" }
  | { readonly topic: "problems" };
