// What the palette can do: the commands of the page.

import {
  Contrast,
  Download,
  History,
  Keyboard,
  ListTodo,
  LogOut,
  type LucideIcon,
  MessageSquarePlus,
  Moon,
  Plus,
  Settings,
  Sun,
  SunMoon,
} from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { useServices } from "../../app/services";
import { chooseContrast, chooseTheme, contrast } from "../../app/theme";
import { useLeave } from "./leave";
import { newTask } from "./Overlays";
import { showSheet } from "./shown";

export interface Command {
  readonly id: string;
  readonly words: string;
  readonly icon: LucideIcon;
  readonly keys?: readonly string[];
  readonly run: () => void;
}

export function useCommands(): readonly Command[] {
  const { desk } = useServices();
  const [, navigate] = useLocation();
  const { leave } = useLeave();
  return useMemo(
    () => [
      {
        id: "new-chat",
        words: "New chat",
        icon: MessageSquarePlus,
        keys: ["c"],
        run: () => {
          desk.startFresh();
          navigate("/chat");
        },
      },
      { id: "new-task", words: "New task", icon: Plus, keys: ["n"], run: () => newTask(navigate) },
      { id: "tasks", words: "Go to the tasks", icon: ListTodo, keys: ["g", "t"], run: () => navigate("/tasks") },
      { id: "open", words: "Show open tasks", icon: ListTodo, run: () => navigate("/tasks?status=open") },
      { id: "overdue", words: "Show overdue tasks", icon: ListTodo, run: () => navigate("/tasks?due=overdue") },
      { id: "history", words: "Go to the history", icon: History, keys: ["g", "h"], run: () => navigate("/tasks/history") },
      { id: "settings", words: "Settings", icon: Settings, keys: ["g", "s"], run: () => navigate("/settings") },
      { id: "shortcuts", words: "Keyboard shortcuts", icon: Keyboard, keys: ["?"], run: showSheet },
      { id: "theme-light", words: "Theme: light", icon: Sun, run: () => chooseTheme("light") },
      { id: "theme-dark", words: "Theme: dark", icon: Moon, run: () => chooseTheme("dark") },
      { id: "theme-system", words: "Theme: as the system", icon: SunMoon, run: () => chooseTheme("system") },
      {
        id: "contrast",
        words: "High contrast on or off",
        icon: Contrast,
        run: () => chooseContrast(contrast.get() === "more" ? "normal" : "more"),
      },
      { id: "export", words: "Download my data", icon: Download, run: () => navigate("/settings") },
      { id: "sign-out", words: "Sign out", icon: LogOut, run: leave },
    ],
    [desk, leave, navigate],
  );
}
