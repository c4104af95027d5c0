// Tool calls as people see them.

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "../../state/problem";
import { aCall, aReceipt } from "../../test-data";
import { fakeApi, showPage } from "../../test-page";
import { ToolCard } from "./ToolCard";

describe("ToolCard", () => {
  it("undoes, and does again", async () => {
    const undo = vi.fn(() => Promise.resolve(aReceipt({ operationId: "op-2", kind: "deleted" })));
    const redo = vi.fn(() => Promise.resolve(aReceipt({ operationId: "op-3" })));
    showPage(fakeApi({ tasks: { undo, redo } }), () => <ToolCard call={aCall()} turnId="turn-1" ended />);
    expect(screen.getByTestId("tool-outcome").textContent).toBe("Added “Buy groceries”.");
    fireEvent.click(screen.getByTestId("undo"));
    await waitFor(() => screen.getByTestId("redo"));
    expect(screen.getByTestId("tool-card").dataset["outcome"]).toBe("undone");
    fireEvent.click(screen.getByTestId("redo"));
    await waitFor(() => screen.getByTestId("undo"));
    expect([undo.mock.calls, redo.mock.calls]).toEqual([[["op-1"]], [["op-1"]]]);
  });

  it("says why something cannot be undone", async () => {
    const undo = () => Promise.reject(new Problem("conflict", "The title has changed since."));
    showPage(fakeApi({ tasks: { undo } }), () => <ToolCard call={aCall()} turnId="turn-1" ended />);
    fireEvent.click(screen.getByTestId("undo"));
    await waitFor(() => expect(screen.getByTestId("undo-refused").textContent).toBe("The title has changed since."));
    screen.getByTestId("undo");
  });

  it("shows a failure as one, without anything to undo", () => {
    const result = { success: false, error: { code: "TASK_NOT_FOUND", message: "Task not found" } };
    const call = aCall({ tool: "complete_task", isError: true, receipt: null, result });
    showPage(fakeApi({}), () => <ToolCard call={call} turnId="turn-1" ended />);
    expect(screen.getByTestId("tool-card").dataset["outcome"]).toBe("failed");
    expect(screen.getByText("Failed:", { exact: false })).toBeDefined();
    expect(screen.queryByTestId("undo")).toBeNull();
  });

  it("shows what changed, from what to what", () => {
    const changes = [{ field: "status", before: "in_progress", after: "" }];
    const receipt = aReceipt({ kind: "updated", changes });
    showPage(fakeApi({}), () => <ToolCard call={aCall({ receipt })} turnId="turn-1" ended />);
    expect(screen.getByTestId("receipt").querySelector("dl")?.textContent).toBe("statusin progress → none");
  });

  it("stays open when it is drawn anew, as the list does with what comes back into sight", async () => {
    const calls = [aCall(), aCall({ id: "call-2" })];
    const view = (shown: boolean) => (
      <div>{shown && calls.map((call) => <ToolCard key={call.id} call={call} turnId="turn-1" ended />)}</div>
    );
    const { redraw, services } = showPage(fakeApi({}), () => view(true));
    const open = () => screen.getAllByRole("group").map((card) => (card as HTMLDetailsElement).open);
    fireEvent.click(screen.getAllByText("add_task")[1] ?? document.body);
    await waitFor(() => expect(services.opened.size).toBe(1));
    redraw(view(false));
    redraw(view(true));
    expect(open()).toEqual([false, true]);
    fireEvent.click(screen.getAllByText("add_task")[1] ?? document.body);
    await waitFor(() => expect(services.opened.size).toBe(0));
  });
});
