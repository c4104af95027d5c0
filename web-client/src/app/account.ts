// The account and what its owner has chosen: what the views call.

import { useMutation, useQuery } from "@tanstack/react-query";
import type { Choices, User } from "../state/model";
import { useServices } from "./services";
import { ME } from "./zone";

/** The account: at once as it was when the page began, then as it stands. */
export function useMe(): User {
  const { api, user } = useServices();
  const { data } = useQuery({
    queryKey: ME,
    queryFn: () => api.account.me(),
    initialData: user,
    initialDataUpdatedAt: 0,
  });
  return data;
}

/** Changes a choice: at once in the view, and back when the server refuses. */
export function useChoose() {
  const { api, queries, tell, toasts } = useServices();
  return useMutation({
    mutationFn: (choices: Partial<Choices>) => api.account.choose(choices),
    onMutate: (choices) => {
      void queries.cancelQueries({ queryKey: ME });
      const before = queries.getQueryData<User>(ME);
      queries.setQueryData<User>(ME, (me) => me && { ...me, ...choices });
      return before;
    },
    onSuccess: (me) => {
      queries.setQueryData<User>(ME, me);
      tell({ account: true });
      toasts.say("Saved");
    },
    onError: (_cause, _choices, before) => queries.setQueryData<User>(ME, before),
  });
}
