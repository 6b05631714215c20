/** Trying inputs out leaves a graph as if nothing had happened. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Graph } from "../../../src/lib/dataflow/graph.ts";
import { collection, query } from "../../../src/lib/dataflow/query.ts";

/**
 * words (inputs) -> their letters (collection) -> the words of a letter (spawned) -> results. A "!" makes it throw, and
 * ">b" quotes the word b.
 */
function wordGraph() {
  const letters = collection<string>("letters", 1);
  const results = collection<{ readonly text: string }>("results", 3);
  const length = query<number>("length", 0, (read, word) => String(read.input(word) ?? "").length);
  const quote = query<string>("quote", 0, (read, word) => {
    const text = String(read.input(word) ?? "");
    if (text.includes("!")) throw new Error("no shouting");
    return text;
  });
  const split = query<readonly string[]>("split", 1, (read, word) => {
    const own = String(read.input(word) ?? "");
    if (own.includes("!")) throw new Error("no shouting");
    const text = own.startsWith(">") ? read.get(quote, own.slice(1)) : own;
    for (const letter of new Set(text)) read.emit(letters, letter, word);
    return [text, String(read.get(length, word))];
  });
  const byLetter = query<string>(
    "byLetter",
    2,
    (read, letter) => `${letter}:${read.gather(letters, letter).join(",")} of ${read.group("words").length}`,
  );
  const publish = query<null>("publish", 3, (read, letter) => {
    read.emit(results, letter, { text: read.get(byLetter, letter) });
    return null;
  });
  const graph = new Graph();
  graph.spawnForGroup("words", split);
  graph.spawnForCollection(letters, publish);
  graph.watch(results);
  const set = (word: string, text: string | undefined) => graph.setInput(word, text, ["words"]);
  const all = () => ({
    results: graph.keys(results, "").map((letter) => graph.items(results, letter)),
    splits: graph.argumentsOf(split, "").map((word) => [word, graph.peek(split, word)]),
    quotes: graph.argumentsOf(quote, "").map((word) => [word, graph.peek(quote, word)]),
    letters: graph.argumentsOf(byLetter, "").map((letter) => graph.peek(byLetter, letter)),
    words: graph.group("words"),
    inputs: graph.group("words").map((word) => graph.input(word)),
  });
  const changes = () => [...graph.takeChanges(results)].sort();
  return { graph, results, split, set, all, changes };
}

const word = fc.constantFrom("a", "b", "c", "d");
const text = fc.option(fc.constantFrom("x", "xy", "yz", "x!", "!", "zz", ">b", ">c"), { nil: undefined });
const edits = fc.array(fc.tuple(word, text), { minLength: 1, maxLength: 3 });
const steps = fc.array(fc.record({ tried: fc.boolean(), edits }), { maxLength: 12 });

test("among any edits, also ones that throw, those that are only tried out leave no trace", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const [tried, spared] = [wordGraph(), wordGraph()];
      for (const step of all) {
        const apply = (graph: ReturnType<typeof wordGraph>) => {
          for (const [name, value] of step.edits) graph.set(name, value);
          graph.graph.settle();
        };
        if (step.tried) {
          tried.graph.tryOut(() => apply(tried));
          assert.deepEqual(tried.changes(), []);
        } else {
          apply(tried);
          apply(spared);
          assert.deepEqual(tried.changes(), spared.changes());
        }
        assert.deepEqual(tried.all(), spared.all());
      }
    }),
    { numRuns: 500 },
  );
});

test("what is seen while trying is what would be", () => {
  fc.assert(
    fc.property(edits, edits, (before, after) => {
      const [tried, real] = [wordGraph(), wordGraph()];
      const apply = ({ graph, set }: ReturnType<typeof wordGraph>, list: typeof before) => {
        for (const [name, value] of list) set(name, value);
        graph.settle();
      };
      for (const each of [tried, real]) apply(each, before);
      for (const each of [tried, real]) each.changes();
      const { result } = tried.graph.tryOut(() => {
        apply(tried, after);
        return { seen: tried.all(), changes: tried.changes() };
      });
      apply(real, after);
      assert.deepEqual(result, { seen: real.all(), changes: real.changes() });
    }),
  );
});

test("values that come back are the very same ones, so that whoever holds them holds no second copy", () => {
  const { graph, results, split, set } = wordGraph();
  set("a", "xy");
  set("b", "x");
  graph.settle();
  const [item] = graph.items(results, "x");
  const value = graph.peek(split, "a");
  graph.tryOut(() => {
    set("a", undefined);
    graph.settle();
    assert.notEqual(graph.items(results, "x")[0], item);
  });
  assert.equal(graph.items(results, "x")[0], item);
  assert.equal(graph.peek(split, "a"), value);
});

test("changes that nobody took yet are still there to take, and a look that throws changes nothing", () => {
  const { graph, set, all, changes } = wordGraph();
  set("a", "x");
  graph.settle();
  set("b", "z");
  const look = () =>
    graph.tryOut(() => {
      set("a", "y");
      graph.settle();
      throw new Error("looked away");
    });
  assert.throws(look, /looked away/);
  assert.deepEqual(all().inputs, ["x", "z"]);
  assert.deepEqual(changes(), ["x", "z"]);
});
