import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openSealed, sealingKey, sealValue } from "../../../src/storage/sealing.ts";
import { createSealingKeyFile, readSealingKeys } from "../../../src/storage/sealing-keys.ts";

const key = sealingKey(Buffer.alloc(32, 1));
const line = (byte: number) => Buffer.alloc(32, byte).toString("base64");

function inDirectory(work: (path: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "landbridge-keys-"));
  try {
    work(join(directory, "keys"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function idsOf(from: Parameters<typeof readSealingKeys>[0]): string[] {
  const sealing = readSealingKeys(from);
  if ("code" in sealing) assert.fail(sealing.message);
  return sealing.keys.map(({ id }) => id);
}

test("a sealed value opens with its key under its name, and shows nothing of itself", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (value, name) => {
      const sealed = sealValue(key, name, value);
      assert.deepEqual(openSealed(key, name, sealed), Buffer.from(value));
      assert.ok(value.length < 8 || !sealed.includes(Buffer.from(value)));
    }),
  );
});

test("a sealed value opens under no other name, with no other key, and not when any bit was changed", () => {
  const sealed = sealValue(key, "/secret/a", Buffer.from("password"));
  assert.equal(openSealed(key, "/secret/b", sealed), undefined);
  assert.equal(openSealed(sealingKey(Buffer.alloc(32, 2)), "/secret/a", sealed), undefined);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(openSealed(key, "/secret/a", changed), undefined);
  }
  for (let length = 0; length < sealed.length; length += 1)
    assert.equal(openSealed(key, "/secret/a", sealed.subarray(0, length)), undefined);
});

test("sealing the same value twice gives different bytes", () => {
  assert.notDeepEqual(sealValue(key, "/a", Buffer.from("x")), sealValue(key, "/a", Buffer.from("x")));
});

test("keys come from the environment and from a file, in this order, each once", () => {
  inDirectory((path) => {
    writeFileSync(path, `# the newest first\n\n${line(2)}\n${line(1)}\r\n`, { mode: 0o600 });
    assert.deepEqual(idsOf({ file: path }), idsOf({ environment: `${line(2)}\n${line(1)}` }));
    assert.deepEqual(idsOf({ environment: line(1), file: path }), idsOf({ environment: `${line(1)}\n${line(2)}` }));
  });
});

test("a new key file is its owner's alone, holds a key, and never takes another's place", () => {
  inDirectory((path) => {
    assert.equal(createSealingKeyFile(path), undefined);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(idsOf({ file: path }).length, 1);
    const before = readFileSync(path, "utf8");
    assert.equal(createSealingKeyFile(path)?.code, "LB7111");
    assert.equal(readFileSync(path, "utf8"), before);
  });
});

for (const mode of [0o640, 0o604, 0o620])
  test(`a key file that others may use is refused: mode ${mode.toString(8)}`, () => {
    inDirectory((path) => {
      assert.equal(createSealingKeyFile(path), undefined);
      chmodSync(path, mode);
      const problem = readSealingKeys({ file: path });
      assert.ok("code" in problem && problem.code === "LB7111");
      assert.match(problem.message, new RegExp(mode.toString(8)));
    });
  });

test("what is no key is refused by its line, and never shown", () => {
  const wrong = [
    "too short",
    Buffer.alloc(31, 3).toString("base64"),
    `${line(3)}=`,
    line(3).slice(0, -1),
    "ä".repeat(44),
  ];
  for (const text of wrong) {
    const problem = readSealingKeys({ environment: `${line(1)}\n${text}` });
    assert.ok("code" in problem, text);
    assert.equal(problem.code, "LB7111");
    assert.match(problem.message, /line 2/);
    assert.ok(!problem.message.includes(text));
  }
});

test("no keys, no file: Problems", () => {
  for (const from of [{}, { environment: "" }, { environment: "# none\n" }, { file: "/nowhere/keys" }]) {
    const problem = readSealingKeys(from);
    assert.ok("code" in problem && problem.code === "LB7111", JSON.stringify(problem));
  }
});
