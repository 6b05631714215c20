import assert from "node:assert/strict";
import { test } from "node:test";
import { settingsText } from "../../../src/cli/settings.ts";

const body = {
  port: 80,
  protocol: "HTTP",
  enabled: "yes",
  backends: [
    { name: "vm", tls: { mode: "Disabled" } },
    { name: "k8s", tls: { mode: "Mutual" } },
  ],
};

test("what its user didn't write is marked as a default, what is written has its line", () => {
  const written = { port: 80, enabled: "yes", backends: [{ name: "vm" }, { name: "k8s", tls: { mode: "Mutual" } }] };
  const lines: Readonly<Record<string, number>> = { port: 7, enabled: 8, backends: 9 };
  assert.equal(
    settingsText(body, { written, lineOf: ([name = ""]) => lines[name] ?? 0 }),
    [
      "port: 80        # line 7",
      "protocol: HTTP  # default",
      'enabled: "yes"  # line 8',
      "backends:       # line 9",
      "  - name: vm",
      "    tls:        # default",
      "      mode: Disabled",
      "  - name: k8s",
      "    tls:",
      "      mode: Mutual",
      "",
    ].join("\n"),
  );
});

test("where it isn't known what was written nothing is called a default", () => {
  assert.doesNotMatch(settingsText(body, { written: undefined }), /#/);
});

test("items of a list that was made of another list are not called defaults", () => {
  const written = { port: 80, protocol: "HTTP", enabled: "yes", backends: [{ name: "vm" }] };
  assert.doesNotMatch(settingsText(body, { written }), /default/);
});
