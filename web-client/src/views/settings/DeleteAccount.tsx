// The end of an account: only for who types its address.

import { type SyntheticEvent, useState } from "react";
import { useErase } from "../../app/settings";
import type { User } from "../../state/model";
import { problemOf } from "../../state/problem";
import { Button, FIELD } from "../parts/Button";
import { Dialog } from "../parts/Dialog";
import { Field, FormError } from "../parts/Field";

export function DeleteAccount({ user }: { readonly user: User }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        look="quiet"
        className="text-danger!"
        aria-haspopup="dialog"
        data-testid="delete-account"
        onClick={() => setAsking(true)}
      >
        Delete account…
      </Button>
      {asking && <Confirm name={user.email ?? user.id} onClose={() => setAsking(false)} />}
    </>
  );
}

function Confirm({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const erase = useErase();
  const sure = typed.trim().toLowerCase() === name.toLowerCase();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (sure && !erase.isPending) erase.mutate();
  };
  return (
    <Dialog title="Delete your account?" onClose={onClose} testId="confirm-delete-account">
      <form onSubmit={submit} className="space-y-4">
        <p className="text-muted">
          Your tasks, conversations, sessions and the account itself are deleted for good. Nobody can undo this.
        </p>
        <Field label={`Type ${name} to confirm`}>
          {(control) => (
            <input
              {...control}
              type="text"
              inputMode="email"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              data-testid="confirm-address"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              className={FIELD}
            />
          )}
        </Field>
        {erase.error !== null && <FormError>{problemOf(erase.error).message}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" type="submit" disabled={!sure || erase.isPending} data-testid="confirm">
            {erase.isPending ? "Deleting…" : "Delete for good"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
