// What somebody wants that another part of the page has to do.

import { createStore } from "../state/store";

/** To write down a new task: the first field that can be seen takes it. */
export const wantsNewTask = createStore(false);
