/** Decides what the next response of a type holds. Pure: looks into one client's state and changes only what waits. */
import type { EnvoyResource, ResourceId } from "../compiler/envoy/resource.ts";
import type { Channel } from "./channel.ts";
import type { ClientState } from "./client-state.ts";
import type { DependencyGate } from "./dependency-gate.ts";
import { nameOf, TYPE_RULES } from "./type-rules.ts";

/** How long a first answer waits for resources that need others first; Envoy's own patience ends at 15 s. */
const FIRST_ANSWER_PATIENCE_MS = 2000;

/** What a response holds; undefined stands for a removal. */
export type ResponseEntries = ReadonlyMap<ResourceId, EnvoyResource | undefined>;

type Entry = { readonly send: EnvoyResource | undefined } | "nothing";

export class ResponsePlanner {
  readonly #client: ClientState;
  readonly #gate: DependencyGate;

  constructor(client: ClientState, gate: DependencyGate) {
    this.#client = client;
    this.#gate = gate;
  }

  /** @returns undefined if there is nothing to send now */
  plan(channel: Channel, now: number): ResponseEntries | undefined {
    if (channel.unanswered || !channel.subscription.isStarted) return undefined;
    let entries: ResponseEntries = new Map();
    while (entries.size === 0) {
      const group = channel.suspects.shift();
      if (!group) break;
      entries = this.#evaluate(channel, group, now);
    }
    if (entries.size === 0) {
      entries = this.#evaluate(channel, channel.pending, now);
      if (this.#isWorthWaiting(channel, now)) return undefined;
      channel.pending.clear();
    }
    return entries.size > 0 || channel.owedSince !== undefined ? entries : undefined;
  }

  /** When to look again at a type whose first answer waits. */
  patienceEnds(channel: Channel): number | undefined {
    return channel.owedSince === undefined ? undefined : channel.owedSince + FIRST_ANSWER_PATIENCE_MS;
  }

  #evaluate(channel: Channel, ids: Iterable<ResourceId>, now: number): ResponseEntries {
    const entries = new Map<ResourceId, EnvoyResource | undefined>();
    for (const id of ids) {
      const entry = this.#entryFor(channel, id);
      if (entry !== "nothing") entries.set(id, entry.send);
      else this.#client.track(id, now);
    }
    return entries;
  }

  #entryFor(channel: Channel, id: ResourceId): Entry {
    if (!channel.subscription.includes(nameOf(id))) return "nothing";
    const target = this.#client.target(id);
    const isAsked = channel.resend.has(id);
    if (target.kind === "have") {
      if (!isAsked && !this.#client.differs(id, target.resource)) return "nothing";
      return this.#maySend(id, target.resource) ? { send: target.resource } : "nothing";
    }
    if (target.kind === "gone" && this.#client.held.mayHave(id)) {
      // If it is still used, its last user's going wakes it.
      return this.#client.held.isRemovable(id) && this.#areUsersKnown(channel) ? { send: undefined } : "nothing";
    }
    channel.resend.delete(id);
    // A name with nothing behind it is answered at once: an Envoy that waits for its runtime, endpoints or a secret goes
    // on without; for a route configuration it makes no difference there. What is merely held back never gets here.
    return isAsked && !this.#client.held.mayHave(id) ? { send: undefined } : "nothing";
  }

  /** A client that came back announces type after type: it may hold routes of which it has said nothing yet. */
  #areUsersKnown(channel: Channel): boolean {
    if (!channel.isRestored || this.#client.announcingUntil === undefined) return true;
    return TYPE_RULES[channel.type].referencedBy.every(
      (type) => this.#client.channels.get(type)?.subscription.isStarted,
    );
  }

  #maySend(id: ResourceId, resource: EnvoyResource): boolean {
    const missing = this.#gate.missing(resource);
    if (missing === undefined) return true;
    return TYPE_RULES[resource.type].ratherIncomplete && !missing.isComing && !this.#client.held.mayHave(id);
  }

  /** Whether the first answer should wait, because something that it should hold becomes sendable soon. */
  #isWorthWaiting(channel: Channel, now: number): boolean {
    if (channel.owedSince === undefined || TYPE_RULES[channel.type].firstAnswer === "atOnce") return false;
    if (now >= channel.owedSince + FIRST_ANSWER_PATIENCE_MS) return false;
    for (const id of channel.pending) {
      const missing = this.#gate.waitsFor(id);
      if (missing !== undefined && this.#client.target(missing).kind === "have") return true;
    }
    return false;
  }
}
