/**
 * What every discovery provider promises. Each implementation brings a way to change where its services are.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProviderFactory } from "../../src/discovery/provider.ts";
import { type EndpointQuery, type EndpointSet, endpointKey } from "../../src/model/endpoints.ts";
import type { Platform } from "../../src/model/platform.ts";
import { eventually } from "./supervised-envoy.ts";

/** One platform of the kind under test. All services listen on port 80. */
export interface ContractPlatform extends AsyncDisposable {
  readonly platform: Platform;
  /** Addresses of the service from now on; none: the service is gone. Returns the Platform, changed or not. */
  place(service: string, addresses: readonly string[]): Platform;
}

export interface Recorded {
  readonly key: string;
  readonly set: EndpointSet;
}

/** Collects what a provider publishes. */
export class Recorder {
  readonly all: Recorded[] = [];
  readonly publish = (query: EndpointQuery, set: EndpointSet) => {
    this.all.push({ key: endpointKey(query), set });
  };

  last(query: EndpointQuery): EndpointSet | undefined {
    return this.all.findLast(({ key }) => key === endpointKey(query))?.set;
  }

  count(query: EndpointQuery): number {
    return this.all.filter(({ key }) => key === endpointKey(query)).length;
  }
}

export function queryFor(service: string): EndpointQuery {
  return { platform: "under-test", namespace: "shop", service, port: 80 };
}

function addresses(set: EndpointSet | undefined): readonly string[] {
  return (set?.endpoints ?? []).map(({ address, port }) => `${address}:${port}`).sort();
}

export function discoveryContract(name: string, create: ProviderFactory, make: () => Promise<ContractPlatform>): void {
  const withProvider = (
    promise: string,
    run: (parts: { place: ContractPlatform["place"]; recorder: Recorder } & ProviderParts) => Promise<void>,
  ) =>
    test(`${name}: ${promise}`, async () => {
      await using world = await make();
      const recorder = new Recorder();
      const start = (service: string, ...places: string[]) => create(world.place(service, places), recorder.publish);
      const provider = start("front", "10.0.0.2", "10.0.0.1");
      try {
        await run({ place: (service, places) => world.place(service, places), recorder, provider });
      } finally {
        await provider.close();
      }
    });

  withProvider("a wanted service is published with all its endpoints", async ({ recorder, provider }) => {
    provider.want(queryFor("front"));
    await eventually("an answer", () => recorder.count(queryFor("front")) === 1);
    assert.equal(recorder.last(queryFor("front"))?.state, "known");
    assert.deepEqual(addresses(recorder.last(queryFor("front"))), ["10.0.0.1:80", "10.0.0.2:80"]);
  });

  withProvider("wanting twice is answered once", async ({ recorder, provider, place }) => {
    place("other", ["10.0.0.9"]);
    provider.want(queryFor("front"));
    provider.want(queryFor("front"));
    provider.configure(place("other", ["10.0.0.9"]));
    provider.want(queryFor("other"));
    await eventually(
      "both answers",
      () => recorder.count(queryFor("other")) === 1 && recorder.count(queryFor("front")) > 0,
    );
    assert.equal(recorder.count(queryFor("front")), 1);
  });

  withProvider("a change is published", async ({ recorder, provider, place }) => {
    provider.want(queryFor("front"));
    await eventually("the first answer", () => recorder.count(queryFor("front")) === 1);
    provider.configure(place("front", ["10.0.0.1", "10.0.0.3"]));
    await eventually("the second answer", () => recorder.count(queryFor("front")) === 2);
    assert.deepEqual(addresses(recorder.last(queryFor("front"))), ["10.0.0.1:80", "10.0.0.3:80"]);
  });

  withProvider("another order of the same endpoints is no change", async ({ recorder, provider, place }) => {
    provider.want(queryFor("front"));
    await eventually("the first answer", () => recorder.count(queryFor("front")) === 1);
    place("front", ["10.0.0.1", "10.0.0.2"]);
    provider.configure(place("later", ["10.0.0.7"]));
    provider.want(queryFor("later"));
    await eventually("a later answer", () => recorder.count(queryFor("later")) === 1);
    assert.equal(recorder.count(queryFor("front")), 1);
  });

  withProvider("a forgotten service is not published any more", async ({ recorder, provider, place }) => {
    provider.want(queryFor("front"));
    provider.forget(queryFor("front"));
    const before = recorder.count(queryFor("front"));
    place("front", ["10.0.0.5"]);
    provider.configure(place("later", ["10.0.0.7"]));
    provider.want(queryFor("later"));
    await eventually("a later answer", () => recorder.count(queryFor("later")) === 1);
    assert.equal(recorder.count(queryFor("front")), before);
  });

  withProvider("an unknown service has a reason with a code, and is found once it is there", async (parts) => {
    const { recorder, provider, place } = parts;
    provider.want(queryFor("missing"));
    await eventually("an answer", () => recorder.count(queryFor("missing")) === 1);
    const set = recorder.last(queryFor("missing"));
    assert.ok(set?.state === "unknown");
    assert.match(set.reason, /missing.*\(LB5\d\d\d\)/);
    provider.configure(place("missing", ["10.0.0.8"]));
    await eventually("it is found", () => recorder.last(queryFor("missing"))?.state === "known");
  });

  withProvider("nothing is published after close", async ({ recorder, provider, place }) => {
    provider.want(queryFor("front"));
    await eventually("the first answer", () => recorder.count(queryFor("front")) === 1);
    const closed = provider.close();
    provider.configure(place("front", ["10.0.0.5"]));
    await closed;
    assert.equal(recorder.all.length, 1);
  });
}

interface ProviderParts {
  readonly provider: ReturnType<ProviderFactory>;
}
