/** The parser and the compiler alone: no file, no Envoy. */

import { compile as compileAll } from "../../src/compiler/compile.ts";
import { Compiler, type Edit } from "../../src/compiler/compiler.ts";
import { parse } from "../../src/model/parse.ts";
import type { Benchmark } from "../benchmark.ts";
import { hostPath, hostText } from "../estate/estate.ts";
import { atLeast, atMost, type Figure } from "../report/figure.ts";
import { type Sample, sampleOf } from "../report/sample.ts";
import { endpointAt, filesOf, found, OPTIONS, parseAll } from "./estate-objects.ts";

const HOSTS = 3000;
const FEW_HOSTS = 100;
const WARM_UP = 1_000;
const BATCH = 100;
export const compile: Benchmark = {
  name: "compile",
  summary: "parsing and compiling 3000 hosts, and one edit among 100 and among 3000",
  async run({ quick, say }) {
    say(`parsing and compiling ${HOSTS} hosts`);
    const repeats = quick ? 3 : 7;
    const files = filesOf(HOSTS);
    const parsing = times(repeats, () => parseAll(files));
    const objects = parseAll(files);
    const endpoints = found(objects);
    const whole = times(repeats, () => compileAll(objects, endpoints, OPTIONS));
    say("single edits");
    return [
      { name: `parse ${HOSTS} hosts from YAML`, unit: "ms", sample: parsing },
      { name: `full compile of ${HOSTS} hosts`, unit: "ms", sample: whole, targets: [atMost("p50", 1_500)] },
      ...editFigures(quick ? 1_000 : 4_000),
    ];
  },
};

/** Edits of both estates in turn, so that both meet the same noise. */
function editFigures(count: number): Figure[] {
  const estates = [new EditedEstate(FEW_HOSTS), new EditedEstate(HOSTS)] as const;
  for (let index = 0; index < WARM_UP; index++) for (const estate of estates) estate.edit(index);
  for (const estate of estates) estate.forget();
  for (let batch = 0; batch < count / BATCH; batch++) {
    for (const estate of estates) estate.editBatch(WARM_UP + batch * BATCH);
  }
  const [few, many] = estates;
  const figure = (name: string, times: (estate: EditedEstate) => readonly number[]): Figure => ({
    name: `one edit among ${HOSTS} hosts, ${name}`,
    unit: "ms",
    sample: sampleOf(times(many)),
    targets: [atMost("p50", 1), atLeast("ratio", 0.5)],
    baseline: { name: `among ${FEW_HOSTS}`, value: sampleOf(times(few)).p50 },
  });
  return [
    {
      ...figure("CPU", (estate) => estate.cpu),
      note: `of the thread, each the mean of ${BATCH} edits, since clocks of CPU time tick coarsely; at most twice the cost in a small estate is a ratio of 0.5 or more`,
    },
    figure("wall", (estate) => estate.wall),
  ];
}

class EditedEstate {
  readonly #hosts: number;
  readonly #compiler = new Compiler(OPTIONS);
  /** Milliseconds for one edit. */
  readonly cpu: number[] = [];
  readonly wall: number[] = [];

  constructor(hosts: number) {
    this.#hosts = hosts;
    const objects = parseAll(filesOf(hosts));
    const { queriesAdded } = this.#compiler.update(objects.map((resource) => ({ kind: "set", resource })));
    this.#compiler.update(queriesAdded.map((query) => ({ kind: "endpoints", query, set: endpointAt(1) })));
  }

  forget(): void {
    this.cpu.length = 0;
    this.wall.length = 0;
  }

  editBatch(first: number): void {
    const batch = Array.from({ length: BATCH }, (_, offset) => this.#parse(first + offset));
    const before = process.threadCpuUsage();
    for (const edits of batch) this.#update(edits);
    const { user, system } = process.threadCpuUsage(before);
    this.cpu.push((user + system) / 1000 / BATCH);
  }

  edit(index: number): void {
    this.#update(this.#parse(index));
  }

  #update(edits: readonly Edit[]): void {
    const started = performance.now();
    this.#compiler.update(edits);
    this.wall.push(performance.now() - started);
  }

  /** A host's route gets another path; its service stands in the same file. */
  #parse(index: number): Edit[] {
    const host = (index * 1_013 + 7) % this.#hosts;
    const { objects } = parse(hostText(host, ["/app", `/edit-${index}`]), hostPath(host));
    return objects.map(({ resource }): Edit => ({ kind: "set", resource }));
  }
}

function times(count: number, work: () => unknown): Sample {
  return sampleOf(
    Array.from({ length: count }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    }),
  );
}
