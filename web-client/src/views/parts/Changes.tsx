// What a change did to the fields of a task: before and after.

import { useHere } from "../../app/now";
import { dueWords } from "../../state/due";
import type { Here } from "../../state/here";
import type { FieldChange } from "../../state/model";

export function Changes({ changes, className }: { readonly changes: readonly FieldChange[]; readonly className: string }) {
  const here = useHere();
  if (changes.length === 0) return null;
  return (
    <dl aria-label="What changed" className={className}>
      {changes.map(({ field, before, after }) => (
        <div key={field} className="flex min-w-0 flex-wrap gap-x-1.5">
          <dt className="font-medium">{field.replaceAll("_", " ")}</dt>
          <dd className="min-w-0">
            <del className="decoration-1">{valueWords(field, before, here)}</del>{" "}
            <span aria-label="became">→</span>{" "}
            <ins className="text-ink no-underline">{valueWords(field, after, here)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function valueWords(field: string, value: string, here: Here): string {
  if (value === "") return "none";
  if (field === "due_date") return dueWords(value, here);
  return field === "status" ? value.replaceAll("_", " ") : value;
}
