// Parts that are loaded when they are wanted.

import { act, fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { later } from "./later";

const Word = ({ word }: { readonly word: string }) => <b>{word}</b>;

describe("later", () => {
  it("shows what stands for it, then the part itself, fetched once", async () => {
    const fetch = vi.fn(() => Promise.resolve(Word));
    const Part = later(fetch, () => <i>wait</i>);
    const page = render(
      <>
        <Part word="one" />
        <Part word="two" />
      </>,
    );
    expect(screen.getAllByText("wait")).toHaveLength(2);
    await act(() => Part.load());
    expect(page.container.textContent).toBe("onetwo");
    expect(fetch).toHaveBeenCalledTimes(1);
    // Known by now: there at once.
    render(<Part word="three" />);
    expect(screen.getByText("three")).toBeDefined();
  });

  it("asks again when the network was gone", async () => {
    vi.useFakeTimers();
    let tries = 0;
    const Part = later(() => (++tries < 3 ? Promise.reject(new Error("gone")) : Promise.resolve(Word)));
    const page = render(<Part word="here" />);
    await act(() => vi.advanceTimersByTimeAsync(400));
    expect([tries, page.container.textContent]).toEqual([1, ""]);
    dispatchEvent(new Event("online"));
    await act(() => vi.advanceTimersByTimeAsync(1000));
    expect([tries, page.container.textContent]).toEqual([3, "here"]);
  });

  it("says when it has given up, and tries again when asked", async () => {
    vi.useFakeTimers();
    let there = false;
    const Part = later(() => (there ? Promise.resolve(Word) : Promise.reject(new Error("replaced by a newer build"))));
    render(<Part word="here" />);
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByTestId("load-error").textContent).toContain("reload the page");
    there = true;
    fireEvent.click(screen.getByText("Try again"));
    await act(() => vi.advanceTimersByTimeAsync(0));
    screen.getByText("here");
  });
});
