// A part that breaks.

import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Boundary } from "./Boundary";

let broken = true;

function Part() {
  if (broken) throw new Error("broken");
  return <p>whole</p>;
}

const page = (about: string) => (
  <>
    <p>rest</p>
    <Boundary title="This page cannot be shown" about={about}>
      <Part />
    </Boundary>
  </>
);

afterEach(() => vi.restoreAllMocks());

describe("Boundary", () => {
  it("leaves the rest alone, and draws its part again when asked or when it is about something else", () => {
    // React tells of what was caught.
    vi.spyOn(console, "error").mockImplementation(() => {});
    broken = true;
    const { rerender } = render(page("one"));
    screen.getByText("rest");
    expect(screen.getByTestId("load-error").textContent).toContain("This page cannot be shown");
    fireEvent.click(screen.getByText("Try again"));
    screen.getByTestId("load-error");
    broken = false;
    fireEvent.click(screen.getByText("Try again"));
    screen.getByText("whole");
    broken = true;
    rerender(page("one"));
    screen.getByTestId("load-error");
    broken = false;
    rerender(page("two"));
    screen.getByText("whole");
  });
});
