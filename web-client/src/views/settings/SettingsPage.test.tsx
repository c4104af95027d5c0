// What people choose of their account and this device, and how they leave.

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/session";
import { keysOn, turnKeys } from "../../app/keys-on";
import { chooseContrast, chooseTheme } from "../../app/theme";
import type { Choices, SignIn, User } from "../../state/model";
import { Problem } from "../../state/problem";
import { fakeApi, showPage } from "../../test-page";
import { Leaving } from "../overlays/Leaving";
import { hideOverlay, overlay } from "../overlays/shown";
import { SettingsPage } from "./SettingsPage";

const ADA: User = { id: "ada", email: "ada@example.com", timeZone: "Europe/Berlin", approvalPolicy: "by_risk", createdAt: 0 };
const HERE: SignIn = { id: "here", createdAt: 1, lastUsedAt: 2, userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0", current: true };
const THERE: SignIn = { ...HERE, id: "there", userAgent: "curl/8", current: false };

type Account = NonNullable<Parameters<typeof fakeApi>[0]["account"]>;

function show(account: Account = {}, session: Partial<Session> = {}) {
  const api = fakeApi({ account: { me: () => Promise.resolve(ADA), signIns: () => Promise.resolve([HERE, THERE]), ...account } });
  return showPage(api, (services) => {
    Object.assign(services.session, session);
    return <SettingsPage />;
  });
}
// By label and not by role: to find roles among hundreds of time zones takes seconds.
const radio = (name: RegExp | string) => screen.getByLabelText<HTMLInputElement>(name, { selector: "[type=radio]" });

beforeEach(() => {
  chooseTheme("system");
  chooseContrast("system");
  turnKeys(true);
  hideOverlay();
});

describe("choices", () => {
  it("are when to ask, and the time zone", async () => {
    let me = ADA;
    const choose = vi.fn((choices: Partial<Choices>) => Promise.resolve((me = { ...me, ...choices })));
    show({ me: () => Promise.resolve(me), choose });
    const zone = screen.getByLabelText<HTMLSelectElement>("Time zone");
    await waitFor(() => expect(zone.value).toBe("Europe/Berlin"));
    expect(radio(/risky/).checked).toBe(true);
    fireEvent.click(radio(/Before every change/));
    await waitFor(() => expect(radio(/Before every change/).checked).toBe(true));
    fireEvent.change(zone, { target: { value: "Asia/Tokyo" } });
    await waitFor(() => expect(choose.mock.calls).toEqual([[{ approvalPolicy: "always" }], [{ timeZone: "Asia/Tokyo" }]]));
    expect(zone.value).toBe("Asia/Tokyo");
  });

  it("go back to what is stored when they cannot be saved", async () => {
    const choose = () => Promise.reject(new Problem("unavailable", "Down."));
    show({ choose });
    fireEvent.click(radio(/^Never/));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("Not saved. Down."));
    expect(radio(/risky/).checked).toBe(true);
  });

  it("of theme, contrast and keys are kept on this device", () => {
    show();
    const { dataset } = document.documentElement;
    fireEvent.click(radio("Dark"));
    fireEvent.click(radio("High"));
    fireEvent.click(screen.getByTestId("letters"));
    expect([dataset["theme"], dataset["contrast"], keysOn.get()]).toEqual(["dark", "more", false]);
    expect({ ...localStorage }).toMatchObject({
      "taskchat.theme": "dark",
      "taskchat.contrast": "more",
      "taskchat.letters": "off",
    });
    fireEvent.click(radio("Light"));
    expect(dataset["theme"]).toBe("light");
  });
});

describe("sessions", () => {
  it("can be ended, all but the one that asks", async () => {
    const revoke = vi.fn(() => Promise.resolve());
    show({ revoke });
    await waitFor(() => expect(screen.getAllByTestId("session")).toHaveLength(2));
    expect(screen.getAllByTestId("session")[0]?.textContent).toContain("Firefox on LinuxThis one");
    fireEvent.click(screen.getByTestId("revoke-session"));
    await waitFor(() => expect(screen.getAllByTestId("session")).toHaveLength(1));
    expect(revoke).toHaveBeenCalledExactlyOnceWith("there");
  });
});

