// What a conversation is called.

import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { fakeApi, showPage } from "../test-page";
import { useTitle } from "./conversations";

function Title({ id }: { readonly id: string | null }) {
  return <p>{useTitle(id) ?? "unknown"}</p>;
}

it("is asked for only where the list does not have it", async () => {
  const talk = { id: "new", title: "Plan the week", createdAt: 1, updatedAt: 1 };
  const get = vi.fn((id: string) => Promise.resolve({ ...talk, id, title: "An old talk" }));
  const list = () => Promise.resolve({ items: [talk], next: "older" });
  showPage(fakeApi({ conversations: { list, get } }), () => (
    <>
      <Title id="new" />
      <Title id="old" />
      <Title id={null} />
    </>
  ));
  await screen.findByText("Plan the week");
  await screen.findByText("An old talk");
  expect(get.mock.calls).toEqual([["old"]]);
});
