// Taking one's data along.

import { Download } from "lucide-react";
import { useExport } from "../../app/settings";
import { problemOf } from "../../state/problem";
import { Button } from "../parts/Button";
import { FormError } from "../parts/Field";

export function Export() {
  const { mutate, isPending, error, bytes } = useExport();
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-56 flex-1 text-sm text-muted">
        One JSON file with your account, tasks, their history, and all conversations.
      </p>
      <Button disabled={isPending} data-testid="export" onClick={() => mutate()}>
        <Download aria-hidden className="size-4" />
        {isPending ? `Downloading… ${Math.ceil(bytes / 1000)} kB` : "Download my data"}
      </Button>
      {error !== null && (
        <div className="w-full">
          <FormError>{problemOf(error).message}</FormError>
        </div>
      )}
    </div>
  );
}
