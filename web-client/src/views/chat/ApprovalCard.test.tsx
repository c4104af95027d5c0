// Questions as people see and answer them.

import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Api } from "../../api/api";
import type { Approval } from "../../state/model";
import { Problem } from "../../state/problem";
import { aCall, anApproval, aTask } from "../../test-data";
import { fakeApi, showPage } from "../../test-page";
import { ApprovalCard } from "./ApprovalCard";

const show = (approval: Approval, turns: Partial<Api["turns"]> = {}, tasks: Partial<Api["tasks"]> = {}) =>
  showPage(fakeApi({ turns, tasks }), ({ desk }) => <ApprovalCard approval={approval} flow={desk.fresh.get()} ended={false} />);

describe("ApprovalCard", () => {
  it("says what would be done, with what exactly, why, and for how long", async () => {
    const id = "0192f0c1-2b3c-7d4e-8f90-0123456789ab";
    const calls = [
      aCall({ id: "c1", args: { title: "Milk", priority: "high" } }),
      aCall({ id: "c2", tool: "delete_task", args: { task_id: id } }),
    ];
    show(anApproval({ calls }), {}, { get: () => Promise.resolve(aTask({ id, title: "Old report" })) });
    await screen.findByText(/Old report/);
    const asked = screen.getAllByTestId("approval-call").map((call) => call.textContent);
    expect(asked).toEqual(["Add “Milk”priorityhigh", `Delete “Old report”task id${id}`]);
    expect(screen.getByRole("heading").textContent).toBe("May the assistant make these 2 changes?");
    expect(screen.getByTestId("approval-reason").textContent).toBe("This message would change more than 5 tasks.");
    expect(screen.getByTestId("approval-time-left").textContent).toContain("10 minutes left to answer");
  });

  it("decides once, and keeps the focus", async () => {
    let answer: (approval: Approval) => void = () => {};
    const decide = vi.fn(() => new Promise<Approval>((resolve) => (answer = resolve)));
    show(anApproval(), { decide });
    fireEvent.click(screen.getByTestId("approve"));
    for (const button of ["approve", "deny"]) {
      expect(screen.getByTestId(button).getAttribute("aria-disabled")).toBe("true");
    }
    fireEvent.click(screen.getByTestId("deny"));
    expect(decide.mock.calls).toEqual([["approval-1", "approve"]]);
    await act(async () => answer(anApproval({ state: "approved", decidedAt: 1 })));
    expect(screen.getByTestId("approval").dataset["state"]).toBe("approved");
    expect(screen.getByTestId("approval-answer").textContent).toBe("Approved: 1 change");
    expect(document.activeElement).toBe(screen.getByTestId("approval"));
  });

  it("says what went wrong, and can be answered again", async () => {
    const decide = () => Promise.reject(new Problem("conflict", "The approval has expired."));
    show(anApproval(), { decide });
    fireEvent.click(screen.getByTestId("deny"));
    await waitFor(() => expect(screen.getByTestId("approval-problem").textContent).toBe("The approval has expired."));
    expect(screen.getByTestId("deny").getAttribute("aria-disabled")).toBeNull();
  });

  it.each([
    ["denied", "Denied: 1 change not made"],
    ["expired", "Not answered in time: 1 change not made"],
  ] as const)("shows that it was %s", (state, words) => {
    show(anApproval({ state, decidedAt: 1 }));
    expect(screen.getByTestId("approval-answer").textContent).toBe(words);
    expect(screen.queryByTestId("approve")).toBeNull();
  });

  it("shows the first ten of many, and all on demand", () => {
    const calls = Array.from({ length: 23 }, (_nothing, at) => aCall({ id: `c${at}`, args: { title: `Task ${at}` } }));
    show(anApproval({ calls }));
    expect(screen.getAllByTestId("approval-call")).toHaveLength(10);
    fireEvent.click(screen.getByText("Show 13 more"));
    expect(screen.getAllByTestId("approval-call")).toHaveLength(23);
  });
});
