/** The pure parts of a fleet, joined without sockets and with a clock that tests move. */
import type { EnvoyResource, ResourceChange } from "../../src/compiler/envoy/resource.ts";
import type { DeltaRequest } from "../../src/xds/delta-request.ts";
import type { DeltaResponse } from "../../src/xds/delta-response.ts";
import { Session } from "../../src/xds/session.ts";
import type { RefusedResource, SessionEvent } from "../../src/xds/session-events.ts";
import { type OfferChange, WantedResources } from "../../src/xds/wanted-resources.ts";

/** A version that starts with this is refused. */
export const BAD = "bad";

export interface SimulatedStream {
  readonly session: Session;
  /** Responses that the session sent and the client has not taken yet. */
  readonly inbox: DeltaResponse[];
  wakeAt: number | undefined;
}

export class SimulatedFleet {
  now = 0;
  sequence = 0;
  readonly wanted = new WantedResources();
  readonly streams = new Set<SimulatedStream>();
  readonly refused: RefusedResource[] = [];
  /** Ids of which a version was published that clients refuse, now or by an earlier server. */
  readonly tainted: Set<string>;

  constructor(tainted: ReadonlySet<string> = new Set()) {
    this.tainted = new Set(tainted);
  }

  publish(changes: readonly ResourceChange[]): void {
    this.sequence += 1;
    for (const { resource } of changes) if (resource?.version.startsWith(BAD)) this.tainted.add(idOf(resource));
    this.#announce(this.wanted.apply(changes, this.sequence));
  }

  connect(): SimulatedStream {
    const stream: SimulatedStream = { session: new Session(this.wanted, this.now), inbox: [], wakeAt: undefined };
    this.streams.add(stream);
    return stream;
  }

  disconnect(stream: SimulatedStream): void {
    this.streams.delete(stream);
  }

  receive(stream: SimulatedStream, request: DeltaRequest): void {
    this.#step(stream, { kind: "request", request });
  }

  advance(milliseconds: number): void {
    this.now += milliseconds;
    for (const stream of this.streams) {
      if (stream.wakeAt !== undefined && stream.wakeAt <= this.now) {
        stream.wakeAt = undefined;
        this.#step(stream, { kind: "time" });
      }
    }
  }

  #announce(changes: readonly OfferChange[]): void {
    for (const stream of [...this.streams]) this.#step(stream, { kind: "changed", changes });
  }

  #step(stream: SimulatedStream, event: SessionEvent): void {
    const followUps: OfferChange[][] = [];
    for (const action of stream.session.handle(event, this.now)) {
      switch (action.kind) {
        case "send":
          stream.inbox.push(action.response);
          break;
        case "accepted":
          followUps.push(this.wanted.accept(action.id, action.version));
          break;
        case "refused": {
          const { resource, message, cause } = action.refusal;
          this.refused.push(action.refusal);
          if (cause === "configuration") {
            followUps.push(this.wanted.refuse(idOf(resource), { version: resource.version, message }));
          }
          break;
        }
        case "wakeAt":
          stream.wakeAt = action.time;
          break;
      }
    }
    for (const changes of followUps) if (changes.length > 0) this.#announce(changes);
  }
}

export function idOf(resource: EnvoyResource): string {
  return `${resource.type}:${resource.name}`;
}
