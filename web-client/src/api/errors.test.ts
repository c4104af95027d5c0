// @vitest-environment node
// Errors of gRPC as the page understands them.

import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { BadRequestSchema } from "../gen/google/rpc/error_details_pb";
import { Problem } from "../state/problem";
import { call, sentence, toProblem } from "./errors";

describe("toProblem", () => {
  it.each([
    [Code.Unauthenticated, "unauthenticated"],
    [Code.PermissionDenied, "forbidden"],
    [Code.NotFound, "not_found"],
    [Code.InvalidArgument, "invalid"],
    [Code.AlreadyExists, "exists"],
    [Code.Aborted, "conflict"],
    [Code.FailedPrecondition, "conflict"],
    [Code.ResourceExhausted, "exhausted"],
    [Code.Unavailable, "unavailable"],
    [Code.DeadlineExceeded, "timed_out"],
    [Code.Canceled, "cancelled"],
    [Code.Internal, "internal"],
    [Code.DataLoss, "internal"],
  ] as const)("code %i is %s", (code, kind) => {
    expect(toProblem(new ConnectError("words", code)).kind).toBe(kind);
  });

  it.each([
    new TypeError("Failed to fetch"),
    new ConnectError("network error", Code.Unknown),
    new ConnectError("Load failed", Code.Unknown),
    new ConnectError("missing trailer", Code.Unknown),
    new ConnectError("fetch failed", Code.Unknown, undefined, undefined, new TypeError("x")),
  ])("%s is a lost connection", (cause) => {
    const problem = toProblem(cause);
    expect(problem.kind).toBe("unreachable");
    expect(problem.transient).toBe(true);
  });

  it("tells which field is wrong, with details as they come over the wire", () => {
    const details = create(BadRequestSchema, {
      fieldViolations: [
        { field: "task.title", description: "field is required" },
        { field: "password", description: "password must be at least 8 characters" },
      ],
    });
    const error = new ConnectError("title field is required", Code.InvalidArgument);
    error.details.push({ type: BadRequestSchema.typeName, value: toBinary(BadRequestSchema, details) });
    expect(toProblem(error)).toMatchObject({
      message: "Title field is required.",
      fields: { title: "This field is required.", password: "Must be at least 8 characters." },
    });
  });

  it("never shows words that were not meant for people", () => {
    const problem = toProblem(new ConnectError("sqlx: constraint failed", Code.Internal));
    expect(problem.message).not.toContain("sqlx");
  });

  it("leaves a problem as it is, wrapped or not", async () => {
    const problem = new Problem("unauthenticated", "Signed out.");
    expect(toProblem(problem)).toBe(problem);
    expect(toProblem(ConnectError.from(problem))).toBe(problem);
    await expect(call(Promise.reject(new ConnectError("x", Code.NotFound)))).rejects.toMatchObject({ missing: true });
  });
});

describe("sentence", () => {
  it.each([
    ["field is required", "This field is required."],
    ["wrong e-mail or password", "Wrong e-mail or password."],
    ["Already one.", "Already one."],
    ["", "Something went wrong."],
  ])("%j is %j", (words, text) => {
    expect(sentence(words)).toBe(text);
  });
});
