import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { ApiTransport } from "../../../src/client/api-transport.ts";
import { makeAuthority } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { answerJson, ScriptedApi } from "../../support/scripted-api.ts";

const CALL = { method: "GET", path: "/x" };

test("each way of not being answered has a code of its own, and says where it happened", async () => {
  await using api = await ScriptedApi.start((request, response) => {
    const failures: Readonly<Record<string, () => void>> = {
      "/401": () => answerJson(response, 401, { kind: "Status", message: "Unauthorized", code: 401 }),
      "/403": () => answerJson(response, 403, { kind: "Status", message: "no", reason: "Forbidden", code: 403 }),
      "/409": () => answerJson(response, 409, { kind: "Status", message: "changed", reason: "Conflict" }),
      "/own": () => answerJson(response, 403, { kind: "Status", message: "it is built in (LB6012). Make another" }),
      "/html": () => response.writeHead(502).end("<html>bad gateway"),
      "/text": () => response.writeHead(200).end("no JSON"),
      "/break": () => response.socket?.destroy(),
    };
    failures[request.url ?? ""]?.();
  });
  const transport = api.transport();
  const problemOf = async (path: string, of = transport) => {
    const answer = await of.json({ ...CALL, path });
    assert.ok("problem" in answer, path);
    return answer.problem;
  };
  assert.equal((await problemOf("/401")).code, "LB6113");
  assert.equal((await problemOf("/403")).code, "LB6114");
  const conflict = await problemOf("/409");
  assert.deepEqual([conflict.code, conflict.message, conflict.status?.code], ["LB6116", "changed", 409]);
  const own = await problemOf("/own");
  assert.deepEqual([own.code, own.message, own.hint], ["LB6012", "it is built in", "Make another"]);
  assert.equal((await problemOf("/html")).code, "LB6117");
  assert.equal((await problemOf("/text")).code, "LB6117");
  assert.equal((await problemOf("/break")).code, "LB6115");
  const stranger = await makeAuthority("Another CA");
  const wrongCa = await problemOf("/", new ApiTransport({ url: api.url, caPem: stranger.certificate }));
  assert.equal(wrongCa.code, "LB6112");
  assert.match(wrongCa.message, new RegExp(api.url));
  const nobody = await problemOf("/", new ApiTransport({ url: `https://127.0.0.1:${await freePort()}` }));
  assert.equal(nobody.code, "LB6111");
  transport.close();
});

test("a server that stays silent is given up", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const address = silent.address();
  assert.ok(typeof address === "object" && address);
  const transport = new ApiTransport({ url: `https://127.0.0.1:${address.port}` });
  const answer = await transport.json({ ...CALL, silenceMs: 50 });
  assert.ok("problem" in answer);
  assert.equal(answer.problem.code, "LB6115");
  assert.match(answer.problem.message, /no answer for 0\.05 s/);
  silent.close();
});

test("a kept connection that the server has closed costs no read, and a write isn't repeated", async () => {
  let isClosing = false;
  await using api = await ScriptedApi.start((request, response) => {
    if (isClosing) {
      isClosing = false;
      request.socket.destroy();
    } else answerJson(response, 200, {});
  });
  const transport = api.transport();
  assert.ok("value" in (await transport.json(CALL)));
  isClosing = true;
  assert.ok("value" in (await transport.json(CALL)));
  isClosing = true;
  const written = await transport.json({ ...CALL, method: "POST", body: "{}" });
  assert.ok("problem" in written);
  assert.equal(api.requests.filter((request) => request.startsWith("POST")).length, 1);
  transport.close();
});

test("warnings of the API reach who asks for them, with their quotes", async () => {
  await using api = await ScriptedApi.start((_, response) => {
    response.setHeader("warning", ['299 - "unknown field \\"spec.x\\""', '299 - "b, c"', '199 - "not ours"']);
    answerJson(response, 200, {});
  });
  const transport = api.transport();
  await transport.json(CALL);
  assert.deepEqual(api.warnings, ['unknown field "spec.x"', "b, c"]);
  transport.close();
});
