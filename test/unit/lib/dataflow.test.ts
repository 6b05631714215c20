import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Graph } from "../../../src/lib/dataflow/graph.ts";
import { collection, query } from "../../../src/lib/dataflow/query.ts";

/** words (inputs) -> their letters (collection) -> the words of a letter (spawned) -> totals. */
function wordGraph() {
  const computed: string[] = [];
  const letters = collection<string>("letters", 1);
  const results = collection<string>("results", 3);
  const length = query<number>("length", 0, (read, word) => {
    computed.push(`length ${word}`);
    return String(read.input(word) ?? "").length;
  });
  const split = query<number>("split", 1, (read, word) => {
    computed.push(`split ${word}`);
    const text = String(read.input(word) ?? "");
    if (text.includes("!")) throw new Error("no shouting");
    for (const letter of new Set(text)) read.emit(letters, letter, word);
    return read.get(length, word);
  });
  const byLetter = query<string>("byLetter", 2, (read, letter) => {
    computed.push(`byLetter ${letter}`);
    return `${letter}:${read.gather(letters, letter).join(",")} of ${read.group("words").length}`;
  });
  const publish = query<null>("publish", 3, (read, letter) => {
    computed.push(`publish ${letter}`);
    read.emit(results, letter, read.get(byLetter, letter));
    return null;
  });
  const graph = new Graph();
  graph.spawnForGroup("words", split);
  graph.spawnForCollection(letters, publish);
  graph.watch(results);
  return { graph, results, computed, byLetter, split };
}

test("a change recomputes what it reaches and nothing else", () => {
  const { graph, results, computed } = wordGraph();
  graph.setInput("a", "xy", ["words"]);
  graph.setInput("b", "yz", ["words"]);
  graph.settle();
  assert.deepEqual(graph.items(results, "y"), ["y:a,b of 2"]);
  assert.deepEqual([...graph.takeChanges(results)].sort(), ["x", "y", "z"]);
  computed.length = 0;
  graph.setInput("b", "yw", ["words"]);
  graph.settle();
  assert.ok(!computed.includes("split a"), "the other word is left alone");
  assert.ok(!computed.includes("byLetter y"), "an unchanged contribution stops the change");
  assert.deepEqual([...graph.takeChanges(results)].sort(), ["w", "z"]);
  assert.deepEqual(graph.items(results, "z"), []);
});

test("a query that throws keeps its last good result and disturbs no other", () => {
  const { graph, results, split } = wordGraph();
  graph.setInput("a", "x", ["words"]);
  graph.setInput("b", "y", ["words"]);
  graph.settle();
  graph.setInput("a", "x!", ["words"]);
  graph.setInput("b", "z", ["words"]);
  const { defects } = graph.settle();
  assert.deepEqual(
    defects.map((defect) => defect.instance),
    ["split a"],
  );
  assert.equal(graph.peek(split, "a"), 1);
  assert.deepEqual(graph.items(results, "x"), ["x:a of 2"]);
  assert.deepEqual(graph.items(results, "z"), ["z:b of 2"]);
  graph.setInput("a", "q", ["words"]);
  assert.equal(graph.settle().defects.length, 0);
  assert.deepEqual(graph.items(results, "x"), []);
  assert.deepEqual(graph.items(results, "q"), ["q:a of 2"]);
});

test("reading a query of equal or higher rank is refused", () => {
  const graph = new Graph();
  const upper = query<number>("upper", 1, () => 1);
  const lower = query<number>("lower", 1, (read, argument) => read.get(upper, argument));
  graph.spawnForGroup("g", lower);
  graph.setInput("k", 1, ["g"]);
  const { defects } = graph.settle();
  assert.match(String(defects[0]?.error), /its rank is not lower/);
});

test("after any series of edits the graph equals one that was made from the final inputs", () => {
  const word = fc.constantFrom("a", "b", "c", "d");
  const text = fc.option(fc.string({ unit: fc.constantFrom("x", "y", "z"), maxLength: 3 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(fc.array(fc.tuple(word, text), { maxLength: 3 }), { maxLength: 12 }), (batches) => {
      const edited = wordGraph();
      const final = new Map<string, string>();
      for (const batch of batches) {
        for (const [key, value] of batch) {
          edited.graph.setInput(key, value, ["words"]);
          if (value === undefined) final.delete(key);
          else final.set(key, value);
        }
        assert.equal(edited.graph.settle().defects.length, 0);
      }
      const fresh = wordGraph();
      for (const [key, value] of final) fresh.graph.setInput(key, value, ["words"]);
      fresh.graph.settle();
      for (const letter of ["x", "y", "z"]) {
        assert.deepEqual(edited.graph.items(edited.results, letter), fresh.graph.items(fresh.results, letter));
      }
    }),
    { numRuns: 300 },
  );
});
