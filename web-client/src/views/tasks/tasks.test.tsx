// The task list and the form of one task.

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Changed } from "../../api/tasks";
import type { Task } from "../../state/model";
import { Problem } from "../../state/problem";
import { ALL_TASKS } from "../../state/tasks";
import { aReceipt, aTask } from "../../test-data";
import { fakeApi, showPage } from "../../test-page";
import { Toasts } from "../parts/Toasts";
import { QuickAdd } from "./QuickAdd";
import { TaskDialog } from "./TaskDialog";
import { TaskForm } from "./TaskForm";
import { TaskList } from "./TaskList";

const milk = aTask({ id: "milk", title: "Milk" });
const listOf = (...tasks: Task[]) => vi.fn(() => Promise.resolve({ items: tasks, next: null }));
const changed = (task: Task): Promise<Changed> => Promise.resolve({ task, receipt: null });

function showList(tasks: Parameters<typeof fakeApi>[0]["tasks"]) {
  return showPage(fakeApi({ tasks: tasks ?? {} }), () => (
    <>
      <QuickAdd />
      <TaskList query={ALL_TASKS} onOpen={() => {}} empty={<p>Nothing yet</p>} />
      <Toasts />
    </>
  ));
}

describe("the list", () => {
  it("completes a task at once, in one call", async () => {
    const complete = vi.fn(() => changed({ ...milk, status: "completed", version: 2 }));
    const list = listOf(milk);
    showList({ list, complete });
    const box = await screen.findByLabelText<HTMLInputElement>("Completed: Milk");
    fireEvent.click(box);
    await waitFor(() => expect(screen.getByTestId("task").dataset["status"]).toBe("completed"));
    await waitFor(() => screen.getByLabelText("Completed tasks"));
    expect(complete).toHaveBeenCalledExactlyOnceWith("milk", true, expect.any(String));
    expect(list).toHaveBeenCalledTimes(1);
  });

  it("takes a refused change back and says why", async () => {
    const complete = () => Promise.reject(new Problem("unavailable", "Not now."));
    showList({ list: listOf(milk), complete });
    fireEvent.click(await screen.findByTestId("toggle-task"));
    await waitFor(() => expect(screen.getByTestId("toast").textContent).toContain("Not now."));
    expect(screen.getByTestId("task").dataset["status"]).toBe("pending");
  });

  it("takes a change back that was made without a network", async () => {
    const complete = vi.fn(() => Promise.reject(new Problem("unreachable", "Check your connection.")));
    showList({ list: listOf(milk), complete });
    const box = await screen.findByLabelText<HTMLInputElement>("Completed: Milk");
    dispatchEvent(new Event("offline"));
    try {
      fireEvent.click(box);
      await waitFor(() => expect(screen.getByTestId("toast").textContent).toContain("Check your connection."));
      expect([complete.mock.calls.length, screen.getByLabelText<HTMLInputElement>("Completed: Milk").checked]).toEqual([1, false]);
    } finally {
      dispatchEvent(new Event("online"));
    }
  });

  it("deletes with a way back", async () => {
    const receipt = aReceipt({ operationId: "op-9", kind: "deleted", summary: "Deleted “Milk”.", task: milk });
    const undo = vi.fn(() => Promise.resolve(aReceipt({ kind: "restored", task: milk })));
    showList({ list: listOf(milk), delete: () => Promise.resolve(receipt), undo });
    fireEvent.click(await screen.findByTestId("delete-task"));
    await screen.findByText("Nothing yet");
    fireEvent.click(await screen.findByText("Undo"));
    await screen.findByTestId("task");
    expect(undo).toHaveBeenCalledExactlyOnceWith("op-9");
  });

  it("adds a task once, however often it takes", async () => {
    const requests: string[] = [];
    const create = vi.fn((_draft: unknown, requestId: string) => {
      requests.push(requestId);
      return requests.length === 1 ? Promise.reject(new Problem("unreachable", "Gone.")) : changed(milk);
    });
    const list = vi.fn(() => Promise.resolve({ items: requests.length > 1 ? [milk] : [], next: null }));
    showList({ list, create });
    const title = screen.getByLabelText<HTMLInputElement>("New task");
    fireEvent.change(title, { target: { value: " Milk " } });
    fireEvent.submit(screen.getByTestId("quick-add"));
    await waitFor(() => expect(screen.getByTestId("field-error").textContent).toBe("Gone."));
    expect(title.value).toBe(" Milk ");
    fireEvent.submit(screen.getByTestId("quick-add"));
    await screen.findByTestId("task");
    expect(requests[0]).toBe(requests[1]);
    // Its place in the list is read anew.
    await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
    expect(title.value).toBe("");
  });

  it("says when it cannot be loaded, and tries again", async () => {
    const list = vi.fn().mockRejectedValueOnce(new Problem("internal", "Broken.")).mockResolvedValue({ items: [milk], next: null });
    showList({ list });
    fireEvent.click(await screen.findByText("Try again"));
    expect((await screen.findByTestId("task-title")).textContent).toBe("Milk");
  });
});

describe("the form", () => {
  const due = aTask({ due: "2026-11-27", version: 4 });

  it("shows the due date that is there, and sends only what was changed", async () => {
    const update = vi.fn(() => changed(due));
    const done = vi.fn();
    showPage(fakeApi({ tasks: { update } }), () => <TaskForm task={due} onDone={done} />);
    expect(screen.getByLabelText<HTMLInputElement>("Due date").value).toBe("2026-11-27");
    fireEvent.change(screen.getByLabelText("Status"), { target: { value: "in_progress" } });
    fireEvent.click(screen.getByTestId("save-task"));
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(update).toHaveBeenCalledExactlyOnceWith("task-1", { status: "in_progress" }, 4, expect.any(String));
  });

  it("keeps what was typed when the task was changed elsewhere", async () => {
    const update = vi.fn(() => Promise.reject(new Problem("conflict", "The task has moved on.")));
    showPage(fakeApi({ tasks: { update } }), () => <TaskForm task={due} onDone={() => {}} />);
    fireEvent.change(screen.getByLabelText("Title"), { target: { value: "Mine" } });
    fireEvent.click(screen.getByTestId("save-task"));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("changed elsewhere"));
    fireEvent.click(screen.getByTestId("take-over"));
    expect(screen.getByLabelText<HTMLInputElement>("Title").value).toBe("Mine");
  });

  it("is not closed by a slip while something in it is not saved", async () => {
    const closed = vi.fn();
    showPage(fakeApi({ tasks: { get: () => Promise.resolve(due) } }), () => <TaskDialog id={due.id} onClose={closed} />);
    const dialog = await screen.findByTestId("task-dialog");
    const title = await screen.findByLabelText<HTMLInputElement>("Title");
    const escape = () => fireEvent(dialog, new Event("cancel", { cancelable: true }));
    fireEvent.change(title, { target: { value: "Half written" } });
    escape();
    expect(screen.getByTestId("unsaved").textContent).toContain("not saved");
    fireEvent.click(screen.getByText("Keep editing"));
    expect([screen.queryByTestId("unsaved"), title.value]).toEqual([null, "Half written"]);
    // The backdrop belongs to the dialog.
    fireEvent.mouseDown(dialog);
    fireEvent.click(screen.getByTestId("discard"));
    expect(closed).toHaveBeenCalledTimes(1);
    fireEvent.change(title, { target: { value: due.title } });
    fireEvent.click(screen.getByText("Keep editing"));
    escape();
    expect(closed).toHaveBeenCalledTimes(2);
  });
});
