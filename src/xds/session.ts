/**
 * One stream of one proxy: the incremental xDS protocol as a state machine. Events in, actions out; no socket, no clock.
 *
 * Per type at most one response is unanswered; what changes meanwhile is coalesced, so memory is bounded by the set of
 * resources. Types don't wait for each other; a resource waits for exactly what it references (dependency-gate.ts).
 * Work per event is in proportion to what changed.
 */
import { type EnvoyResource, type ResourceId, resourceId, TYPE_URL } from "../compiler/envoy/resource.ts";
import type { Channel } from "./channel.ts";
import { ClientState } from "./client-state.ts";
import type { DeltaRequest } from "./delta-request.ts";
import { DependencyGate } from "./dependency-gate.ts";
import { splitRefused } from "./refused-batch.ts";
import { type ResponseEntries, ResponsePlanner } from "./response-planner.ts";
import type { SessionAction, SessionEvent } from "./session-events.ts";
import type { SessionSnapshot } from "./session-snapshot.ts";
import { companionOf, nameOf, SEND_ORDER, TYPE_RULES, typeOf, typeOfUrl } from "./type-rules.ts";
import type { OfferChange, Offers } from "./wanted-resources.ts";

/**
 * How long a client that comes back has to say what it holds of each type. Envoy says it all at once; a type that it
 * never mentions is one that it doesn't use.
 */
const ANNOUNCEMENT_PATIENCE_MS = 5000;

export class Session {
  readonly #offers: Offers;
  readonly #client: ClientState;
  readonly #gate: DependencyGate;
  readonly #planner: ResponsePlanner;
  #actions: SessionAction[] = [];
  #lastNonce = 0;
  #wakeAt: number | undefined;

  constructor(offers: Offers, now: number) {
    this.#offers = offers;
    this.#client = new ClientState(offers);
    this.#gate = new DependencyGate(offers, this.#client.held, (id) => this.#client.target(id).kind === "have");
    this.#planner = new ResponsePlanner(this.#client, this.#gate);
    for (const type of SEND_ORDER) {
      if (TYPE_RULES[type].expected === "always") this.#client.trackAll(type, now);
    }
  }

