/**
 * What is written into the journal of who did what: every write with the object before and after, every attempt that was
 * refused, every decision. Never the values of secrets.
 */
import type { Attributes, User } from "../../access/user.ts";
import { redact } from "../../lib/redact.ts";
import type { RawObject } from "../../model/object-meta.ts";
import type { Journal, JournalNote } from "../../storage/store.ts";
import { RefusalLimit } from "./refusal-limit.ts";

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

/** No name of an object is longer. */
const MAX_NAME = 253;

export class AuditTrail {
  readonly #journal: Journal;
  readonly #now: () => number;
  readonly #onEntry: (lost: string | undefined) => void;
  readonly #refusals = new RefusalLimit();
  #look: NodeJS.Timeout | undefined;

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
    const isWritten = this.#refusals.count({ from: requester.from, user: requester.user?.name ?? "" }, this.#now());
    this.#lookLater();
    if (!isWritten) return;
    const note = {
      type: "refused",
      ...requesterFields(requester),
      ...(attributes ? attributeFields(attributes) : {}),
      reason: reason.slice(0, 2_000),
    };
    void this.#append(note);
  }

  /** Writes down how many refusals were only counted until now. */
  async flush(): Promise<void> {
    clearTimeout(this.#look);
    await this.#tellCounts("everything");
  }

  /** Something that the control plane, or an operator by other means than a write, decided or took out. */
  async decided(requester: Requester, what: string, details: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#append({ type: "decision", ...requesterFields(requester), what, ...details });
  }

  async #append(note: JournalNote): Promise<void> {
    const problem = await this.#journal.append(note);
    this.#onEntry(problem?.message);
  }

  #lookLater(): void {
    const after = this.#refusals.lookAfter;
    if (this.#look || after === undefined) return;
    this.#look = setTimeout(() => {
      this.#look = undefined;
      void this.#tellCounts("over");
      this.#lookLater();
    }, after).unref();
  }

  async #tellCounts(which: "over" | "everything"): Promise<void> {
    for (const { from, user, count, since } of this.#refusals.takeSummaries(this.#now(), which)) {
      const time = new Date(since).toISOString();
      const reason = `${count} more were refused since ${time}, which were only counted`;
      await this.#append({ type: "refused", user, from, count, since: time, reason });
    }
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
  // Of a request that is refused they may be as long as a URL.
  const short = (text: string) => text.slice(0, MAX_NAME);
  return {
    verb,
    group: short(group),
    resource: short(resource),
    ...(subresource === "" ? {} : { subresource: short(subresource) }),
    namespace: short(namespace),
    name: short(name),
  };
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
