import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLogger, fileLogger, type LogLevel } from "../../../src/lib/log.ts";

function collect(format: "json" | "human", level: LogLevel = "debug") {
  const lines: string[] = [];
  const now = () => new Date("2026-01-01T10:20:30.456Z");
  return { lines, logger: createLogger({ level, format, now, write: (line) => lines.push(line) }) };
}

test("a JSON line has the time, the level, the message and the fields of the logger and the call", () => {
  const { lines, logger } = collect("json");
  logger.child({ component: "xds" }).warn("refused", { gateway: "Gateway/infra/edge", count: 2n });
  assert.deepEqual(JSON.parse(lines[0] ?? ""), {
    component: "xds",
    gateway: "Gateway/infra/edge",
    count: "2",
    time: "2026-01-01T10:20:30.456Z",
    level: "warn",
    message: "refused",
  });
});

test("a human line starts with the clock and names the part that speaks", () => {
  const { lines, logger } = collect("human");
  logger.child({ component: "xds" }).info("pushed", { type: "Cluster", why: "a change" });
  assert.deepEqual(lines, ['10:20:30.456 info  xds: pushed type=Cluster why="a change"\n']);
});

test("lines below the level are left out", () => {
  const { lines, logger } = collect("json", "warn");
  logger.debug("no");
  logger.info("no");
  logger.child({ a: 1 }).info("no");
  logger.error("yes");
  assert.equal(lines.length, 1);
});

test("no secret gets into a line, whatever it is called or looks like", () => {
  const { lines, logger } = collect("json");
  const pem = "-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----";
  logger.info(`read ${pem}`, {
    token: "t0ken",
    headers: { Authorization: "Bearer t0ken", cookie: "t0ken" },
    file: pem,
    encoded: Buffer.from(pem).toString("base64"),
    object: { kind: "Secret", metadata: { name: "s" }, data: { anything: "t0ken" } },
  });
  assert.doesNotMatch(lines.join(""), /t0ken|abc|LS0tLS/);
});

test("an error keeps its stack and cause, and a circle ends", () => {
  const { lines, logger } = collect("json");
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  logger.error("failed", { error: new Error("outer", { cause: new Error("inner") }), circle });
  const line = JSON.parse(lines[0] ?? "");
  assert.equal(line.error.message, "outer");
  assert.equal(line.error.cause.message, "inner");
  assert.equal(line.circle.self, "[circle]");
});

test("a log file is for its owner only, and is appended to", () => {
  const directory = mkdtempSync(join(tmpdir(), "landbridge-log-"));
  const path = join(directory, "control.log");
  for (const message of ["one", "two"]) {
    using logger = fileLogger(path, "info");
    logger.info(message);
  }
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(
    readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).message),
    ["one", "two"],
  );
  rmSync(directory, { recursive: true });
});
