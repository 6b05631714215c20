import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { landbridge, Printed, startCommand } from "../../support/command-line.ts";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { freePort } from "../../support/free-port.ts";

const estate = (gatewayPort: number, servicePort: number) => `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: landbridge }
spec: { controllerName: landbridge.dev/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: landbridge, listeners: [ { name: http, port: ${gatewayPort}, protocol: HTTP } ] }
---
apiVersion: landbridge.dev/v1alpha1
kind: Platform
metadata: { name: here }
spec: { type: Static, static: { services: [ { name: front, endpoints: [ "127.0.0.1:${servicePort}" ] } ] } }
---
apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: front, namespace: shop }
spec: { port: 80, backends: [ { name: vm, platform: here } ] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: front, namespace: shop }
spec:
  parentRefs: [ { name: edge } ]
  hostnames: [ shop.localhost ]
  rules: [ { backendRefs: [ { group: landbridge.dev, kind: HybridService, name: front } ] } ]
`;

test("up says where the gateway answers, tells problems as they come and go, and stops cleanly on SIGINT", async () => {
  await using directory = new ConfigDirectory();
  const service = createServer((_, response) => response.end("from the VM")).listen(0, "127.0.0.1");
  await once(service, "listening");
  const port = await freePort();
  directory.write("estate.yaml", estate(port, (service.address() as AddressInfo).port));
  const stateDir = `${directory.base}/state`;
  const accessLog = `${directory.base}/access.log`;
  const args = ["--state-dir", stateDir, "up", directory.path, "--bind", "127.0.0.1", "--concurrency", "1"];
  const up = startCommand([...args, "--access-log", accessLog]);
  try {
    const out = new Printed(up.stdout);
    const err = new Printed(up.stderr);
    const ready = await out.until(/^ready in [\d.]+ s\n {2}http:.*\n/m);
    assert.match(ready, new RegExp(`http://shop\\.localhost:${port}/ {2}\\(Gateway/shop/edge, listener http\\)`));
    const answer = await fetchText(port);
    assert.equal(answer, "from the VM");

    const second = await landbridge(args);
    assert.match(second.err, new RegExp(`error: .*already running.*pid ${up.pid} \\(LB6001\\)`));
    assert.equal(second.code, 1);

    const traced = await landbridge([
      "--state-dir",
      stateDir,
      "trace",
      "GET",
      `http://shop.localhost:${port}/cart`,
      "--live",
    ]);
    assert.match(traced.out, /Served by: +leg hybrid\/shop\/front\/vm at 127\.0\.0\.1:\d+/);

    directory.write("broken.yaml", "spec: [ {\n");
    await err.until(/broken\.yaml:\d+:\d+: error LB1\d{3} .*\n/);
    directory.write("broken.yaml", "# empty for now\n");
    await err.until(/solved: LB1\d{3} .*broken\.yaml\n/);
  } finally {
    up.kill("SIGINT");
    await once(up, "close");
    service.close();
  }
  assert.equal(up.exitCode, 0);
  assert.deepEqual(
    readdirSync(stateDir).filter((name) => name.endsWith(".sock")),
    [],
  );
});

function fetchText(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get({ host: "127.0.0.1", port, headers: { host: "shop.localhost" }, agent: false }, (response) =>
    resolve(text(response)),
  ).on("error", reject);
  return promise;
}

test("what Envoy would stumble over is wrong usage", async () => {
  for (const option of [
    ["--concurrency", "x"],
    ["--concurrency", "0"],
    ["--bind", "nonsense"],
  ]) {
    const { code, err } = await landbridge(["up", "no-such-directory", ...option]);
    assert.deepEqual([code, /is invalid\. Give /.test(err)], [2, true], option.join(" "));
  }
});
