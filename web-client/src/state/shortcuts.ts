// All keys that do something, as the sheet lists them.

export interface Shortcut {
  /** Ways to say the same; each is keys pressed together ("Mod K") or one after the other ("g t"). */
  readonly keys: readonly (readonly string[])[];
  readonly words: string;
  /** Letters by themselves, which can be turned off. */
  readonly letter?: boolean;
}

export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

/** Where "g" and a letter lead. */
export const PLACES: Readonly<Record<string, string>> = { t: "/tasks", h: "/tasks/history", s: "/settings", c: "/chat" };

/** `Mod` is Ctrl, or Command on a Mac. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  {
    title: "Everywhere",
    shortcuts: [
      { keys: [["Mod", "K"]], words: "Find a command, conversation or task" },
      { keys: [["?"]], words: "This list", letter: true },
      { keys: [["c"]], words: "New chat", letter: true },
      { keys: [["n"]], words: "New task", letter: true },
      { keys: [["g", "t"]], words: "Go to the tasks", letter: true },
      { keys: [["g", "c"]], words: "Go to the chat", letter: true },
      { keys: [["g", "h"]], words: "Go to the history", letter: true },
      { keys: [["g", "s"]], words: "Go to the settings", letter: true },
      { keys: [["z"]], words: "Undo what was just announced", letter: true },
      { keys: [["Esc"]], words: "Close what is open" },
    ],
  },
  {
    title: "Task list",
    shortcuts: [
      { keys: [["↓"], ["j"]], words: "Next task" },
      { keys: [["↑"], ["k"]], words: "Task before" },
      { keys: [["Space"], ["x"]], words: "Complete, or take that back" },
      { keys: [["Enter"]], words: "Open" },
      { keys: [["e"]], words: "Edit in place", letter: true },
      { keys: [["Delete"]], words: "Delete; can be undone" },
      { keys: [["/"]], words: "Search tasks", letter: true },
      { keys: [["Mod", "Enter"]], words: "Save what is being edited" },
    ],
  },
  {
    title: "Chat",
    shortcuts: [
      { keys: [["Enter"]], words: "Send" },
      { keys: [["Shift", "Enter"]], words: "New line" },
      { keys: [["Esc"]], words: "Stop the answer" },
      { keys: [["Alt", "↑"], ["k"]], words: "Message before" },
      { keys: [["Alt", "↓"], ["j"]], words: "Next message" },
    ],
  },
];
