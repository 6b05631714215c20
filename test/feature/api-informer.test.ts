/** What controllers are built on: the informer of Kubernetes' own client believes what the API lists, whatever happens. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { kubeconfigText } from "../../src/client/kubeconfig.ts";
import type { ControlPlaneOptions } from "../../src/control/control-plane.ts";
import { ApiEstate } from "../support/api-estate.ts";
import {
  manifest,
  type ObjectPlace,
  ObjectRequests,
  outcomeOf,
  pathOf,
  route,
  service,
} from "../support/api-objects.ts";
import { ApiWatch } from "../support/api-watch.ts";
import { freePort } from "../support/free-port.ts";
import { TestInformer } from "../support/informer.ts";
import { waitFor } from "../support/wait-for.ts";

const ALL_ROUTES: ObjectPlace = { kind: "HTTPRoute" };
const IN_SHOP: ObjectPlace = { kind: "HTTPRoute", namespace: "shop" };
/** Thirty of them are more than the API remembers of one kind. */
const BIG = "x".repeat(200_000);
const MORE_THAN_REMEMBERED = 30;

/** A network between a client and the API that can be down. */
class BreakableNetwork implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #isDown = false;

  private constructor(toPort: number) {
    this.#server = createServer((near) => {
      if (this.#isDown) {
        near.destroy();
        return;
      }
      const far = connect(toPort, "127.0.0.1");
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.pipe(to);
        from.on("error", () => {});
        from.once("close", () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  static async to(url: string): Promise<BreakableNetwork> {
    const network = new BreakableNetwork(Number(new URL(url).port));
    await new Promise<void>((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  goDown(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  comeBack(): void {
    this.#isDown = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.goDown();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let estate: ApiEstate;
let objects: ObjectRequests;
/** The same port again after a restart, as users have it. */
let options: Partial<ControlPlaneOptions>;

before(async () => {
  options = { api: { host: "127.0.0.1", port: await freePort(), names: [] } };
  estate = await ApiEstate.start(undefined, options);
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  for (const name of ["shop", "depot"]) await objects.make(manifest("Namespace", "", name));
  await objects.make(service("shop", "web"));
  for (const name of ["a", "b"]) await objects.make(route("shop", name, `${name}.test`));
});
after(() => estate[Symbol.asyncDispose]());

function follow(kubeconfigPath = estate.admin.kubeconfig): TestInformer {
  return TestInformer.start({ kubeconfigPath, resourcePath: pathOf(ALL_ROUTES) });
}

interface Named {
  readonly metadata?: { readonly namespace?: unknown; readonly name?: unknown };
}

function byPlace<Listed extends Named>(listed: readonly Listed[]): Readonly<Record<string, Listed>> {
  return Object.fromEntries(listed.map((each) => [`${each.metadata?.namespace}/${each.metadata?.name}`, each]));
}

/** Waits until every object is there as the API shows it, and none besides. @returns which they are, in order */
async function untilTheSame(informer: TestInformer): Promise<string[]> {
  let last: unknown;
  return waitFor(
    "the informer to have what the API lists",
    async () => {
      const listed = byPlace((await objects.list(ALL_ROUTES)).items);
      const believed = byPlace(informer.list());
      last = { listed, believed };
      try {
        assert.deepEqual(believed, listed);
        return Object.keys(listed).sort();
      } catch {
        return undefined;
      }
    },
    { last: () => last },
  );
}

function eventsOf(informer: TestInformer, name: string): string[] {
  return informer.events.flatMap((event) =>
    "object" in event && event.object.metadata?.name === name ? [event.type] : [],
  );
}

function connections(informer: TestInformer): number {
  return informer.events.filter(({ type }) => type === "connect").length;
}

test("what is created, changed and deleted is in the informer's cache as the API shows it", async () => {
  await using informer = follow();
  assert.deepEqual(await untilTheSame(informer), ["shop/a", "shop/b"]);
  await objects.make(route("depot", "c", "c.test"));
  assert.deepEqual(await untilTheSame(informer), ["depot/c", "shop/a", "shop/b"]);
  const changed = await objects.patch({ ...IN_SHOP, name: "a" }, { spec: { hostnames: ["other.test"] } });
  assert.equal(outcomeOf(changed), "200");
  await untilTheSame(informer);
  await objects.remove({ ...IN_SHOP, name: "b" });
  assert.deepEqual(await untilTheSame(informer), ["depot/c", "shop/a"]);
  assert.equal(eventsOf(informer, "c")[0], "add");
  assert.ok(eventsOf(informer, "a").includes("update"));
  assert.equal(eventsOf(informer, "b").at(-1), "delete");
  assert.equal(connections(informer), 1, "all of it over one watch");
});

test("a status that the control plane works out anew is an update", async () => {
  await using informer = follow();
  await untilTheSame(informer);
  const before = eventsOf(informer, "a").length;
  // The route stays as it is: what it refers to goes.
  await objects.remove({ kind: "Service", namespace: "shop", name: "web" });
  await informer.until("an update of the route", () => eventsOf(informer, "a").length > before);
  await untilTheSame(informer);
  await objects.make(service("shop", "web"));
  await untilTheSame(informer);
});

test("an informer outlives a restart of the control plane, and misses nothing of what comes after", async () => {
  await using informer = follow();
  const known = await untilTheSame(informer);
  const stopping = performance.now();
  await estate.stop();
  // It comes again at once, in the middle of the end: nobody waits for it, or a kept connection would take over a minute.
  assert.ok(performance.now() - stopping < 10_000, "nothing waits for its connections");
  await informer.until("the informer to notice", ({ events }) => events.at(-1)?.type === "error");
  const before = connections(informer);
  await estate.up(options);
  await objects.patch({ ...IN_SHOP, name: "a" }, { metadata: { labels: { after: "restart" } } });
  await objects.remove({ kind: "HTTPRoute", namespace: "depot", name: "c" });
  await objects.make(route("shop", "d", "d.test"));
  assert.deepEqual(await untilTheSame(informer), [...known.filter((each) => each !== "depot/c"), "shop/d"]);
  assert.ok(connections(informer) > before);
  assert.equal(informer.get("a", "shop")?.metadata?.labels?.after, "restart");
});

test("an informer that was away for longer than the API remembers is told so (410), and lists anew", async () => {
  await using network = await BreakableNetwork.to(estate.endpoint.url);
  const path = join(estate.base, "kubeconfig-through-network");
  const { token } = estate.admin;
  const { caPem } = estate.endpoint;
  writeFileSync(path, kubeconfigText({ url: network.url, caPem, token, user: "admin" }), { mode: 0o600 });
  await using informer = follow(path);
  await objects.make(route("shop", "going", "going.test"));
  await objects.make(route("shop", "big", "big.test"));
  assert.ok((await untilTheSame(informer)).includes("shop/going"));
  const { resourceVersion } = (await objects.list(ALL_ROUTES)).metadata;

  network.goDown();
  await informer.until("the informer to notice", ({ events }) => events.at(-1)?.type === "error");
  await objects.remove({ ...IN_SHOP, name: "going" });
  for (let turn = 0; turn < MORE_THAN_REMEMBERED; turn++) {
    const annotations = { "test/turn": `${turn} ${BIG}` };
    assert.equal(outcomeOf(await objects.patch({ ...IN_SHOP, name: "big" }, { metadata: { annotations } })), "200");
  }
  await objects.make(route("shop", "new", "new.test"));
  using watch = await ApiWatch.open(
    estate.admin.client,
    `${pathOf(ALL_ROUTES)}?watch=1&resourceVersion=${resourceVersion}`,
  );
  const { object } = await watch.untilEvent("ERROR");
  assert.deepEqual([object.code, object.reason], [410, "Expired"], "it can't go on from where it was");

  network.comeBack();
  const now = await untilTheSame(informer);
  assert.ok(now.includes("shop/new") && !now.includes("shop/going"));
  assert.deepEqual(eventsOf(informer, "going").slice(-1), ["delete"], "found out by listing");
  const updates = eventsOf(informer, "big").filter((type) => type === "update").length;
  assert.ok(updates < MORE_THAN_REMEMBERED, `${updates} updates of what changed ${MORE_THAN_REMEMBERED} times`);
  await objects.remove({ ...IN_SHOP, name: "big" });
  assert.ok(!(await untilTheSame(informer)).includes("shop/big"), "and goes on from there");
});
