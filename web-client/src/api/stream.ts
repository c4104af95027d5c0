// Streams of answers that outlive their token.

import { call, toProblem } from "./errors";
import type { Bearer } from "./transport";

/**
 * The stream, opened once more when its token was refused before anything had come: only for calls
 * that are safe to repeat.
 */
export async function* streamed<T>(bearer: Bearer, open: () => AsyncIterable<T>): AsyncGenerator<T> {
  for (let again = false; ; again = true) {
    let begun = false;
    let token: string | null = null;
    try {
      token = await bearer.token();
      for await (const item of open()) {
        begun = true;
        yield item;
      }
      return;
    } catch (cause) {
      const problem = toProblem(cause);
      if (again || begun || token === null || problem.kind !== "unauthenticated") throw problem;
      await call(bearer.renew(token));
    }
  }
}
