/** For tests of what the API refuses. */
import assert from "node:assert/strict";
import type { ApiAnswer } from "./api-client.ts";
import type { ApiEstate } from "./api-estate.ts";
import { manifest, ObjectRequests, outcomeOf, service, statusOf } from "./api-objects.ts";

/** Of namespace shop. */
export const SERVICES = "/api/v1/namespaces/shop/services";
export const JSON_TYPE = { "content-type": "application/json" };

/** An estate with a Service shop/kept in it, and a namespace pay beside. */
export class RefusingEstate {
  readonly estate: ApiEstate;
  readonly objects: ObjectRequests;

  private constructor(estate: ApiEstate) {
    this.estate = estate;
    this.objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  }

  static async in(estate: ApiEstate): Promise<RefusingEstate> {
    const refusing = new RefusingEstate(estate);
    for (const name of ["shop", "pay"]) await refusing.objects.make(manifest("Namespace", "", name));
    await refusing.objects.make(service("shop", { name: "kept", annotations: { note: "as it was" } }));
    return refusing;
  }

  /** Fails when what is done changes any object. */
  async assertChangesNothing(act: () => Promise<unknown>): Promise<void> {
    const before = await this.#everything();
    await act();
    assert.equal(await this.#everything(), before);
  }

  post(path: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = JSON_TYPE) {
    return this.estate.fetch(path, { method: "POST", headers, body });
  }

  assertNoDefect(): void {
    assert.ok(!this.estate.log.some((line) => line.includes("defect")));
  }

  async #everything(): Promise<string> {
    const within = ["Service", "HTTPRoute", "Secret", "Role"].map((kind) => ({ kind, namespace: "shop" }));
    const lists = await Promise.all([...within, { kind: "Namespace" }].map((place) => this.objects.get(place)));
    return JSON.stringify(lists.map((answer) => answer.json().items));
  }
}

/** @param outcome "404 NotFound" */
export function assertRefused(answer: ApiAnswer, outcome: string): void {
  assert.equal(answer.headers["content-type"], "application/json", answer.text);
  assert.equal(outcomeOf(answer), outcome, answer.text.slice(0, 500));
  const { kind, status, code, message = "" } = statusOf(answer);
  assert.deepEqual([kind, status, code], ["Status", "Failure", answer.status]);
  assert.ok(message.length > 0 && answer.text.length < 60_000, "it says why, in few words");
}