describe("one's data", () => {
  it("comes as one file", async () => {
    const made: Blob[] = [];
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${made.push(blob)}`, revokeObjectURL: () => {} }));
    const named: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(this: HTMLAnchorElement) {
      named.push(this.download);
    });
    show({ exported: () => Promise.resolve(new Blob(['{"tasks":[]}'])) });
    fireEvent.click(screen.getByTestId("export"));
    await waitFor(() => expect(named).toEqual(["taskchat-ada@example.com.json"]));
    expect(made.map((blob) => blob.size)).toEqual([12]);
  });
});

describe("signing out", () => {
  it("asks first when something was written that only this browser has", async () => {
    const signOut = vi.fn(() => Promise.resolve());
    const { services } = show({}, { signOut });
    services.outbox.keepDraft("c1", { text: "half a thought", before: null });
    fireEvent.click(screen.getByTestId("sign-out"));
    expect([overlay.get(), signOut.mock.calls.length]).toEqual(["leaving", 0]);
    services.outbox.keepDraft("c1", { text: "", before: null });
    fireEvent.click(screen.getByTestId("sign-out"));
    await waitFor(() => expect(signOut).toHaveBeenCalledOnce());
  });

  it("says what would be gone, and goes when that is accepted", async () => {
    const signOut = vi.fn(() => Promise.resolve());
    const closed = vi.fn();
    showPage(fakeApi({}), ({ outbox, session }) => {
      Object.assign(session, { signOut });
      outbox.keepDraft(null, { text: "half a thought", before: null });
      outbox.put({ requestId: "r1", conversationId: null, place: "p1", text: "Hello", at: 1 });
      return <Leaving onClose={closed} />;
    });
    const dialog = screen.getByTestId("leaving");
    expect(dialog.textContent).toContain("1 message not sent yet, and 1 draft are in this browser only. Signing out deletes them.");
    fireEvent.click(screen.getByText("Stay"));
    expect([closed.mock.calls.length, signOut.mock.calls.length]).toEqual([1, 0]);
    fireEvent.click(screen.getByTestId("leave"));
    await waitFor(() => expect(closed).toHaveBeenCalledTimes(2));
    expect(Object.keys(localStorage).filter((key) => key.startsWith("taskchat.ada."))).toEqual([]);
  });
});

describe("deleting the account", () => {
  const asked = async () => {
    fireEvent.click(screen.getByTestId("delete-account"));
    return screen.findByTestId<HTMLButtonElement>("confirm");
  };

  it("wants the address typed, and then leaves", async () => {
    const erase = vi.fn(() => Promise.resolve());
    const erased = vi.fn();
    show({ erase }, { erased });
    const confirm = await asked();
    fireEvent.change(screen.getByTestId("confirm-address"), { target: { value: "somebody@example.com" } });
    expect(confirm.disabled).toBe(true);
    fireEvent.change(screen.getByTestId("confirm-address"), { target: { value: " Ada@Example.com " } });
    expect(confirm.disabled).toBe(false);
    fireEvent.click(confirm);
    await waitFor(() => expect(erased).toHaveBeenCalledOnce());
    expect(erase).toHaveBeenCalledOnce();
  });

  it("says when it failed, and stays", async () => {
    const erased = vi.fn();
    show({ erase: () => Promise.reject(new Problem("unavailable", "Not now.")) }, { erased });
    const confirm = await asked();
    fireEvent.change(screen.getByTestId("confirm-address"), { target: { value: "ada@example.com" } });
    fireEvent.click(confirm);
    await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("Not now."));
    expect(erased).not.toHaveBeenCalled();
  });

  it("done by a try whose answer was lost is done", async () => {
    const erased = vi.fn();
    show({ erase: () => Promise.reject(new Problem("unauthenticated", "Gone.")) }, { erased });
    const confirm = await asked();
    fireEvent.change(screen.getByTestId("confirm-address"), { target: { value: "ada@example.com" } });
    fireEvent.click(confirm);
    await waitFor(() => expect(erased).toHaveBeenCalledOnce());
  });
});
