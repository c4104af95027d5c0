// Writing and sending.

import { act, fireEvent, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { say as saidIn } from "../../state/thread";
import { fakeApi, showPage } from "../../test-page";
import { Composer } from "./Composer";

/** A turn that never gets anywhere. */
async function* silence(): AsyncGenerator<never> {
  await new Promise(() => {});
}

function open() {
  const { services } = showPage(fakeApi({ turns: { send: silence } }), ({ desk }) => <Composer flow={desk.open(null)} />);
  const flow = services.desk.open(null);
  const say = vi.spyOn(flow, "say").mockImplementation(() => {});
  return { services, flow, say, field: screen.getByLabelText<HTMLTextAreaElement>("Message") };
}

const write = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

describe("Composer", () => {
  it("sends on Enter and is empty then", () => {
    const { field, say } = open();
    write(field, "  Add milk \n");
    fireEvent.keyDown(field, { key: "Enter" });
    expect(say).toHaveBeenCalledExactlyOnceWith("Add milk");
    expect(field.value).toBe("");
  });

  it.each([
    ["Shift+Enter", { key: "Enter", shiftKey: true }],
    ["an Enter that ends a composition", { key: "Enter", isComposing: true }],
    ["the same in older browsers", { key: "Enter", keyCode: 229 }],
  ])("does not send on %s", (_name, event) => {
    const { field, say } = open();
    write(field, "にほんご");
    fireEvent.keyDown(field, event);
    expect(say).not.toHaveBeenCalled();
    expect(field.value).toBe("にほんご");
  });

  it("starts a line on the Enter of a touch screen, and sends by button", () => {
    vi.spyOn(globalThis, "matchMedia").mockImplementation(
      (query) => ({ matches: query === "(pointer: coarse)", addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList,
    );
    const { field, say } = open();
    write(field, "Add milk");
    fireEvent.keyDown(field, { key: "Enter" });
    expect([say.mock.calls.length, field.getAttribute("enterkeyhint")]).toEqual([0, "enter"]);
    fireEvent.submit(screen.getByTestId("composer"));
    expect(say).toHaveBeenCalledExactlyOnceWith("Add milk");
    vi.mocked(matchMedia).mockRestore();
  });

  it("sends nothing blank", () => {
    const { field, say } = open();
    write(field, " \n ");
    fireEvent.keyDown(field, { key: "Enter" });
    expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(true);
    expect(say).not.toHaveBeenCalled();
  });

  it("says something once more in other words, and gives back what was being written", () => {
    const { field, flow, say, services } = open();
    act(() => {
      flow.thread.update((thread) => saidIn(thread, "r1", "Add buy milk", 1));
      flow.writing.draft.update(() => "half a thought");
      flow.edit("r1");
    });
    expect(field.value).toBe("Add buy milk");
    expect(screen.getByTestId("editing").textContent).toContain("new message");
    fireEvent.keyDown(field, { key: "Escape" });
    expect([screen.queryByTestId("editing"), field.value]).toEqual([null, "half a thought"]);
    act(() => flow.edit("r1"));
    // Over a reload, too.
    expect(services.outbox.draft(null)).toEqual({ text: "Add buy milk", before: "half a thought" });
    write(field, "Add buy oat milk");
    fireEvent.keyDown(field, { key: "Enter" });
    expect(say).toHaveBeenCalledExactlyOnceWith("Add buy oat milk");
    expect([screen.queryByTestId("editing"), field.value]).toEqual([null, "half a thought"]);
  });

  it("keeps what is too long to send", () => {
    const { field, say } = open();
    write(field, "é".repeat(16 * 1024 + 1));
    fireEvent.keyDown(field, { key: "Enter" });
    expect(say).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toContain("too long");
    expect(field.value).not.toBe("");
  });

  it("keeps a draft with every keystroke", () => {
    const { field, services } = open();
    write(field, "half a thou");
    expect(services.outbox.draft(null).text).toBe("half a thou");
  });

  it("stops the answer by button and by Escape", () => {
    const { field, flow } = open();
    const stop = vi.spyOn(flow, "stop").mockImplementation(() => {});
    expect(screen.queryByTestId("stop")).toBeNull();
    vi.mocked(flow.say).mockRestore();
    act(() => flow.say("Hello"));
    fireEvent.click(screen.getByTestId("stop"));
    fireEvent.keyDown(field, { key: "Escape" });
    expect(stop).toHaveBeenCalledTimes(2);
  });

  it("can stop an answer after another one that never said that it had stopped", () => {
    const { flow } = open();
    vi.mocked(flow.say).mockRestore();
    act(() => flow.thread.update((thread) => ({ ...thread, stopping: "gone" })));
    act(() => flow.say("Hello"));
    expect(screen.getByTestId("stop").getAttribute("aria-label")).toBe("Stop the answer");
    fireEvent.click(screen.getByTestId("stop"));
    expect(screen.getByTestId("stop").getAttribute("aria-label")).toBe("Stopping");
  });
});
