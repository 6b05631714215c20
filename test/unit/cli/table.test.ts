import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { section } from "../../../src/cli/sections.ts";
import { Table } from "../../../src/cli/table.ts";

test("text of others can't reach the terminal's controls, nor make lines of its own in a table", () => {
  const hostile = fc.string({
    unit: fc.constantFrom("a", "\u001b", "\u009b", "\u0007", "\r", "\n", "\b", "\u007f", "\t"),
  });
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1 }), (cells) => {
      const lines = new Table(["ONE", "TWO"]).lines(cells.map((cell) => [cell, "end"]));
      assert.equal(lines.split("\n").length, cells.length + 2);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      assert.doesNotMatch(lines.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f]/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      assert.doesNotMatch(section("Title", cells.join("")), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }),
  );
});

test("rows that come later keep the widths of those before", () => {
  const table = new Table(["NAME", "AGE"]);
  const [titles = "", first = ""] = table.lines([["a-long-name", "1m"]]).split("\n");
  const [later = ""] = table.lines([["b", "2m"]]).split("\n");
  assert.deepEqual([titles.indexOf("AGE"), first.indexOf("1m"), later.indexOf("2m")], [14, 14, 14]);
});
