// Signing up and in.

import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/session";
import { Problem } from "../../state/problem";
import { Welcome } from "./Welcome";

function open(mode: "signin" | "signup", answer: () => Promise<void>) {
  const act = vi.fn((_first: unknown, _second?: unknown) => answer());
  const session = { signIn: act, signUp: act } as unknown as Session;
  render(<Welcome session={session} mode={mode} />);
  fireEvent.change(screen.getByLabelText("E-mail"), { target: { value: " ada@example.com " } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: "secret" } });
  fireEvent.click(screen.getByTestId("submit"));
  return act;
}

describe("Welcome", () => {
  it("shows the reason next to the field and keeps the input", async () => {
    const fields = { password: "Must be at least 8 characters." };
    open("signup", () => Promise.reject(new Problem("invalid", "Password must be …", fields)));
    await waitFor(() => screen.getByTestId("field-error"));
    const password = screen.getByLabelText<HTMLInputElement>("Password");
    expect(password.value).toBe("secret");
    expect(password.getAttribute("aria-invalid")).toBe("true");
    const note = document.getElementById(password.getAttribute("aria-describedby") ?? "");
    expect(note?.textContent).toBe("Must be at least 8 characters.");
    expect(screen.queryByTestId("form-error")).toBeNull();
  });

  it("says that an address is taken at the address", async () => {
    open("signup", () => Promise.reject(new Problem("exists", "E-mail address is already registered.")));
    await waitFor(() => expect(screen.getByTestId("field-error").textContent).toContain("already registered"));
    expect(screen.getByLabelText("E-mail").getAttribute("aria-invalid")).toBe("true");
  });

  it("says what concerns the whole form over it", async () => {
    open("signin", () => Promise.reject(new Problem("unauthenticated", "Wrong e-mail or password.")));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("Wrong e-mail or password."));
    expect(screen.getByTestId<HTMLButtonElement>("submit").disabled).toBe(false);
  });

  it("sends a trimmed address, once", () => {
    const signIn = open("signin", () => new Promise(() => {}));
    fireEvent.submit(screen.getByTestId("signin-form"));
    expect(signIn).toHaveBeenCalledExactlyOnceWith("ada@example.com", "secret");
  });
});
