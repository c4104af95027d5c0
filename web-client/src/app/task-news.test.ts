// What happens to tasks elsewhere, in the lists that are shown here.

import { expect, it, onTestFinished, vi } from "vitest";
import type { Operation, Task, Tiding } from "../state/model";
import { ALL_TASKS } from "../state/tasks";
import { aReceipt, anOperation, aTask } from "../test-data";
import { fakeApi, showPage } from "../test-page";
import { taskKey, tasksKey } from "./task-cache";
import { followTasks } from "./task-news";

const milk = aTask({ id: "milk", title: "Milk", version: 2 });

/** A page that shows these tasks, and a way to tell it news. */
function page(...shown: Task[]) {
  let tell: (operation: Operation) => void = () => {};
  let seq = 0;
  const watch = async function* watch(): AsyncGenerator<Tiding> {
    for (;;) {
      yield await new Promise<Tiding>((resolve) => {
        tell = (operation) => resolve({ kind: "operation", seq: ++seq, operation });
      });
    }
  };
  const { services } = showPage(fakeApi({ tasks: { watch } }), () => null);
  const { queries, fates } = services;
  queries.setQueryData(tasksKey(ALL_TASKS), { pages: [{ items: shown, next: null }], pageParams: [""] });
  const reread = vi.spyOn(queries, "invalidateQueries");
  onTestFinished(followTasks(services));
  const titles = () =>
    queries
      .getQueryData<{ pages: { items: Task[] }[] }>(tasksKey(ALL_TASKS))
      ?.pages.flatMap(({ items }) => items.map(({ title }) => title));
  const hear = async (fields: Partial<Operation>) => {
    await vi.waitFor(() => tell);
    await new Promise((resolve) => setTimeout(resolve, 0));
    tell(anOperation(fields));
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const rereads = () => reread.mock.calls.filter(([filters]) => filters?.queryKey?.[0] === "tasks").length;
  return { hear, titles, rereads, fates, queries };
}

it("puts a new task in, changes a known one and takes a deleted one out", async () => {
  const { hear, titles } = page(milk);
  await hear({ receipt: aReceipt({ task: aTask({ id: "bread", title: "Bread" }) }) });
  expect(titles()).toEqual(["Bread", "Milk"]);
  await hear({ receipt: aReceipt({ kind: "updated", task: { ...milk, title: "Oat milk", version: 3 } }) });
  expect(titles()).toEqual(["Bread", "Oat milk"]);
  await hear({ receipt: aReceipt({ kind: "deleted", task: milk }) });
  expect(titles()).toEqual(["Bread"]);
});

it("takes in what else an operation touched", async () => {
  const { hear, titles } = page(milk);
  const next = aTask({ id: "next", title: "Milk again" });
  const done = { ...milk, status: "completed", version: 3 } as const;
  await hear({ receipt: aReceipt({ kind: "completed", task: done }), otherTasks: [next] });
  expect(titles()).toEqual(["Milk again", "Milk"]);
  await hear({ receipt: aReceipt({ kind: "reopened", task: { ...milk, version: 4 } }), removedTaskIds: ["next"] });
  expect(titles()).toEqual(["Milk"]);
});

it("reads nothing anew for what this page did itself", async () => {
  const { hear, rereads, queries } = page(milk);
  queries.setQueryData(taskKey("milk"), milk);
  await hear({ receipt: aReceipt({ kind: "updated", task: milk }) });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(rereads()).toBe(0);
  await hear({ receipt: aReceipt({ kind: "updated", task: { ...milk, version: 3 } }) });
  await vi.waitFor(() => expect(rereads()).toBe(1));
  expect(queries.getQueryData<Task>(taskKey("milk"))?.version).toBe(3);
});

it("knows what was undone, and that an undo was taken back", async () => {
  const { hear, fates } = page(milk);
  await hear({ id: "undo", undoes: "first", receipt: aReceipt({ kind: "deleted", task: milk }) });
  expect(fates.get()["first"]?.undone).toBe(true);
  await hear({ id: "redo", undoes: "undo", receipt: aReceipt({ task: milk }) });
  expect([fates.get()["first"]?.undone, fates.get()["undo"]?.undone]).toEqual([false, true]);
});
