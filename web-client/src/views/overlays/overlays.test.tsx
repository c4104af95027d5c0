// The palette, the sheet, and which keys are whose.

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { turnKeys } from "../../app/keys-on";
import type { Finding } from "../../state/model";
import { PLACES, SHORTCUTS } from "../../state/shortcuts";
import type { TaskQuery } from "../../state/tasks";
import { aTask } from "../../test-data";
import { fakeApi, showPage } from "../../test-page";
import { Toasts } from "../parts/Toasts";
import { Overlays } from "./Overlays";

const tasks = [
  aTask({ id: "passport", title: "Renew the passport", description: "At the town hall" }),
  aTask({ id: "plants", title: "Water the plants" }),
];
const week = { id: "talk", title: "Plan the week", createdAt: 1, updatedAt: 1 };
const umbrella: Finding = {
  conversation: week,
  turnId: "turn-7",
  messageId: "message-7",
  role: "assistant",
  snippet: [{ text: "Take the ", match: false }, { text: "umbrella", match: true }],
  at: 1,
};

function show() {
  const holds = (query: TaskQuery) => tasks.filter(({ title, description }) => `${title} ${description}`.includes(query.text));
  const api = fakeApi({
    tasks: { list: (query) => Promise.resolve({ items: holds(query), next: null }) },
    conversations: {
      search: (query) =>
        Promise.resolve({
          items: query === "umbrella" ? [umbrella] : query === "old talk" ? [{ ...umbrella, conversation: { ...week, id: "old", title: "An old talk" }, messageId: "", turnId: "" }] : [],
          next: null,
        }),
      list: () => Promise.resolve({ items: [week], next: null }),
    },
  });
  return showPage(api, () => (
    <>
      <Overlays />
      <Toasts />
      <input aria-label="Field" />
    </>
  ));
}

const press = (key: string, init: KeyboardEventInit = {}, target: Element = document.body) =>
  fireEvent.keyDown(target, { key, ...init });
const options = () => screen.getAllByTestId("palette-option").map((option) => option.textContent);

beforeEach(() => {
  history.replaceState(null, "", "/tasks");
  turnKeys(true);
});

describe("the palette", () => {
  const open = async () => {
    show();
    press("k", { ctrlKey: true });
    return screen.findByTestId<HTMLInputElement>("palette-input");
  };

  it("lists commands, and with a few letters whatever fits best", async () => {
    const input = await open();
    expect(options()).toContain("Go to the tasksgt");
    fireEvent.change(input, { target: { value: "pl" } });
    await waitFor(() => expect(options()).toEqual(expect.arrayContaining(["Water the plants", "Plan the week"])));
    fireEvent.change(input, { target: { value: "pass" } });
    await waitFor(() => expect(options()).toEqual(["Renew the passport"]));
    fireEvent.change(input, { target: { value: "zzz" } });
    await screen.findByTestId("palette-nothing");
  });

  it("finds what the server knows: descriptions, older conversations, and what was said", async () => {
    const input = await open();
    fireEvent.change(input, { target: { value: "town hall" } });
    await waitFor(() => expect(options()).toEqual(["Renew the passport"]));
    fireEvent.change(input, { target: { value: "old talk" } });
    await waitFor(() => expect(options()).toEqual(["An old talk"]));
    fireEvent.change(input, { target: { value: "umbrella" } });
    // Nothing is said to be missing before the server has been heard.
    expect(screen.queryByTestId("palette-nothing")).toBeNull();
    await waitFor(() => expect(screen.getByTestId("palette-option").querySelector("mark")?.textContent).toBe("umbrella"));
    expect(screen.getByTestId("palette-option").textContent).toMatch(/^Plan the weekTake the umbrella/);
    press("Enter", {}, input);
    await waitFor(() => expect(location.pathname + location.hash).toBe("/chat/talk#reply-turn-7"));
  });

  it("is led by arrows, and not by the Enter of an input method", async () => {
    const input = await open();
    fireEvent.change(input, { target: { value: "pl" } });
    await waitFor(() => expect(options()).toContain("Plan the week"));
    const chosen = () => screen.getByRole("option", { selected: true }).textContent;
    const first = chosen();
    press("ArrowDown", {}, input);
    expect(chosen()).not.toBe(first);
    press("ArrowUp", {}, input);
    expect(chosen()).toBe(first);
    press("Enter", { isComposing: true }, input);
    expect(screen.queryByTestId("palette")).not.toBeNull();
    while (chosen() !== "Plan the week") press("ArrowDown", {}, input);
    press("Enter", {}, input);
    await waitFor(() => expect(location.pathname).toBe("/chat/talk"));
    expect(screen.queryByTestId("palette")).toBeNull();
  });
});

describe("keys", () => {
  it("are the field's while somebody writes, and the browser's with others", () => {
    show();
    const field = screen.getByLabelText("Field");
    for (const key of ["?", "c", "n", "z", "g", "s"]) press(key, {}, field);
    press("?", { isComposing: true });
    press("k", { ctrlKey: true, isComposing: true });
    press("c", { ctrlKey: true });
    press("n", { metaKey: true });
    expect([location.pathname, screen.queryByRole("dialog")]).toEqual(["/tasks", null]);
  });

  it("one after the other go places, in time", () => {
    vi.useFakeTimers();
    show();
    press("g");
    press("s");
    expect(location.pathname).toBe("/settings");
    press("x");
    press("t");
    expect(location.pathname).toBe("/settings");
  });

  it("that are letters can be turned off; the palette stays", async () => {
    show();
    turnKeys(false);
    press("?");
    press("c");
    expect([location.pathname, screen.queryByRole("dialog")]).toEqual(["/tasks", null]);
    press("k", { ctrlKey: true });
    await screen.findByTestId("palette");
  });

  it("take back what was just announced", async () => {
    const { services } = show();
    const undo = vi.fn();
    services.toasts.show("Deleted", { label: "Undo", run: undo });
    services.toasts.show("Something else");
    press("z");
    expect(undo).toHaveBeenCalledOnce();
    await waitFor(() => expect(screen.getAllByTestId("toast")).toHaveLength(1));
  });
});

it("the sheet lists every shortcut", async () => {
  show();
  press("?");
  const sheet = await screen.findByTestId("shortcut-sheet");
  for (const { shortcuts } of SHORTCUTS) {
    for (const { words } of shortcuts) expect(sheet.textContent).toContain(words);
  }
  const listed = SHORTCUTS.flatMap(({ shortcuts }) => shortcuts.flatMap(({ keys }) => keys.map((together) => together.join(" "))));
  for (const letter of Object.keys(PLACES)) expect(listed).toContain(`g ${letter}`);
});
