import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { TraceListener, TraceResult } from "../../../src/model/trace.ts";
import { landbridge } from "../../support/command-line.ts";
import { ServedView } from "../../support/local-api.ts";

let served: ServedView;
const trace = (...args: string[]) => landbridge(["trace", ...args], { LANDBRIDGE_STATE_DIR: served.stateDir });

before(async () => {
  served = await ServedView.start();
});
after(() => served[Symbol.asyncDispose]());

const listener: TraceListener = {
  gateway: "Gateway/infra/edge",
  name: "port-8080",
  listeners: ["http"],
  address: "127.0.0.1",
  port: 8080,
  tls: false,
};

const forwarded: TraceResult = {
  listener,
  table: "8080",
  hostname: "shop.example.com",
  candidates: [
    {
      route: "shop/admin/rule/0/match/0",
      source: "HTTPRoute/shop/admin",
      matched: false,
      reason: "path /cart is not under /admin",
    },
    {
      route: "shop/front/rule/0/match/0",
      source: "HTTPRoute/shop/front",
      matched: true,
      reason: "it matches and comes first",
    },
  ],
  chosen: "shop/front/rule/0/match/0",
  legs: [
    {
      leg: "hybrid/shop/front/vm",
      weight: 3,
      percent: 75,
      endpoints: { state: "known", endpoints: [{ address: "::1", port: 80 }] },
    },
    {
      leg: undefined,
      weight: 1,
      percent: 25,
      endpoints: { state: "unknown", endpoints: [], reason: "no such service" },
    },
  ],
  action: { kind: "forward", path: "/cart", sticky: "cookie lb" },
};

test("a trace says what takes the request, and of each route why", async () => {
  served.view.traceView = forwarded;
  const { out, code } = await trace("get", "http://shop.example.com:8080/cart", "-H", "x-staff: yes", "-H", "x-b: c");
  assert.equal(code, 0);
  assert.deepEqual(served.view.traced?.headers, [
    { name: "x-staff", value: "yes" },
    { name: "x-b", value: "c" },
  ]);
  assert.match(out, /Listener: +http \(127\.0\.0\.1:8080\)\n/);
  assert.match(out, /Route: +shop\/front\/rule\/0\/match\/0\nAction: +forward as \/cart, sticky by cookie lb\n/);
  assert.match(out, / {2}hybrid\/shop\/front\/vm +75% +<as asked> +\[::1\]:80\n {2}<unresolved: answers 500> +25%/);
  assert.match(
    out,
    / {7}shop\/admin\/rule\/0\/match\/0 +HTTPRoute\/shop\/admin +no +path \/cart is not under \/admin\n/,
  );
  assert.match(out, / {2}-> +shop\/front\/rule\/0\/match\/0 +HTTPRoute\/shop\/front +yes +it matches/);
});

test("no listener is a failure, and so is what is no URL", async () => {
  served.view.traceView = {
    candidates: [],
    legs: [],
    action: { kind: "fail", status: 404, reason: "no listener answers there" },
  };
  const nobody = await trace("GET", "http://shop.example.com:81/");
  assert.match(nobody.out, /Action: +no answer: no listener answers there\n/);
  assert.equal(nobody.code, 1);
  const nonsense = await trace("GET", "shop");
  assert.match(nonsense.err, /LB6204/);
  assert.equal(nonsense.code, 1);
});

test("--live sends the request to the listener's own address and finds who served it in the access log", async () => {
  const accessLog = join(served.stateDir, "access.log");
  writeFileSync(accessLog, '{"requestId":"old","leg":"wrong"}\n');
  const gateway = createServer((request, response) => {
    const line = {
      requestId: request.headers["x-request-id"],
      leg: "hybrid/shop/front/vm",
      upstream: "10.1.0.4:80",
      route: "shop/front/rule/0/match/0",
    };
    response.end(`${request.headers.host} ${request.url} ${request.headers["x-staff"]}`);
    appendFileSync(accessLog, `${JSON.stringify(line)}\n`);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => gateway.once("listening", resolve));
  const { port } = gateway.address() as AddressInfo;
  served.view.infoView = { ...served.view.infoView, accessLog };
  served.view.traceView = { ...forwarded, listener: { ...listener, address: "0.0.0.0", port } };
  const asked = ["GET", "http://shop.example.com:8080/cart?x=1", "-H", "x-staff: yes", "--live"];
  const { out, code } = await trace(...asked);
  const document = JSON.parse((await trace(...asked, "-o", "json")).out);
  gateway.close();
  assert.equal(code, 0);
  assert.match(out, /Status: +200 OK\n/);
  assert.match(
    out,
    /Served by: +leg hybrid\/shop\/front\/vm at 10\.1\.0\.4:80 \(route shop\/front\/rule\/0\/match\/0\)\n/,
  );
  assert.match(out, /Body:\n +shop\.example\.com:8080 \/cart\?x=1 yes\n/);
  assert.deepEqual([document.chosen, document.answer.status], [forwarded.chosen, 200]);
  assert.match(document.answer.servedBy, /^leg hybrid\/shop\/front\/vm/);
});

test("--live to a gateway that is not there says so", async () => {
  const unused = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => unused.once("listening", resolve));
  const { port } = unused.address() as AddressInfo;
  await new Promise((resolve) => unused.close(resolve));
  served.view.traceView = { ...forwarded, listener: { ...listener, port } };
  const { err, code } = await trace("GET", "http://shop.example.com:8080/cart", "--live");
  assert.match(err, /gave no answer on 127\.0\.0\.1:\d+: .*ECONNREFUSED.* \(LB6206\)/);
  assert.equal(code, 1);
});
