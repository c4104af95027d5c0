// An address that leads nowhere.

import { Compass } from "lucide-react";
import { Link } from "wouter";
import { useTitleOf } from "../app/title";
import { PageHeader } from "./PageHeader";
import { Nothing } from "./parts/State";

export function NotFound() {
  useTitleOf("Page not found");
  return (
    <>
      <PageHeader title="Page not found" />
      <Missing title="There is nothing at this address." testId="page-not-found" />
    </>
  );
}

interface MissingProps {
  readonly title: string;
  readonly detail?: string;
  readonly testId: string;
}

/** Something that does not exist, or is not ours to see: nobody is told which. */
export function Missing({ title, detail, testId }: MissingProps) {
  return (
    <Nothing icon={<Compass />} title={title} testId={testId}>
      {detail}
      <p className="mt-4 flex justify-center gap-4">
        <Link href="/tasks" className="font-medium text-accent underline underline-offset-2">
          Your tasks
        </Link>
        <Link href="/chat" className="font-medium text-accent underline underline-offset-2">
          New chat
        </Link>
      </p>
    </Nothing>
  );
}
