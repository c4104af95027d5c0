// gRPC-Web over fetch: one transport for signing in, one that carries the bearer token.

import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

/** How long a single answer may take. Streams have no deadline. */
export const UNARY = { timeoutMs: 20_000 } as const;

/** What the transport needs to know of a session. */
export interface Bearer {
  /** A token that is good for some time yet; renews it when need be. */
  token(): Promise<string>;
  /** Replaces a token that the server has just refused. */
  renew(refused: string): Promise<void>;
}

/**
 * For `AuthService`: the header asks for the refresh token as an HttpOnly cookie, and no other site
 * can send it. `keepalive` lets an exchange end even when the page is left, or the browser would be
 * left with a refresh token that is spent.
 */
export function publicTransport(baseUrl: string): Transport {
  return createGrpcWebTransport({
    baseUrl,
    useBinaryFormat: true,
    fetch: (input, init) => globalThis.fetch(input, { ...init, keepalive: true }),
    interceptors: [
      (next) => (request) => {
        request.header.set("x-taskchat-session", "cookie");
        return next(request);
      },
    ],
  });
}

export function bearerTransport(baseUrl: string, bearer: Bearer): Transport {
  return createGrpcWebTransport({ baseUrl, useBinaryFormat: true, interceptors: [authorize(bearer)] });
}

/**
 * Sends the token; after a refusal renews it once and asks again. A stream is not asked again here,
 * since it may be refused after it has begun: turns.ts looks after that.
 */
export function authorize(bearer: Bearer): Interceptor {
  return (next) => async (request) => {
    const token = await bearer.token();
    request.header.set("authorization", `Bearer ${token}`);
    try {
      return await next(request);
    } catch (cause) {
      const refused = ConnectError.from(cause).code === Code.Unauthenticated;
      if (!refused || request.stream) throw cause;
      await bearer.renew(token);
      request.header.set("authorization", `Bearer ${await bearer.token()}`);
      return await next(request);
    }
  };
}
