/** Many requests over a few connections at once; which origin answered each. */
import { type Answer, Connection } from "../http/connection.ts";

const CONNECTIONS = 16;

export interface Ask {
  readonly hostname: string;
  /** Further header lines, each ended by CR LF. */
  readonly headers: string;
}

/** @returns the answers in the order of what was asked */
export async function askAll(port: number, asks: readonly Ask[]): Promise<Answer[]> {
  const answers: Answer[] = new Array(asks.length);
  let next = 0;
  const work = async () => {
    using connection = await Connection.open(port);
    for (let index = next++; index < asks.length; index = next++) {
      const { hostname, headers } = asks[index] ?? { hostname: "", headers: "" };
      const answer = await connection.get(hostname, "/app", headers);
      if (answer.status !== 200) throw new Error(`${hostname} answered ${answer.status}`);
      answers[index] = answer;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return answers;
}
