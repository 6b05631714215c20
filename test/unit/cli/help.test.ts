import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { landbridge } from "../../support/command-line.ts";

test("the help lists every command, and each command's help tells its arguments and options", async () => {
  const { out, code } = await landbridge(["--help"]);
  assert.equal(code, 0);
  for (const { name, summary } of COMMANDS) {
    assert.match(out, new RegExp(`^ {2}${name} +${summary.slice(0, 20)}`, "m"));
  }
  const helps = await Promise.all(
    COMMANDS.map(async ({ name }) => ({ name, ...(await landbridge([name, "--help"])) })),
  );
  for (const { name, out: help, code: helpCode } of helps) {
    assert.equal(helpCode, 0);
    assert.match(help, new RegExp(`^Usage: landbridge ${name} `));
    assert.match(help, /--state-dir <dir>/);
    // Every argument and option has a description.
    assert.doesNotMatch(help, /^ {2}(-\S+|\w+)( <\S+>)?$\n(?! {10})/m);
  }
  const other = await landbridge(["help", "get"]);
  assert.equal(other.out, helps.find(({ name }) => name === "get")?.out);
});

test("wrong usage ends with 2 and says what is wrong", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["nonsense"], /error: unknown command 'nonsense'/],
    [["get"], /error: missing required argument 'kind'/],
    [["get", "x", "--colour"], /error: unknown option '--colour'/],
    [["get", "x", "-o", "xml"], /Allowed choices are wide, yaml, json, name/],
    [["get", "x", "-o", "jsonpath={.a"], /The template isn't understood: a brace without its partner/],
    [["describe", "gateway"], /error: missing required argument 'name'/],
    [["audit", "log", "-n", "few"], /Give a whole number\./],
    [["audit", "log", "--since", "yesterday"], /Give a time with its unit/],
    [["events", "-o", "name"], /Allowed choices are wide, yaml, json/],
  ];
  for (const [args, message] of cases) {
    const { err, code } = await landbridge(args);
    assert.match(err, message);
    assert.equal(code, 2, args.join(" "));
  }
});

test("small commands load nothing of the control plane", () => {
  const noHeavy = `
    const { registerHooks } = await import("node:module");
    registerHooks({ load(url, context, next) {
      if (/grpc-js|protobuf|\\/zod\\/|src\\/(compiler|xds|gen|proxy|discovery)\\//.test(url)) throw new Error("loads " + url);
      return next(url, context);
    } });`;
  const main = new URL("../../../src/cli/main.ts", import.meta.url).pathname;
  for (const args of [
    ["get", "gateways"],
    ["describe", "gateway", "a"],
    ["proxies"],
    ["events"],
    ["api-resources"],
    ["audit", "log"],
    ["trace", "GET", "http://a/"],
    ["version"],
    ["plan", "-f", "examples/shop/resources"],
    ["apply", "-f", "examples/shop/resources"],
    ["delete", "service", "a"],
    ["wait", "service/a", "--for=delete"],
    ["auth", "whoami"],
    ["token", "list"],
  ]) {
    const preload = `data:text/javascript,${encodeURIComponent(noHeavy)}`;
    const run = spawnSync(process.execPath, ["--import", preload, main, "--state-dir", "/nowhere", ...args], {
      encoding: "utf8",
    });
    assert.doesNotMatch(run.stderr, /loads /, `${args[0]}: ${run.stderr}`);
  }
});
