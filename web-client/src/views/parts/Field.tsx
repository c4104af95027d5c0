// A label, its control, and what is wrong with it, tied together for everybody.

import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

interface FieldProps {
  readonly label: string;
  readonly error?: string | undefined;
  readonly hint?: string;
  /** Gets what the control needs in order to be labelled and described. */
  readonly children: (control: {
    readonly id: string;
    readonly "aria-invalid": boolean | undefined;
    readonly "aria-describedby": string | undefined;
  }) => ReactNode;
}

export function Field({ label, error, hint, children }: FieldProps) {
  const id = useId();
  const note = error !== undefined || hint !== undefined;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        "aria-invalid": error === undefined ? undefined : true,
        "aria-describedby": note ? `${id}-note` : undefined,
      })}
      {note && (
        <p
          id={`${id}-note`}
          data-testid={error === undefined ? undefined : "field-error"}
          className={`mt-1 flex items-start gap-1.5 text-sm ${error === undefined ? "text-muted" : "text-danger"}`}
        >
          {error !== undefined && <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />}
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

/** What went wrong with a form as a whole. */
export function FormError({ children }: { readonly children: ReactNode }) {
  return (
    <p
      role="alert"
      data-testid="form-error"
      className="flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      {children}
    </p>
  );
}
