// Where the focus goes when what has it goes.

import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeApi, showPage } from "../../test-page";
import { More } from "./More";
import { Toasts } from "./Toasts";

const focused = () => document.activeElement?.textContent || document.activeElement?.id;

describe("the focus", () => {
  it("stays on a button at work, and goes to its list when there is no more", () => {
    const page = (more: "idle" | "loading" | "none") => (
      <div>
        <a href="/last">Last</a>
        {more !== "none" && <More words="Show older" loading={more === "loading"} onMore={() => {}} />}
      </div>
    );
    const { rerender } = render(page("idle"));
    screen.getByText("Show older").focus();
    rerender(page("loading"));
    expect([focused(), screen.getByText("Loading…").getAttribute("aria-disabled")]).toEqual(["Loading…", "true"]);
    rerender(page("none"));
    expect(focused()).toBe("Last");
  });

  it("leaves a message with its button for the next message, then for where it came from", async () => {
    const { services } = showPage(fakeApi({}), () => (
      <>
        <main id="main" tabIndex={-1} />
        <button type="button">Here</button>
        <Toasts />
      </>
    ));
    services.toasts.show("First", { label: "Undo first", run: () => {} });
    services.toasts.show("Second", { label: "Undo second", run: () => {} });
    const undo = await screen.findByText("Undo first");
    undo.focus();
    fireEvent.click(undo);
    expect(focused()).toBe("Undo second");
    await waitFor(() => expect(screen.getAllByTestId("toast")).toHaveLength(1));
    screen.getByText("Here").focus();
    screen.getByText("Undo second").focus();
    fireEvent.click(screen.getByText("Undo second"));
    expect(focused()).toBe("Here");
  });
});
