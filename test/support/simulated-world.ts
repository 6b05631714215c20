/** Random walks through a simulated fleet: publications, messages in any order, broken streams, restarts. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SimulatedEnvoy } from "./simulated-envoy.ts";
import { type EstateEdit, SimulatedEstate } from "./simulated-estate.ts";
import { SimulatedFleet } from "./simulated-fleet.ts";

export type Step =
  | { readonly do: "edit"; readonly edit: EstateEdit }
  | { readonly do: "speak" | "listen" | "reconnect"; readonly client: number }
  | { readonly do: "pass"; readonly milliseconds: number }
  | { readonly do: "join" | "restart" };

const MOST_CLIENTS = 3;

/** @param badShare percent of the edits that Envoy refuses */
export function steps(badShare: number): fc.Arbitrary<Step[]> {
  const edit = fc.record({
    kind: fc.constantFrom<EstateEdit["kind"][]>(
      "route",
      "route",
      "route",
      "removeHost",
      "endpoints",
      "cluster",
      "secret",
      "listener",
      "weights",
      "renewCluster",
    ),
    host: fc.nat(3),
    cluster: fc.nat(4),
    second: fc.nat(4),
    isBad: fc.nat(99).map((value) => value < badShare),
  });
  const client = fc.nat(MOST_CLIENTS - 1);
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: edit.map((each): Step => ({ do: "edit", edit: each })) },
      { weight: 12, arbitrary: client.map((each): Step => ({ do: "listen", client: each })) },
      { weight: 12, arbitrary: client.map((each): Step => ({ do: "speak", client: each })) },
      { weight: 1, arbitrary: client.map((each): Step => ({ do: "reconnect", client: each })) },
      { weight: 1, arbitrary: fc.nat(3000).map((milliseconds): Step => ({ do: "pass", milliseconds })) },
      { weight: 1, arbitrary: fc.constantFrom<Step[]>({ do: "join" }, { do: "restart" }) },
    ),
    { minLength: 20, maxLength: 200, size: "max" },
  );
}

export class World {
  fleet = new SimulatedFleet();
  readonly estate: SimulatedEstate;
  readonly clients: SimulatedEnvoy[] = [];

  /** @param tellsReferences false: resources are published without their references, as if nothing needed anything */
  constructor(tellsReferences = true) {
    this.estate = new SimulatedEstate(tellsReferences);
    this.fleet.publish(this.estate.edit({ kind: "route", host: 0, cluster: 0, second: 1, isBad: false }));
    this.join();
  }

  run(step: Step): void {
    switch (step.do) {
      case "edit":
        this.fleet.publish(this.estate.edit(step.edit));
        break;
      case "speak":
      case "listen":
      case "reconnect":
        this.clients[step.client % this.clients.length]?.[step.do]();
        break;
      case "pass":
        this.pass(step.milliseconds);
        break;
      case "join":
        if (this.clients.length < MOST_CLIENTS) this.join();
        break;
      case "restart":
        this.fleet = new SimulatedFleet(this.fleet.tainted);
        this.fleet.publish(this.estate.all());
        for (const client of this.clients) client.reconnect(this.fleet);
        break;
    }
  }

  join(): void {
    this.clients.push(new SimulatedEnvoy(this.fleet, ["r"]));
  }

  pass(milliseconds: number): void {
    // Envoy says what it has to say at once; only the network may split it up.
    for (const client of this.clients) while (client.speak());
    this.fleet.advance(milliseconds);
    for (const client of this.clients) client.timePasses();
  }

  /** Lets everyone talk until nobody has anything to say. */
  settle(): void {
    for (let round = 0; round < 10; round++) {
      for (let messages = 0; ; messages++) {
        assert.ok(messages < 10_000, "the talking has no end");
        let talked = false;
        for (const client of this.clients) {
          talked = client.speak() || talked;
          talked = client.listen() || talked;
        }
        if (!talked) break;
      }
      this.pass(20_000);
    }
  }
}
