// Parts that are loaded when they are wanted.

import { act, render, screen } from "@testing-library/react";
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
});
