import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTraceQuery } from "../../../src/cli/trace-query.ts";

const parsed = (...args: Parameters<typeof parseTraceQuery>) => {
  const answer = parseTraceQuery(...args);
  return "value" in answer ? answer.value : answer.problem.code;
};

test("a URL and curl's headers become a request", () => {
  assert.deepEqual(
    parsed("get", "https://Shop.Example.com/a%20b?x=1#frag", ["X-Staff: yes", "x-empty:", "x-time: 10:30"]),
    {
      method: "GET",
      scheme: "https",
      hostname: "shop.example.com",
      port: 443,
      path: "/a%20b?x=1",
      headers: [
        { name: "x-staff", value: "yes" },
        { name: "x-empty", value: "" },
        { name: "x-time", value: "10:30" },
      ],
    },
  );
});

test("a Host header decides which host is asked, the URL where the request goes", () => {
  const query = parsed("GET", "http://127.0.0.1:8080/", ["Host: shop.example.com:8080"]);
  assert.ok(typeof query === "object");
  assert.deepEqual([query.hostname, query.port, query.headers], ["shop.example.com", 8080, []]);
});

test("an IPv6 address is named without its brackets", () => {
  const query = parsed("GET", "http://[::1]:8080/", []);
  assert.ok(typeof query === "object");
  assert.equal(query.hostname, "::1");
});

test("what is no URL and what is no header are problems", () => {
  for (const url of ["/cart", "shop.example.com", "ftp://a/", ""]) assert.equal(parsed("GET", url, []), "LB6204");
  for (const header of ["x-staff", ": yes", "x staff: yes"])
    assert.equal(parsed("GET", "http://a/", [header]), "LB6205");
});
