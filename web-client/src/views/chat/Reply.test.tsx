// An answer as a whole: what a turn did at once, and what it only claimed.

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Api } from "../../api/api";
import { Problem } from "../../state/problem";
import { type Turn, written } from "../../state/turn";
import { aCall, aReceipt } from "../../test-data";
import { fakeApi, showPage } from "../../test-page";
import { Deeds, Reply } from "./Reply";

const TURN: Turn = { ...written("turn-1", "Add two", 1, "completed"), turnId: "turn-1", text: "Done.", endedAt: 2 };
const CALLS = [
  aCall({ id: "c1", receipt: aReceipt({ operationId: "op-1" }) }),
  aCall({ id: "c2", receipt: aReceipt({ operationId: "op-2" }) }),
];

const show = (turn: Turn, turns: Partial<Api["turns"]> = {}) =>
  showPage(fakeApi({ turns }), ({ desk }) => <Reply turn={turn} flow={desk.fresh.get()} place={{ "aria-setsize": 2 }} />);

// Loaded with the first thing that was done.
beforeAll(() => Deeds.load());

describe("Reply", () => {
  it("undoes all of a turn, and tells what was left alone", async () => {
    const undo = vi.fn(() =>
      Promise.resolve([
        { operationId: "op-2", kind: "undone", receipt: null, problem: "" },
        { operationId: "op-1", kind: "conflict", receipt: null, problem: "The title has changed since." },
      ] as const),
    );
    show({ ...TURN, calls: CALLS }, { undo });
    fireEvent.click(screen.getByTestId("undo-all"));
    await waitFor(() =>
      expect(screen.getByTestId("undo-all-outcome").textContent).toBe("1 undone, 1 left as it is: changed since."),
    );
    expect(undo.mock.calls).toEqual([["turn-1"]]);
    expect(screen.getByTestId("undo-refused").textContent).toBe("The title has changed since.");
    expect(screen.getAllByTestId("receipt").map((receipt) => receipt.dataset["undone"])).toEqual(["false", "true"]);
    // One is still in effect.
    screen.getByTestId("undo-all");
  });

  it("offers to do all again once all are undone", async () => {
    const undone = CALLS.map((call) => ({ ...call, receipt: { ...aReceipt(call.receipt ?? {}), undoneBy: "op-9" } }));
    const redo = vi.fn(() => Promise.resolve([]));
    show({ ...TURN, calls: undone }, { redo });
    fireEvent.click(screen.getByTestId("redo-all"));
    await waitFor(() => expect(redo).toHaveBeenCalledExactlyOnceWith("turn-1"));
  });

  it("offers neither for a single change, nor while the turn goes on", () => {
    show({ ...TURN, calls: CALLS.slice(1) });
    show({ ...TURN, calls: CALLS, phase: "running" });
    expect(screen.queryByTestId("undo-all")).toBeNull();
  });

  it("says before the text that a claimed change was not made", () => {
    const notices = [{ kind: "unbacked_claim", text: "Nothing was changed, whatever it says." }] as const;
    show({ ...TURN, notices });
    const notice = screen.getByTestId("notice-unbacked_claim");
    expect(notice.querySelector("h3")?.textContent).toBe("Nothing was changed");
    const { DOCUMENT_POSITION_FOLLOWING } = Node;
    expect(notice.compareDocumentPosition(screen.getByTestId("assistant-text")) & DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
  });

  it("looks again for an answer that it could not follow", () => {
    const problem = new Problem("exhausted", "Too many answers are being followed.");
    const { services } = show({ ...TURN, phase: "interrupted", problem });
    const load = vi.spyOn(services.desk.fresh.get(), "load");
    expect(screen.getByTestId("turn-lost").textContent).toContain(problem.message);
    fireEvent.click(screen.getByTestId("look-again"));
    expect(load).toHaveBeenCalledOnce();
  });

  it("does not say that nothing was changed when something was", () => {
    const notices = [{ kind: "unbacked_claim", text: "It changed less than it says." }] as const;
    show({ ...TURN, calls: CALLS, notices });
    expect(screen.getByTestId("notice-unbacked_claim").querySelector("h3")?.textContent).toBe("Not everything was changed");
  });
});
