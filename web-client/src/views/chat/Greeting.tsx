// An empty conversation, and what one could say in it.

import type { Flow } from "../../app/flow";
import { Mark } from "../parts/Brand";

const SUGGESTIONS = [
  "Add a task called Buy groceries",
  "Remind me to call the dentist tomorrow at 9am",
  "What is still open?",
  "Add “Book flights” and mark it urgent",
];

export function Greeting({ flow }: { readonly flow: Flow }) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto scroll-quiet">
      <div className="mx-auto flex min-h-full max-w-2xl flex-col items-center justify-center px-5 py-8 text-center">
        <Mark className="mb-4 size-11" />
        <h2 className="text-2xl font-semibold tracking-tight text-balance">What needs doing?</h2>
        <p className="mt-2 max-w-md text-muted text-balance">
          Say it in your own words. Every change comes with a receipt, and every receipt can be undone.
        </p>
        <ul className="mt-7 grid w-full gap-2 text-left sm:grid-cols-2" aria-label="Suggestions">
          {SUGGESTIONS.map((words) => (
            <li key={words}>
              <button
                type="button"
                data-testid="suggestion"
                onClick={() => {
                  flow.writing.draft.update(() => words);
                  flow.writing.focus();
                }}
                className="h-full w-full rounded-lg border border-line bg-surface px-4 py-3 text-left text-sm shadow-raised transition-colors hover:border-edge"
              >
                {words}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
