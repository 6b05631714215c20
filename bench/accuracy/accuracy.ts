/** Splits are what they say, and users stay where they are while a split moves one way. */
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { hostnameOf, hostPath, hostText, namespaceOf, vmBackend } from "../estate/estate.ts";
import { routeText, serviceText } from "../estate/objects.ts";
import { prepare, type RunningSetting, start } from "../live/setting.ts";
import { atMost, type Figure } from "../report/figure.ts";
import { single } from "../report/sample.ts";
import { askAll } from "./crowd.ts";

const SHARES = [1, 5, 25, 50];
const REQUESTS = 100_000;
const ALLOWED_POINTS = 0.5;
const USERS = 4_000;
const STEPS = [0, 1, 5, 25, 50, 75, 100];

export const accuracy: Benchmark = {
  name: "accuracy",
  summary: "splits over 100,000 requests, and 4,000 sticky users while the weight grows",
  async run(options) {
    const running = await start(await prepare(100, options), options);
    const figures: Figure[] = [];
    for (const share of options.quick ? [5] : SHARES) figures.push(await deviation(running, share, options));
    figures.push(await sideChanges(running, "header", options), await sideChanges(running, "cookie", options));
    return figures;
  },
};

async function deviation(running: RunningSetting, share: number, { quick, say }: BenchmarkOptions): Promise<Figure> {
  const requests = quick ? REQUESTS / 5 : REQUESTS;
  say(`${requests} requests at ${share}%`);
  const { scratch, ports, landbridge } = running;
  scratch.replace(hostPath(0), hostText(0, ["/app"], share));
  await landbridge.servesSplit(namespaceOf(0), "shop-0", [100 - share, share]);
  const ask = { hostname: hostnameOf(0), headers: "" };
  const answers = await askAll(
    ports.gateway,
    Array.from({ length: requests }, () => ask),
  );
  const onNew = answers.filter(({ body }) => body === "b").length;
  return {
    name: `${share}% over ${requests} requests: off by`,
    unit: "points",
    sample: single(Math.abs((100 * onNew) / requests - share)),
    // Chance alone moves fewer requests further, with the root of their number.
    targets: [atMost("max", ALLOWED_POINTS * Math.sqrt(REQUESTS / requests))],
  };
}

interface User {
  readonly id: number;
  /** As the gateway set it. */
  cookie: string | undefined;
  isOnNew: boolean;
}

/** How many users ever went back, or answered differently at one weight. */
async function sideChanges(
  running: RunningSetting,
  kind: "header" | "cookie",
  { say }: BenchmarkOptions,
): Promise<Figure> {
  say(`${USERS} users, sticky by ${kind}`);
  const service = new StickyService(running, kind);
  const users = Array.from({ length: USERS }, (_, id): User => ({ id, cookie: undefined, isOnNew: false }));
  let changes = 0;
  const shares: string[] = [];
  for (const step of STEPS) {
    await service.setShare(step);
    changes += await service.visit(users);
    changes += await service.visit(users, "stay");
    shares.push(`${step}%: ${((100 * users.filter(({ isOnNew }) => isOnNew).length) / USERS).toFixed(1)}`);
  }
  return {
    name: `of ${USERS} users sticky by ${kind}, changed sides`,
    unit: "count",
    sample: single(changes),
    targets: [atMost("max", 0)],
    note: `each asked twice at each step; percent of users on the new side at ${shares.join(", ")}`,
  };
}

class StickyService {
  readonly #running: RunningSetting;
  readonly #kind: "header" | "cookie";
  readonly #name: string;

  constructor(running: RunningSetting, kind: "header" | "cookie") {
    this.#running = running;
    this.#kind = kind;
    this.#name = `sticky-${kind}`;
  }

  get #hostname(): string {
    return `${this.#name}.example.com`;
  }

  async setShare(share: number): Promise<void> {
    const [namespace, name] = ["team-sticky", this.#name];
    const stickiness = [this.#kind === "header" ? { header: { name: "x-user" } } : { cookie: { name: "cohort" } }];
    const backends = [vmBackend(0, 100 - share), { name: "k8s", platform: "new", service: "shop", weight: share }];
    const route = routeText({ hostname: this.#hostname, namespace, name, paths: ["/app"] });
    this.#running.scratch.replace(`hosts/${name}.yaml`, route + serviceText({ namespace, name, backends, stickiness }));
    await this.#running.landbridge.servesSplit(namespace, name, [100 - share, share]);
  }

  /** @param only "stay": the weight has not moved, so nobody may go either way. @returns how many wrongly changed sides */
  async visit(users: readonly User[], only?: "stay"): Promise<number> {
    const asks = users.map((user) => ({ hostname: this.#hostname, headers: this.#headersOf(user) }));
    const answers = await askAll(this.#running.ports.gateway, asks);
    let wrong = 0;
    for (const [index, user] of users.entries()) {
      const answer = answers[index];
      const isOnNew = answer?.body === "b";
      if (user.isOnNew !== isOnNew && (only === "stay" || user.isOnNew)) wrong += 1;
      user.isOnNew = isOnNew;
      user.cookie ??= /\r\nset-cookie: (cohort=[^;\r]+)/i.exec(answer?.head ?? "")?.[1];
    }
    if (this.#kind === "cookie" && users.some(({ cookie }) => cookie === undefined))
      throw new Error("a user got no cookie");
    return wrong;
  }

  #headersOf({ id, cookie }: User): string {
    if (this.#kind === "header") return `x-user: user-${id}\r\n`;
    return cookie === undefined ? "" : `cookie: ${cookie}\r\n`;
  }
}
