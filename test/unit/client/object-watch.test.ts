import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import type { ApiResource } from "../../../src/client/api-types.ts";
import { watchObjects } from "../../../src/client/object-watch.ts";
import { type ApiScript, answerJson, ScriptedApi } from "../../support/scripted-api.ts";

const THINGS: ApiResource = {
  group: "",
  version: "v1",
  kind: "Thing",
  resource: "things",
  singular: "thing",
  shortNames: [],
  categories: [],
  namespaced: false,
  verbs: [],
  subresources: [],
};

function thing(name: string, resourceVersion: number, uid = name) {
  return { metadata: { name, uid, resourceVersion: String(resourceVersion) } };
}

function line(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

/** What a watch tells until `count` events have come, as "ADDED a". */
async function told(script: ApiScript, count: number) {
  await using api = await ScriptedApi.start(script);
  const transport = api.transport();
  const stop = new AbortController();
  const events: string[] = [];
  for await (const event of watchObjects(transport, THINGS, "", { signal: stop.signal, random: () => 1 })) {
    if ("problem" in event) events.push(event.problem.code);
    else if (event.value.type === "SYNCED") events.push("SYNCED");
    else events.push(`${event.value.type} ${event.value.object.metadata.name}`);
    if (events.length === count) stop.abort();
  }
  transport.close();
  return { events, requests: api.requests };
}

test("a watch goes on behind the last revision that it was told, bookmarks included", async () => {
  let watches = 0;
  const { events, requests } = await told((request, response) => {
    if (!request.url?.includes("watch=1"))
      return answerJson(response, 200, { metadata: { resourceVersion: "5" }, items: [thing("a", 3)] });
    watches++;
    response.writeHead(200);
    if (watches === 1) {
      line(response, "ADDED", thing("b", 6));
      line(response, "BOOKMARK", { metadata: { resourceVersion: "9" } });
      response.end();
    } else if (watches === 2) {
      // Broken off in the middle of a line.
      line(response, "MODIFIED", thing("a", 10));
      response.write('{"type":"ADD', () => response.destroy());
    } else line(response, "DELETED", thing("a", 11));
  }, 5);
  assert.deepEqual(events, ["ADDED a", "SYNCED", "ADDED b", "MODIFIED a", "DELETED a"]);
  const from = requests.map((request) => /resourceVersion=(\d+)/.exec(request)?.[1]);
  assert.deepEqual(from, [undefined, "5", "9", "10"]);
});

test("when its revision is forgotten it finds what changed by a new list: nothing is missed or told twice", async () => {
  let lists = 0;
  const { events } = await told((request, response) => {
    if (request.url?.includes("watch=1")) {
      if (lists > 1) return;
      response.writeHead(200);
      line(response, "ERROR", { kind: "Status", code: 410, reason: "Expired" });
      response.end();
      return;
    }
    lists++;
    const first = [thing("same", 1), thing("goes", 2), thing("changes", 3), thing("again", 4, "old")];
    const second = [thing("same", 1), thing("changes", 8), thing("again", 9, "new"), thing("comes", 7)];
    answerJson(response, 200, { metadata: { resourceVersion: "9" }, items: lists === 1 ? first : second });
  }, 10);
  assert.deepEqual(events.slice(0, 5), ["ADDED same", "ADDED goes", "ADDED changes", "ADDED again", "SYNCED"]);
  const later = ["DELETED goes", "DELETED again", "MODIFIED changes", "ADDED again", "ADDED comes"];
  assert.deepEqual(events.slice(5), later);
});

test("who isn't let in isn't let in by asking again; an API that is ill is asked again, within a bound", async () => {
  const refused = await told((_, response) => answerJson(response, 403, { kind: "Status", code: 403 }), 10);
  assert.deepEqual([refused.events, refused.requests.length], [["LB6114"], 1]);
  let asked = 0;
  const recovered = await told((_, response) => {
    asked++;
    if (asked < 3) answerJson(response, 503, { kind: "Status", code: 503 });
    else answerJson(response, 200, { metadata: { resourceVersion: "1" }, items: [] });
  }, 1);
  assert.deepEqual(recovered.events, ["SYNCED"]);
});
