// The address of a turn: finds the conversation that it belongs to, and goes there.

import { useQuery } from "@tanstack/react-query";
import { Redirect } from "wouter";
import { useServices } from "../app/services";
import { problemOf } from "../state/problem";
import { Missing } from "./NotFound";
import { PageHeader } from "./PageHeader";
import { Skeleton, Trouble } from "./parts/State";

export function TurnPage({ id }: { readonly id: string }) {
  const { api } = useServices();
  const { data, error, refetch } = useQuery({
    queryKey: ["turn", id],
    queryFn: () => api.turns.conversationOf(id),
    staleTime: Infinity,
  });
  if (data !== undefined) return <Redirect to={`/chat/${data}#turn-${id}`} replace />;
  const problem = error === null ? null : problemOf(error);
  return (
    <>
      <PageHeader title="Message" />
      {problem === null ? (
        <Skeleton lines={5} label="Looking for the message" />
      ) : problem.missing || problem.kind === "invalid" ? (
        <Missing
          testId="turn-not-found"
          title="Message not found"
          detail="Its conversation was deleted, or it belongs to somebody else."
        />
      ) : (
        <Trouble title="The message could not be found" detail={problem.message} onRetry={() => void refetch()} />
      )}
    </>
  );
}
