// Which tasks are shown, and in which order.

import { useId } from "react";
import type { StatusFilter, TaskOrder } from "../../state/tasks";
import { FIELD } from "../parts/Button";

const STATUSES: readonly (readonly [StatusFilter, string])[] = [
  ["all", "All"],
  ["pending", "To do"],
  ["in_progress", "In progress"],
  ["completed", "Done"],
];

const ORDERS: readonly (readonly [TaskOrder, string])[] = [
  ["created_at desc", "Newest first"],
  ["due_date", "Due first"],
  ["priority desc", "Most urgent first"],
  ["title", "By title"],
];

interface StatusFiltersProps {
  readonly value: StatusFilter;
  readonly onChange: (status: StatusFilter) => void;
}

export function StatusFilters({ value, onChange }: StatusFiltersProps) {
  const name = useId();
  return (
    <fieldset data-testid="status-filter" className="flex rounded-lg bg-sunken p-0.5">
      <legend className="sr-only">Show tasks</legend>
      {STATUSES.map(([status, words]) => (
        <label
          key={status}
          className="relative flex min-h-8 cursor-pointer items-center rounded-md px-2.5 text-sm whitespace-nowrap text-muted has-checked:bg-lifted has-checked:font-medium has-checked:text-ink has-checked:shadow-raised has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            value={status}
            checked={value === status}
            onChange={() => onChange(status)}
            className="sr-only"
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

interface OrderSelectProps {
  readonly value: TaskOrder;
  readonly onChange: (order: TaskOrder) => void;
}

export function OrderSelect({ value, onChange }: OrderSelectProps) {
  return (
    <select
      aria-label="Order"
      data-testid="task-order"
      value={value}
      onChange={(event) => onChange(event.target.value as TaskOrder)}
      className={`${FIELD} min-h-9 w-auto! py-1 text-sm`}
    >
      {ORDERS.map(([order, words]) => (
        <option key={order} value={order}>
          {words}
        </option>
      ))}
    </select>
  );
}
