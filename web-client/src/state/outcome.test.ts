// @vitest-environment node
// What tool calls came to, in words.

import { describe, expect, it } from "vitest";
import { aCall, aReceipt } from "../test-data";
import { inLocalTime, outcomeOf } from "./outcome";

const HERE = { now: Date.UTC(2026, 10, 23, 12), zone: "Europe/Berlin" };

describe("outcomeOf", () => {
  it("is the receipt's summary, whatever the arguments say", () => {
    const call = aCall({ args: { title: "Something else" } });
    expect(outcomeOf(call, true, false, HERE)).toEqual({ tone: "changed", words: "Added “Buy groceries”." });
    expect(outcomeOf(call, true, true, HERE).tone).toBe("undone");
  });

  it("is what the tool refused with", () => {
    const result = { success: false, error: { code: "TASK_NOT_FOUND", message: "task not found" } };
    const call = aCall({ tool: "complete_task", isError: true, receipt: null, result });
    expect(outcomeOf(call, true, false, HERE)).toEqual({ tone: "failed", words: "Task not found." });
    // A failure without words is still one.
    expect(outcomeOf({ ...call, result: {} }, true, false, HERE)).toEqual({ tone: "failed", words: "Completing a task." });
    // Success is what the envelope says, not what the flag says.
    expect(outcomeOf({ ...call, isError: false }, true, false, HERE).tone).toBe("failed");
  });

  it("is no failure when the person did not allow it", () => {
    const result = { success: false, error: { code: "DENIED", message: "the person did not allow this" } };
    const call = aCall({ tool: "delete_task", isError: true, receipt: null, result });
    expect(outcomeOf(call, true, false, HERE)).toEqual({ tone: "stopped", words: "Deleting a task: not done, as you did not allow it." });
  });

  it("counts what was found", () => {
    const found = (count: number) => aCall({ tool: "list_tasks", receipt: null, result: { success: true, data: { count } } });
    expect(outcomeOf(found(0), true, false, HERE).words).toBe("Found no tasks.");
    expect(outcomeOf(found(1), true, false, HERE).words).toBe("Found 1 task.");
    expect(outcomeOf(found(2), true, false, HERE)).toEqual({ tone: "read", words: "Found 2 tasks." });
  });

  it("never claims a change without a receipt", () => {
    const call = aCall({ tool: "complete_task", receipt: null, result: { success: true, data: {} } });
    expect(outcomeOf(call, true, false, HERE)).toEqual({ tone: "read", words: "Nothing had to be changed." });
  });

  it("runs until the turn is over", () => {
    const call = aCall({ result: null, receipt: null });
    expect(outcomeOf(call, false, false, HERE)).toEqual({ tone: "running", words: "Adding a task…" });
    expect(outcomeOf(call, true, false, HERE).tone).toBe("stopped");
    expect(outcomeOf({ ...call, tool: "frobnicate" }, false, false, HERE).words).toBe("Using frobnicate…");
  });
});

describe("inLocalTime", () => {
  it("writes instants as people read them, but not in titles", () => {
    // After midnight in Berlin.
    const due = "2026-11-24T23:30:00Z";
    const words = inLocalTime(`Added “Call ${due}”, due ${due}.`, HERE);
    expect(words).toMatch(/^Added “Call 2026-11-24T23:30:00Z”, due Wednesday, (00:30|12:30\sAM)\.$/);
    expect(inLocalTime("Added “Call 2026-12-09”, due 2026-11-24.", HERE)).toBe("Added “Call 2026-12-09”, due tomorrow.");
    expect(inLocalTime(aReceipt().summary, HERE)).toBe(aReceipt().summary);
  });
});
