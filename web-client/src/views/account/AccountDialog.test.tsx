// What people choose of their account.

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Choices, User } from "../../state/model";
import { Problem } from "../../state/problem";
import { fakeApi, showPage } from "../../test-page";
import AccountDialog from "./AccountDialog";

const ADA: User = { id: "ada", email: "ada@example.com", timeZone: "Europe/Berlin", approvalPolicy: "by_risk", createdAt: 0 };
const radio = (name: RegExp) => screen.getByRole<HTMLInputElement>("radio", { name });

describe("AccountDialog", () => {
  it("changes when to ask, and the time zone", async () => {
    let me = ADA;
    const choose = vi.fn((choices: Partial<Choices>) => Promise.resolve((me = { ...me, ...choices })));
    showPage(fakeApi({ account: { me: () => Promise.resolve(me), choose } }), () => <AccountDialog onClose={() => {}} />);
    const zone = screen.getByLabelText<HTMLSelectElement>("Time zone");
    await waitFor(() => expect(zone.value).toBe("Europe/Berlin"));
    expect(radio(/risky/).checked).toBe(true);
    fireEvent.click(radio(/Before every change/));
    await waitFor(() => expect(radio(/Before every change/).checked).toBe(true));
    fireEvent.change(zone, { target: { value: "Asia/Tokyo" } });
    await waitFor(() => expect(choose.mock.calls).toEqual([[{ approvalPolicy: "always" }], [{ timeZone: "Asia/Tokyo" }]]));
    expect(zone.value).toBe("Asia/Tokyo");
  });

  it("goes back to what is stored when it cannot be saved", async () => {
    const choose = () => Promise.reject(new Problem("unavailable", "Down."));
    showPage(fakeApi({ account: { me: () => Promise.resolve(ADA), choose } }), () => <AccountDialog onClose={() => {}} />);
    fireEvent.click(radio(/Never/));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("Not saved. Down."));
    expect(radio(/risky/).checked).toBe(true);
  });
});
