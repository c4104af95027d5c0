// ConnectError to Problem: the only place where gRPC's codes and details are read.

import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "../gen/google/rpc/error_details_pb";
import { Problem, type ProblemKind } from "../state/problem";

const KINDS: Readonly<Partial<Record<Code, ProblemKind>>> = {
  [Code.Unauthenticated]: "unauthenticated",
  [Code.PermissionDenied]: "forbidden",
  [Code.NotFound]: "not_found",
  [Code.InvalidArgument]: "invalid",
  [Code.OutOfRange]: "invalid",
  [Code.AlreadyExists]: "exists",
  [Code.Aborted]: "conflict",
  [Code.FailedPrecondition]: "conflict",
  [Code.ResourceExhausted]: "exhausted",
  [Code.Unavailable]: "unavailable",
  [Code.DeadlineExceeded]: "timed_out",
  [Code.Canceled]: "cancelled",
};

/** What the page says by itself, where the server's words would not help the person. */
const OWN_WORDS: Readonly<Partial<Record<ProblemKind, string>>> = {
  unreachable: "The server cannot be reached. Check your connection.",
  unavailable: "The service is not available right now. Try again in a moment.",
  timed_out: "This took too long. Try again.",
  internal: "Something went wrong on our side. Try again.",
  cancelled: "Stopped.",
};

export function toProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const error = ConnectError.from(cause);
  // Thrown on the way out, before there was a call: by the session.
  if (error.cause instanceof Problem) return error.cause;
  const kind = neverAnswered(error) ? "unreachable" : (KINDS[error.code] ?? "internal");
  const fields: Record<string, string> = {};
  for (const detail of error.findDetails(BadRequestSchema)) {
    for (const { field, description } of detail.fieldViolations) {
      const name = field.slice(field.lastIndexOf(".") + 1);
      fields[name] ??= sentence(description.replace(new RegExp(`^${name}:? `), ""));
    }
  }
  const message = OWN_WORDS[kind] ?? sentence(error.rawMessage);
  return new Problem(kind, message, fields, { cause: error });
}

/**
 * In a browser a lost connection is `Unknown`: with the `TypeError` of `fetch` as its cause, or, once
 * the answer had begun, with the words of the engine or of a body that ended without trailers.
 */
function neverAnswered(error: ConnectError): boolean {
  if (error.cause instanceof TypeError) return true;
  if (error.code !== Code.Unknown && error.code !== Code.Internal) return false;
  return /failed to fetch|network ?error|load failed|missing trailer|premature/i.test(error.rawMessage);
}

/** "field is required" as people write it: "This field is required." */
export function sentence(words: string): string {
  const text = words.trim().replace(/^field /, "this field ");
  if (text === "") return "Something went wrong.";
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

/** Runs a call and throws nothing but `Problem`s. */
export async function call<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw toProblem(cause);
  }
}
