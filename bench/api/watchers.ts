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
const received: string[] = [];
let wake = () => {};

const calls: WatcherCalls = {
  async watch({ access, path, count }) {
    const connection = new ApiConnection(access, count);
    for (let index = 0; index < count; index++) {
      const response = await connection.open("GET", path);
      const place = open.push(response) - 1;
      received[place] = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        // The newest lines are enough.
        received[place] = (received[place] + chunk).slice(-4_096);
        wake();
      });
    }
    return open.length;
  },
  seen(text) {
    const { promise, resolve } = Promise.withResolvers<string>();
    let missing = open.map((_, place) => place);
    wake = () => {
      missing = missing.filter((place) => !received[place]?.includes(text));
      if (missing.length === 0) resolve(String(process.hrtime.bigint()));
    };
    wake();
    return promise;
  },
};

answerCalls(calls);
endWithParent(() => {
  for (const response of open) response.destroy();
});
