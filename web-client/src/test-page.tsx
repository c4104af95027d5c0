// Draws a part of the signed-in page over an API made of functions.

import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { onTestFinished } from "vitest";
import type { Api } from "./api/api";
import type { Session } from "./api/session";
import { createServices, type Services, ServicesProvider } from "./app/services";
import { Problem } from "./state/problem";

/** Answers nothing but what a test gives it. */
export function fakeApi(parts: { [Part in keyof Api]?: Partial<Api[Part]> }): Api {
  const refuse = () => Promise.reject(new Problem("internal", "Not part of this test."));
  const part = <T extends object>(given: Partial<T> | undefined): T =>
    new Proxy({}, { get: (_none, name) => given?.[name as keyof T] ?? refuse }) as T;
  return {
    tasks: part(parts.tasks),
    conversations: part(parts.conversations),
    turns: part(parts.turns),
    account: part(parts.account),
  };
}

export function showPage(api: Api, view: (services: Services) => ReactNode) {
  const user = { id: "ada", email: "ada@example.com", timeZone: "UTC", approvalPolicy: "by_risk", createdAt: 0 } as const;
  const services = createServices({} as Session, api, user);
  onTestFinished(services.dispose);
  const whole = (part: ReactNode) => (
    <QueryClientProvider client={services.queries}>
      <ServicesProvider services={services}>{part}</ServicesProvider>
    </QueryClientProvider>
  );
  const page = render(whole(view(services)));
  return { ...page, services, redraw: (part: ReactNode) => page.rerender(whole(part)) };
}
