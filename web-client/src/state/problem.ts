// What can go wrong, as the page shows it. Made from gRPC errors in api/errors.ts only.

export type ProblemKind =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "exists"
  | "conflict"
  | "exhausted"
  | "unavailable"
  | "timed_out"
  /** No answer at all: the network or the server is gone. */
  | "unreachable"
  | "cancelled"
  | "internal";

export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly kind: ProblemKind,
    /** A sentence for the person. */
    message: string,
    /** What is wrong with which field, by the field's name in the contract. */
    readonly fields: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True when the same request may well succeed if it is simply sent again. */
  get transient(): boolean {
    return this.kind === "unreachable" || this.kind === "unavailable" || this.kind === "timed_out";
  }

  /** True when it is about something that is not there, or not ours; both look the same. */
  get missing(): boolean {
    return this.kind === "not_found" || this.kind === "forbidden";
  }
}

/** Anything thrown, as a `Problem`. What is not one already is a bug of the page. */
export function problemOf(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem("internal", "Something went wrong on this page.", {}, { cause });
}
