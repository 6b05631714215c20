import assert from "node:assert/strict";
import { test } from "node:test";
import { ProblemReport } from "../../../src/cli/problem-report.ts";
import type { Problem } from "../../../src/model/problem.ts";

const problem = (code: string, message: string): Problem => ({
  code,
  severity: "error",
  message,
  path: "",
  object: "HTTPRoute/shop/front",
});

test("only what is new is told, and what was solved, once", () => {
  const report = new ProblemReport();
  const first = problem("LB2001", "no such service");
  assert.equal(report.changes([first]), "error LB2001 HTTPRoute/shop/front no such service\n");
  assert.equal(report.changes([first]), "");
  const second = problem("LB2002", "not allowed");
  assert.match(report.changes([first, second]), /^error LB2002 .*\n$/);
  assert.equal(report.changes([second]), "solved: LB2001 HTTPRoute/shop/front\n");
  assert.equal(report.changes([]), "solved: LB2002 HTTPRoute/shop/front\n");
});

test("a problem whose words change is told anew, not as solved", () => {
  const report = new ProblemReport();
  report.changes([problem("LB2001", "no service a")]);
  assert.equal(report.changes([problem("LB2001", "no service b")]), "error LB2001 HTTPRoute/shop/front no service b\n");
});
