// One of a few: radio buttons that look like a switch with several positions.

import { useId } from "react";

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** The label is to be seen. */
  readonly labelled?: boolean;
  readonly testId?: string;
}

export function Choice<T extends string>({ label, options, value, onChange, labelled = false, testId }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset data-testid={testId}>
      <legend className={labelled ? "mb-1.5 text-sm font-medium" : "sr-only"}>{label}</legend>
      <div className="flex flex-wrap rounded-lg bg-sunken p-0.5">
        {options.map(([each, words]) => (
          <label
            key={each}
            className="relative flex min-h-9 flex-auto cursor-pointer items-center justify-center rounded-md border border-transparent px-1.5 text-sm whitespace-nowrap sm:px-2 text-muted has-checked:bg-lifted has-checked:font-medium has-checked:text-ink has-checked:shadow-raised more:has-checked:border-edge forced-colors:has-checked:border-[Highlight] has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={each}
              checked={value === each}
              onChange={() => onChange(each)}
              className="sr-only"
            />
            {words}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
