// The history of a task and of all of them.

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Operation } from "../../state/model";
import { Problem } from "../../state/problem";
import { aReceipt, anOperation, aTask } from "../../test-data";
import { fakeApi, showPage } from "../../test-page";
import { HistoryPage } from "./HistoryPage";

const page = (...items: Operation[]) => Promise.resolve({ items, next: null });
const added = anOperation({ id: "a", at: Date.now() - 86_400_000, receipt: aReceipt({ operationId: "a" }) });
const changed = anOperation({
  id: "b",
  at: Date.now(),
  origin: "turn",
  turnId: "turn-7",
  receipt: aReceipt({
    operationId: "b",
    kind: "updated",
    summary: "Changed priority of “Buy groceries” to urgent.",
    changes: [{ field: "priority", before: "medium", after: "urgent" }],
  }),
});
const deleted = anOperation({
  id: "c",
  at: Date.now(),
  receipt: aReceipt({ operationId: "c", kind: "deleted", summary: "Deleted “Milk”.", task: aTask() }),
});

it("tells day by day who did what, and where it was said", async () => {
  showPage(fakeApi({ tasks: { operations: () => page(changed, added) } }), () => <HistoryPage />);
  const [first, second] = await screen.findAllByTestId("operation");
  expect(first?.textContent).toMatch(/Changed priority.*priority ?medium → urgent.*by the assistant/);
  expect(second?.textContent).toMatch(/Added.*by you/);
  expect(screen.getAllByRole("heading", { level: 2 }).map((heading) => heading.textContent)).toEqual(["Today", "Yesterday"]);
  expect(screen.getByTestId("operation-message").getAttribute("href")).toBe("/turns/turn-7");
});

it("undoes once, then offers to redo", async () => {
  let items: Operation[] = [changed];
  const undo = vi.fn(() => {
    items = [anOperation({ id: "u", undoes: "b" }), changed];
    return Promise.resolve(aReceipt({ operationId: "u", kind: "updated" }));
  });
  showPage(fakeApi({ tasks: { operations: () => page(...items), undo } }), () => <HistoryPage />);
  const button = await screen.findByTestId("undo");
  fireEvent.click(button);
  fireEvent.click(button);
  await screen.findByTestId("redo");
  expect(undo).toHaveBeenCalledExactlyOnceWith("b");
});

it("says beside the entry why something cannot be undone", async () => {
  const undo = () => Promise.reject(new Problem("conflict", "The priority has been changed since."));
  showPage(fakeApi({ tasks: { operations: () => page(changed), undo } }), () => <HistoryPage />);
  fireEvent.click(await screen.findByTestId("undo"));
  expect((await screen.findByTestId("undo-refused")).textContent).toBe("The priority has been changed since.");
});

it("finds deleted tasks again", async () => {
  const undo = vi.fn(() => Promise.resolve(aReceipt({ kind: "restored" })));
  showPage(fakeApi({ tasks: { operations: () => page(deleted, changed), undo } }), () => <HistoryPage />);
  fireEvent.click(await screen.findByRole("radio", { name: "Deleted" }));
  expect(screen.getAllByTestId("operation")).toHaveLength(1);
  fireEvent.click(screen.getByRole("button", { name: "Restore: Deleted “Milk”." }));
  await waitFor(() => expect(undo).toHaveBeenCalledExactlyOnceWith("c"));
});

it("does not say that nothing is deleted before it has seen all", async () => {
  const operations = (_task: string, token: string) =>
    Promise.resolve(token === "" ? { items: [changed], next: "older" } : { items: [deleted], next: null });
  showPage(fakeApi({ tasks: { operations } }), () => <HistoryPage />);
  fireEvent.click(await screen.findByRole("radio", { name: "Deleted" }));
  expect(screen.getByTestId("no-history").textContent).toContain("among the newest");
  fireEvent.click(screen.getByText("Show older"));
  await screen.findByTestId("operation");
});

it("says when there is nothing, and when it cannot be loaded", async () => {
  const operations = vi.fn().mockRejectedValueOnce(new Problem("internal", "Broken.")).mockReturnValue(page());
  showPage(fakeApi({ tasks: { operations } }), () => <HistoryPage />);
  fireEvent.click(await screen.findByText("Try again"));
  expect((await screen.findByTestId("no-history")).textContent).toContain("Nothing has happened yet");
});
