// What the settings do beyond choices: sessions, the copy of one's data, and leaving.

import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Problem, problemOf } from "../state/problem";
import type { SignIn } from "../state/model";
import { useServices } from "./services";

const SIGN_INS = ["sign-ins"] as const;

/** Where the account is signed in. */
export function useSignIns() {
  const { api } = useServices();
  return useQuery({ queryKey: SIGN_INS, queryFn: () => api.account.signIns() });
}

/** Ends a session on another device. */
export function useRevoke() {
  const { api, queries, toasts } = useServices();
  return useMutation({
    mutationFn: (id: string) => api.account.revoke(id),
    onSuccess: (_nothing, id) => {
      queries.setQueryData<readonly SignIn[]>(SIGN_INS, (all) => all?.filter((each) => each.id !== id));
      toasts.say("Signed out there");
    },
    onError: (cause) => {
      toasts.warn(problemOf(cause).message);
      void queries.invalidateQueries({ queryKey: SIGN_INS });
    },
  });
}

/** Ends the session of this browser. */
export function useSignOut() {
  const { outbox, session } = useServices();
  return useMutation({
    mutationFn: () => session.signOut(),
    // The next person at this machine may be another one.
    onSuccess: () => outbox.clear(),
  });
}

/** Saves all that the server knows of the person as a file. */
export function useExport() {
  const { api, toasts, user } = useServices();
  const [bytes, setBytes] = useState(0);
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  const saving = useMutation({
    mutationFn: async () => {
      setBytes(0);
      leaving.current = new AbortController();
      save(await api.account.exported(leaving.current.signal, setBytes), `taskchat-${user.email ?? user.id}.json`);
    },
    onSuccess: () => toasts.say("Your data is saved"),
  });
  return { ...saving, bytes };
}

/** Hands a file to the browser's downloads. */
function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has its own hold on the file once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Deletes the account, for good. */
export function useErase() {
  const { api, outbox, session } = useServices();
  return useMutation({
    mutationFn: async () => {
      try {
        await api.account.erase();
      } catch (cause) {
        // Done already, by a try whose answer was lost.
        if (!(cause instanceof Problem) || cause.kind !== "unauthenticated") throw cause;
      }
    },
    onSuccess: () => {
      outbox.clear();
      session.erased();
    },
  });
}
