// Which tasks are shown, and in which order.

import { PRIORITY_WORDS, type DueFilter, type StatusFilter, type TaskOrder, type TaskQuery } from "../../state/tasks";
import { SELECT } from "../parts/Button";
import { Choice } from "../parts/Choice";

const STATUSES: readonly (readonly [StatusFilter, string])[] = [
  ["all", "All"],
  ["open", "Open"],
  ["pending", "To do"],
  ["in_progress", "In progress"],
  ["completed", "Done"],
];

const ORDERS: readonly (readonly [TaskOrder, string])[] = [
  ["created_at desc", "Newest first"],
  ["due_date", "Due first"],
  ["priority desc", "Most urgent first"],
  ["title", "By title"],
  ["updated_at desc", "Last changed first"],
];

const DUES: readonly (readonly [DueFilter, string])[] = [
  ["any", "Any date"],
  ["overdue", "Overdue"],
  ["today", "Due today"],
  ["week", "Next 7 days"],
];

const PRIORITIES: readonly (readonly [TaskQuery["priority"], string])[] = [
  ["any", "Any priority"],
  ["urgent", PRIORITY_WORDS.urgent],
  ["high", PRIORITY_WORDS.high],
  ["medium", PRIORITY_WORDS.medium],
  ["low", PRIORITY_WORDS.low],
];

interface StatusFiltersProps {
  readonly value: StatusFilter;
  readonly onChange: (status: StatusFilter) => void;
}

export function StatusFilters({ value, onChange }: StatusFiltersProps) {
  return <Choice label="Show tasks" testId="status-filter" options={STATUSES} value={value} onChange={onChange} />;
}

interface PicksProps {
  readonly query: TaskQuery;
  readonly onChange: (query: TaskQuery) => void;
}

/** How many of the choices below are made. */
export function picked({ due, priority }: TaskQuery): number {
  return Number(due !== "any") + Number(priority !== "any");
}

/** What is left to choose: due date, priority, order. */
export function Picks({ query, onChange }: PicksProps) {
  return (
    <>
      <Pick label="Due date" testId="due-filter" options={DUES} value={query.due} onChange={(due) => onChange({ ...query, due })} />
      <Pick
        label="Priority"
        testId="priority-filter"
        options={PRIORITIES}
        value={query.priority}
        onChange={(priority) => onChange({ ...query, priority })}
      />
      <Pick label="Order" testId="task-order" options={ORDERS} value={query.order} onChange={(order) => onChange({ ...query, order })} />
    </>
  );
}

interface PickProps<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly testId: string;
}

function Pick<T extends string>({ label, options, value, onChange, testId }: PickProps<T>) {
  return (
    <select
      aria-label={label}
      data-testid={testId}
      value={value}
      onChange={(event) => onChange(event.target.value as T)}
      className={`${SELECT} min-h-9 min-w-0 py-1 text-sm`}
    >
      {options.map(([each, words]) => (
        <option key={each} value={each}>
          {words}
        </option>
      ))}
    </select>
  );
}
