/** Versions that one client refused, and when to try those again whose cause may be outside. Pure state. */
import { type EnvoyResource, type ResourceId, resourceId } from "../compiler/envoy/resource.ts";
import { type BackoffPolicy, backoffDelay } from "../lib/backoff.ts";
import { hasCauseOutside } from "./refused-batch.ts";
import type { RefusedResource } from "./session-events.ts";

interface LocalRefusal {
  readonly report: RefusedResource;
  readonly attempts: number;
  retrying: boolean;
}

/** A port is most often freed within seconds (a restart of what has it), and a bind that fails costs little. */
const RETRY: BackoffPolicy = { initialMs: 250, factor: 2, maxMs: 30_000, jitter: 0 };

export class LocalRefusals {
  readonly #byId = new Map<ResourceId, Map<string, LocalRefusal>>();

  refuse(resource: EnvoyResource, message: string, now: number): RefusedResource {
    const id = resourceId(resource.type, resource.name);
    const versions = this.#byId.get(id) ?? new Map<string, LocalRefusal>();
    this.#byId.set(id, versions);
    const attempts = (versions.get(resource.version)?.attempts ?? 0) + 1;
    const outside = resource.type === "Listener" && hasCauseOutside(message);
    const report: RefusedResource = {
      resource,
      message,
      cause: outside ? "outside" : "configuration",
      retryAt: outside ? now + backoffDelay(RETRY, attempts, 0) : undefined,
    };
    versions.set(resource.version, { report, attempts, retrying: false });
    return report;
  }

  /** Whether sending this version would only be refused again. */
  stops(resource: EnvoyResource): boolean {
    const refusal = this.#byId.get(resourceId(resource.type, resource.name))?.get(resource.version);
    return refusal !== undefined && !refusal.retrying;
  }

  /** Forgets refusals of versions that are no longer candidates. */
  keepOnly(id: ResourceId, candidates: readonly (EnvoyResource | undefined)[]): void {
    const versions = this.#byId.get(id);
    if (!versions) return;
    for (const version of versions.keys()) {
      if (!candidates.some((candidate) => candidate?.version === version)) versions.delete(version);
    }
    if (versions.size === 0) this.#byId.delete(id);
  }

  accepted(id: ResourceId): void {
    this.#byId.delete(id);
  }

  /** Marks what is due as worth another try. */
  takeDue(now: number): ResourceId[] {
    const due: ResourceId[] = [];
    for (const [id, versions] of this.#byId) {
      for (const refusal of versions.values()) {
        const { retryAt } = refusal.report;
        if (refusal.retrying || retryAt === undefined || retryAt > now) continue;
        refusal.retrying = true;
        due.push(id);
      }
    }
    return due;
  }

  nextRetry(): number | undefined {
    let next: number | undefined;
    for (const { report, retrying } of this.#all()) {
      if (retrying || report.retryAt === undefined) continue;
      if (next === undefined || report.retryAt < next) next = report.retryAt;
    }
    return next;
  }

  reports(): RefusedResource[] {
    return Array.from(this.#all(), ({ report }) => report);
  }

  *#all(): Iterable<LocalRefusal> {
    for (const versions of this.#byId.values()) yield* versions.values();
  }
}
