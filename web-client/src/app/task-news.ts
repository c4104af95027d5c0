// What happens to tasks elsewhere, taken into what this page shows.

import { usableLocks } from "../state/kept";
import type { Operation, Task } from "../state/model";
import { settled } from "../state/receipts";
import { receiptRemoves, withTask, withoutTask } from "../state/tasks";
import type { Services } from "./services";
import { editTaskLists, listed, taskKey } from "./task-cache";
import { Watch } from "./watch";

/** Several operations of a moment, such as those of one turn, are one reading. */
const TOGETHER = 150;

/** Begins to follow; the answer ends it. */
export function followTasks(services: Services): () => void {
  const { api, queries, fates, user } = services;
  const name = `taskchat.tasks.${user.id}`;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const reread = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      void queries.invalidateQueries({ queryKey: ["tasks"] });
      // What was not found is not looked for again.
      void queries.invalidateQueries({ queryKey: ["task"], predicate: ({ state }) => state.data !== undefined });
      void queries.invalidateQueries({ queryKey: ["operations"] });
      void judgeLatest();
    }, TOGETHER);
  };

  /** Receipts in a chat say what was undone while nobody listened; further back than this is old. */
  const judgeLatest = async () => {
    try {
      const { items } = await api.tasks.operations("", "");
      fates.update((now) =>
        items.reduce((next, { id, receipt }) => {
          const undone = receipt.undoneBy !== null;
          return (next[id]?.undone ?? false) === undone ? next : settled(next, id, undone);
        }, now),
      );
    } catch {
      // The next reading tells.
    }
  };

  /** What each undo took back, so that taking the undo back is understood. */
  const undone = new Map<string, string>();
  const judgeUndo = ({ id, undoes }: Operation) => {
    if (undoes === null) return;
    const first = undone.get(undoes);
    undone.set(id, undoes);
    fates.update((now) => {
      const next = settled(now, undoes, true);
      return first === undefined ? next : settled(next, first, false);
    });
  };

  const watch = new Watch({
    name,
    locks: usableLocks(),
    channel: "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null,
    open: (after, signal) => api.tasks.watch(after, signal),
    reread,
    took: (operation) => {
      judgeUndo(operation);
      void queries.invalidateQueries({ queryKey: ["operations"] });
      const { receipt, otherTasks, removedTaskIds } = operation;
      const gone = [...removedTaskIds];
      const here = [...otherTasks];
      if (receipt.task !== null) {
        if (receiptRemoves(receipt)) gone.push(receipt.task.id);
        else here.push(receipt.task);
      }
      const news = [...gone.map((id) => remove(services, id)), ...here.map((task) => put(services, task))];
      // In their place at once; in the right order, and where a search finds them, once read anew.
      if (news.includes(true)) reread();
    },
  });
  return () => {
    clearTimeout(timer);
    watch.dispose();
  };
}

/** True when it was news: what this page did itself is known already. */
function put({ queries }: Services, task: Task): boolean {
  const known = listed(queries, task.id);
  const open = queries.getQueryData<Task>(taskKey(task.id));
  if (open !== undefined && open.version < task.version) queries.setQueryData(taskKey(task.id), task);
  if (known !== undefined && known.version >= task.version) return false;
  editTaskLists(queries, (pages, query) => withTask(pages, task, query));
  return true;
}

function remove({ queries }: Services, id: string): boolean {
  if (listed(queries, id) === undefined) return false;
  editTaskLists(queries, (pages) => withoutTask(pages, id));
  return true;
}