  handle(event: SessionEvent, now: number): readonly SessionAction[] {
    this.#actions = [];
    switch (event.kind) {
      case "request":
        this.#onRequest(event.request, now);
        break;
      case "changed":
        this.#onChanged(event.changes, now);
        break;
      case "time":
        this.#wakeAt = undefined;
        this.#endAnnouncing(now);
        for (const id of this.#client.refusals.takeDue(now)) this.#look(id);
        break;
    }
    this.#followUses(now);
    for (const channel of this.#client.channels.values()) {
      const entries = this.#planner.plan(channel, now);
      if (entries) this.#send(channel, entries, now);
    }
    this.#followUses(now);
    this.#askForTime(now);
    return this.#actions;
  }

  snapshot(): SessionSnapshot {
    const lowest = this.#client.outstanding.lowest();
    return {
      acknowledgedSequence: lowest === undefined ? this.#offers.sequence : Math.max(0, lowest - 1),
      outstandingCount: this.#client.outstanding.size,
      outstanding: this.#client.outstanding.entries(),
      waitsFor: (id) => this.#gate.waitsFor(id),
      refused: this.#client.refusals.reports(),
      types: Array.from(this.#client.channels.values(), (channel) => ({
        type: channel.type,
        count: this.#client.held.count(channel.type),
        sentCount: channel.sentCount,
        acknowledgedNonce: channel.acknowledgedNonce,
        unansweredSince: channel.unanswered?.since,
      })),
    };
  }

  #onChanged(changes: readonly OfferChange[], now: number): void {
    for (const { id, sequence } of changes) {
      this.#client.refusals.keepOnly(id, [this.#offers.offered(id), this.#offers.lastGood(id)]);
      const offered = this.#offers.offered(id);
      // It may be back to what the client never lost.
      if (offered) this.#client.held.learn(id, offered);
      if (offered && !this.#client.differs(id, offered)) {
        this.#actions.push({ kind: "accepted", id, version: offered.version });
      }
      this.#look(id);
      this.#wakeWaiters(id);
      this.#client.track(id, now, sequence);
    }
  }

  #onRequest(request: DeltaRequest, now: number): void {
    const type = typeOfUrl(request.typeUrl);
    const channel = type && this.#client.channels.get(type);
    if (!channel) {
      this.#answerUnknownType(request);
      return;
    }
    // A stale nonce settles nothing, but what the request subscribes to counts all the same (xDS protocol, "Incremental
    // xDS": "the server must honor changes to the subscription state even if the nonce is stale").
    if (request.nonce !== "" && request.nonce === channel.unanswered?.nonce) this.#settle(channel, request.error, now);
    const isFirst = !channel.subscription.isStarted;
    if (isFirst) this.#start(channel, request, now);
    for (const name of request.unsubscribe) this.#unsubscribe(channel, name, now);
    for (const name of request.subscribe) {
      const known = isFirst && request.initialVersions.has(name);
      this.#subscribe(channel, name, known, isFirst && request.initialVersions.size > 0, now);
    }
    if (isFirst) this.#forgetUnsubscribed(channel, now);
  }

  /** A type we never serve: the client must not wait for it. */
  #answerUnknownType(request: DeltaRequest): void {
    if (request.nonce !== "" && request.subscribe.length === 0) return;
    this.#actions.push({
      kind: "send",
      response: { typeUrl: request.typeUrl, nonce: this.#nextNonce(), resources: [], removed: request.subscribe },
    });
  }

  #start(channel: Channel, request: DeltaRequest, now: number): void {
    const hasNames = request.subscribe.length > 0;
    const isWildcard = channel.subscription.start(hasNames, TYPE_RULES[channel.type].legacyWildcard);
    channel.isRestored = request.initialVersions.size > 0;
    if (channel.isRestored) this.#client.announcingUntil ??= now + ANNOUNCEMENT_PATIENCE_MS;
    if (this.#client.announcingUntil !== undefined) this.#lookAtGone();
    for (const [name, version] of request.initialVersions) {
      const id = resourceId(channel.type, name);
      const offered = this.#offers.offered(id);
      const known = [offered, this.#offers.lastGood(id)].find((each) => each?.version === version);
      this.#client.held.restore(id, version, known);
      if (known && known === offered) this.#actions.push({ kind: "accepted", id, version });
      this.#wakeWaiters(id);
      this.#look(id);
      this.#client.track(id, now);
    }
    if (isWildcard) this.#lookAtAll(channel, request.initialVersions.size === 0, now);
    if (TYPE_RULES[channel.type].expected === "withListener") this.#client.trackAll(channel.type, now);
  }

  #subscribe(channel: Channel, name: string, isKnown: boolean, isReconnect: boolean, now: number): void {
    if (name === "*") {
      if (!isReconnect) for (const id of this.#client.held.ids(channel.type)) channel.resend.add(id);
      channel.subscription.subscribe(name);
      this.#lookAtAll(channel, !isReconnect, now);
      return;
    }
    channel.subscription.subscribe(name);
    const id = resourceId(channel.type, name);
    // "the server must respond with all resources listed in resource_names_subscribe, even if it believes the client
    // has the most recent version of them" (DeltaDiscoveryRequest): it may have dropped them in between. What a
    // reconnecting client lists in initial_resource_versions it does have.
    if (!isKnown) channel.resend.add(id);
    this.#look(id);
    this.#client.track(id, now);
  }

  #unsubscribe(channel: Channel, name: string, now: number): void {
    channel.subscription.unsubscribe(name);
    if (name === "*") {
      this.#forgetUnsubscribed(channel, now);
      return;
    }
    const id = resourceId(channel.type, name);
    if (channel.subscription.isWildcard) {
      // The client can't know whether the wildcard covers the name: it is told, with the resource or its removal.
      channel.resend.add(id);
      this.#look(id);
    } else {
      this.#drop(channel, id, now);
    }
  }

  #forgetUnsubscribed(channel: Channel, now: number): void {
    for (const id of [...this.#client.held.ids(channel.type), ...channel.resend]) {
      if (!channel.subscription.includes(nameOf(id))) this.#drop(channel, id, now);
    }
  }

  #drop(channel: Channel, id: ResourceId, now: number): void {
    channel.resend.delete(id);
    this.#gate.forget(id);
    // What is on its way may reach a client that has subscribed again meanwhile.
    this.#client.held.forget(id, channel.unanswered?.entries.get(id));
    this.#client.track(id, now);
  }

  #lookAtAll(channel: Channel, owesAnswer: boolean, now: number): void {
    if (owesAnswer) channel.owedSince ??= now;
    for (const id of this.#offers.offeredOf(channel.type)) this.#look(id);
  }

  #settle(channel: Channel, error: string | undefined, now: number): void {
    const { entries, nonce } = channel.unanswered ?? { entries: new Map<ResourceId, undefined>(), nonce: "" };
    channel.unanswered = undefined;
    if (error === undefined) {
      channel.acknowledgedNonce = nonce;
      const hadListeners = this.#client.held.count("Listener") > 0;
      for (const [id, resource] of entries) this.#acknowledge(channel, id, resource, now);
      if (!hadListeners && this.#client.held.count("Listener") > 0)
        this.#client.trackAll("ScopedRouteConfiguration", now);
      return;
    }
    const [only] = entries;
    if (only && entries.size === 1) this.#refuse(only[0], only[1], error, now);
    else if (only) this.#isolate(channel, [...entries.keys()], error, now);
  }

  #acknowledge(channel: Channel, id: ResourceId, resource: EnvoyResource | undefined, now: number): void {
    if (!resource || !channel.subscription.includes(nameOf(id))) {
      this.#client.held.forget(id);
      const companion = companionOf(id);
      if (companion) {
        this.#client.held.forget(companion);
        this.#client.track(companion, now);
      }
    } else {
      this.#client.held.acknowledge(id, resource);
      this.#client.refusals.accepted(id);
      this.#actions.push({ kind: "accepted", id, version: resource.version });
      this.#wakeWaiters(id);
    }
    this.#client.track(id, now);
  }

  #refuse(id: ResourceId, resource: EnvoyResource | undefined, message: string, now: number): void {
    this.#client.held.refuse(id, resource);
    if (resource) {
      const refusal = this.#client.refusals.refuse(resource, message, now);
      // A version that is no longer wanted concerns nobody; should it come back, it is tried again.
      this.#client.refusals.keepOnly(id, [this.#offers.offered(id), this.#offers.lastGood(id)]);
      if (this.#client.refusals.stops(resource)) this.#actions.push({ kind: "refused", refusal });
    } else {
      // Nothing better can be done about a removal that is refused than to stop asking.
      this.#client.held.forget(id);
    }
    this.#look(id);
    this.#wakeWaiters(id);
    this.#client.track(id, now);
  }

  /** A batch was refused as a whole: which part of it is in use is unknown until each part is answered. */
  #isolate(channel: Channel, batch: readonly ResourceId[], message: string, now: number): void {
    const asked = batch.filter((id) => channel.subscription.includes(nameOf(id)));
    for (const id of batch) if (!channel.subscription.includes(nameOf(id))) this.#drop(channel, id, now);
    if (asked.length > 1) channel.suspects.unshift(...splitRefused(asked, message));
    else channel.suspects.unshift(asked);
  }

  #endAnnouncing(now: number): void {
    if (this.#client.announcingUntil === undefined || now < this.#client.announcingUntil) return;
    this.#client.announcingUntil = undefined;
    this.#lookAtGone();
  }

  #lookAtGone(): void {
    for (const channel of this.#client.channels.values()) {
      if (!channel.isRestored) continue;
      for (const id of this.#client.held.ids(channel.type)) {
        if (this.#client.target(id).kind === "gone") this.#look(id);
      }
    }
  }

  #send(channel: Channel, entries: ResponseEntries, now: number): void {
    const nonce = this.#nextNonce();
    const resources: EnvoyResource[] = [];
    const removed: string[] = [];
    for (const [id, resource] of entries) {
      if (resource) resources.push(resource);
      else removed.push(nameOf(id));
      this.#client.held.sent(id, resource);
      this.#gate.forget(id);
      channel.resend.delete(id);
      if (resource) this.#resendCompanion(id);
      this.#client.track(id, now);
    }
    channel.owedSince = undefined;
    channel.sentCount += resources.length;
    channel.unanswered = { nonce, since: now, entries };
    this.#actions.push({ kind: "send", response: { typeUrl: TYPE_URL[channel.type], nonce, resources, removed } });
  }

  /** A cluster that is sent warms until its endpoints are sent after it, and Envoy doesn't ask for known names again. */
  #resendCompanion(id: ResourceId): void {
    const companion = companionOf(id);
    const channel = companion === undefined ? undefined : this.#client.channels.get(typeOf(companion));
    if (companion === undefined || !channel?.subscription.includes(nameOf(companion))) return;
    channel.resend.add(companion);
    channel.pending.add(companion);
  }

  #look(id: ResourceId): void {
    const channel = this.#client.channels.get(typeOf(id));
    // A client that asks for the type later is shown everything then.
    if (channel?.subscription.isStarted) channel.pending.add(id);
  }

  #wakeWaiters(id: ResourceId): void {
    for (const waiter of this.#gate.wake(id)) this.#look(waiter);
  }

  /** Uses that began or ended change what is expected at the client, and what may be removed there. */
  #followUses(now: number): void {
    for (const id of this.#client.held.takeFirstUsed()) this.#client.track(id, now);
    for (const id of this.#client.held.takeReleased()) {
      if (this.#client.held.mayHave(id) && this.#client.target(id).kind === "gone") this.#look(id);
      this.#client.track(id, now);
    }
  }

  #askForTime(now: number): void {
    let next = this.#client.refusals.nextRetry();
    if (this.#client.announcingUntil !== undefined) next = Math.min(next ?? Infinity, this.#client.announcingUntil);
    for (const channel of this.#client.channels.values()) {
      next = Math.min(next ?? Infinity, this.#planner.patienceEnds(channel) ?? Infinity);
    }
    if (next === this.#wakeAt || next === undefined || next === Infinity) return;
    this.#wakeAt = next;
    this.#actions.push({ kind: "wakeAt", time: Math.max(next, now) });
  }

  #nextNonce(): string {
    this.#lastNonce += 1;
    return String(this.#lastNonce);
  }
}
