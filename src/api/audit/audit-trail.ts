/**
 * What is written into the journal of who did what: every write with the object before and after, every attempt that was
 * refused, every decision. Never the values of secrets.
 */
import type { Attributes, User } from "../../access/user.ts";
import { redact } from "../../lib/redact.ts";
import type { RawObject } from "../../model/object-meta.ts";
import type { Journal, JournalNote } from "../../storage/store.ts";

/** Who asks, from where; the same for all that one request does. */
export interface Requester {
  /** Of the request, and of the change that it makes: the same in logs, traces, journal and the Audit-Id header. */
  readonly id: string;
  readonly user: User | undefined;
  /** Address of the client. */
  readonly from: string;
  readonly userAgent: string;
  /** W3C Trace Context, as the client sent it. */
  readonly traceparent?: string | undefined;
}

/** An attacker who is refused a thousand times a second must not fill the disk: the rest is only counted. */
const REFUSALS_PER_ADDRESS = 20;
const REFUSAL_WINDOW_MS = 10_000;
const MAX_ADDRESSES = 1_000;

export class AuditTrail {
  readonly #journal: Journal;
  readonly #now: () => number;
  readonly #onEntry: (lost: string | undefined) => void;
  readonly #refusals = new Map<string, { since: number; count: number }>();

  /** @param onEntry after each entry that is no part of a write: undefined, or why it was lost. @param now milliseconds */
  constructor(journal: Journal, now: () => number, onEntry: (lost: string | undefined) => void) {
    this.#journal = journal;
    this.#now = now;
    this.#onEntry = onEntry;
  }

  /** A note that the store keeps together with the write. */
  write(
    requester: Requester,
    attributes: Attributes,
    before: RawObject | undefined,
    after: RawObject | undefined,
  ): JournalNote {
    return {
      type: "write",
      ...requesterFields(requester),
      ...attributeFields(attributes),
      name: (after ?? before)?.metadata.name ?? "",
      before: shown(before),
      after: shown(after),
    };
  }

  /** Attempts that authentication or authorization refused. */
  refused(requester: Requester, attributes: Attributes | undefined, reason: string): void {
    const suppressed = this.#countRefusal(requester.from);
    if (suppressed === undefined) return;
    const note = {
      type: "refused",
      ...requesterFields(requester),
      ...(attributes ? attributeFields(attributes) : {}),
      reason,
      ...(suppressed > 0 ? { notWrittenBefore: suppressed } : {}),
    };
    void this.#append(note);
  }

  /** Something that the control plane, or an operator by other means than a write, decided or took out. */
  async decided(requester: Requester, what: string, details: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#append({ type: "decision", ...requesterFields(requester), what, ...details });
  }

  async #append(note: JournalNote): Promise<void> {
    const problem = await this.#journal.append(note);
    this.#onEntry(problem?.message);
  }

  /** @returns how many were only counted before this one; undefined if this one is only counted too */
  #countRefusal(from: string): number | undefined {
    const now = this.#now();
    const seen = this.#refusals.get(from);
    if (!seen || now - seen.since > REFUSAL_WINDOW_MS) {
      if (this.#refusals.size >= MAX_ADDRESSES) this.#refusals.clear();
      this.#refusals.set(from, { since: now, count: 1 });
      return Math.max(0, (seen?.count ?? 0) - REFUSALS_PER_ADDRESS);
    }
    seen.count++;
    return seen.count > REFUSALS_PER_ADDRESS ? undefined : 0;
  }
}

function requesterFields({ id, user, from, userAgent }: Requester) {
  return {
    id,
    user: user?.name ?? "",
    groups: user?.groups ?? [],
    ...(user ? { credential: credentialName(user) } : {}),
    from,
    userAgent: userAgent.slice(0, 200),
  };
}

function credentialName({ credential }: User): string {
  switch (credential.kind) {
    case "token":
      return `AccessToken ${credential.name}`;
    case "certificate":
      return `certificate ${credential.serial}`;
    case "bootstrap":
      return "bootstrap";
  }
}

function attributeFields(attributes: Attributes) {
  if (attributes.kind === "path") return { verb: attributes.verb, path: attributes.path.slice(0, 500) };
  const { verb, group, resource, subresource, namespace, name } = attributes;
  return { verb, group, resource, ...(subresource === "" ? {} : { subresource }), namespace, name };
}

function shown(object: RawObject | undefined): unknown {
  if (!object) return null;
  // What kubectl applied last is the object once more.
  const { annotations = {}, ...metadata } = object.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !key.endsWith("/last-applied-configuration"));
  return redact({
    ...object,
    metadata: { ...metadata, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) },
  });
}
