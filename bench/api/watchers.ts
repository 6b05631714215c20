/** Clients that watch, in a process of their own. */
import type { IncomingMessage } from "node:http";
import { answerCalls, endWithParent } from "../processes/calls.ts";
import { type ApiAccess, ApiConnection } from "./api-connection.ts";

export type WatcherCalls = {
  /** Opens so many watches of a path; resolves when all are answered. */
  watch(input: { readonly access: ApiAccess; readonly path: string; readonly count: number }): Promise<number>;
  /** Until every watch has seen `text`. @returns nanoseconds of the clock that all processes share, when the last one had it */
  seen(text: string): Promise<string>;
};

const open: IncomingMessage[] = [];
/** What is waited for, and by which watches still. */
let wanted: { readonly text: string; readonly missing: Set<number>; readonly done: () => void } | undefined;

const calls: WatcherCalls = {
  async watch({ access, path, count }) {
    const connection = new ApiConnection(access, count);
    for (let index = 0; index < count; index++) {
      const response = await connection.open("GET", path);
      const place = open.push(response) - 1;
      let tail = "";
      response.setEncoding("latin1").on("data", (chunk: string) => {
        if (!wanted?.missing.has(place)) return;
        const received = tail + chunk;
        tail = received.slice(-100);
        if (received.includes(wanted.text) && wanted.missing.delete(place) && wanted.missing.size === 0) wanted.done();
      });
    }
    return open.length;
  },
  seen(text) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const done = () => resolve(String(process.hrtime.bigint()));
    wanted = { text, missing: new Set(open.keys()), done };
    return promise;
  },
};

answerCalls(calls);
endWithParent(() => {
  for (const response of open) response.destroy();
});
