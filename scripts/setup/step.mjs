// What a step of the set-up is.

/**
 * @typedef {"start" | "test" | "bench"} Purpose
 *
 * @typedef {object} Paths what set-up found or made, written to .setup/paths.json
 * @property {string} node Node 24
 * @property {string} envoy
 * @property {string} envoyVersion as in "1.40.0"
 * @property {string} envoyFrom in words: why this one
 * @property {string} [vegeta] only when set up for tests or the bench
 * @property {string} [kubectl] only when set up for tests or the bench
 * @property {string} [schemathesis] only when set up for tests
 *
 * @typedef {object} Step
 * @property {string} title what a user waits for
 * @property {readonly Purpose[]} for
 * @property {() => Promise<boolean>} isDone true when nothing is left to do
 * @property {() => Promise<readonly ("python" | "go")[]>} needs the prerequisites of `run`
 * @property {(report: (line: string) => void) => Promise<void>} run makes it so; repeating it does no harm
 * @property {() => Promise<Partial<Paths>>} paths what this step adds to paths.json once it is done
 * @property {() => Promise<readonly string[]>} leaves the files that must still be there for this step to be done
 */

/** @type {readonly Purpose[]} */
export const everyPurpose = ["start", "test", "bench"];

/** @type {readonly Purpose[]} */
export const testing = ["test", "bench"];
