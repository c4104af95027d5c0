// Due dates: between the contract's text, two form fields, and words for people.

export interface DueParts {
  /** "2026-11-27", or empty. */
  readonly date: string;
  /** "16:30", or empty when only the day counts. */
  readonly time: string;
}

const two = (part: number) => String(part).padStart(2, "0");
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The contract's text as the fields of a form, in local time. */
export function duePartsOf(due: string | null): DueParts {
  if (due === null || due === "") return { date: "", time: "" };
  if (DATE.test(due)) return { date: due, time: "" };
  const at = new Date(due);
  if (Number.isNaN(at.getTime())) return { date: "", time: "" };
  return {
    date: `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

/** The fields of a form as the contract's text. A time without a date says nothing. */
export function dueOf(parts: DueParts): string | null {
  if (parts.date === "") return null;
  if (parts.time === "") return parts.date;
  const at = new Date(`${parts.date}T${parts.time}`);
  return Number.isNaN(at.getTime()) ? parts.date : at.toISOString().replace(".000Z", "Z");
}

/** Start of the local day an instant falls on. */
export function dayOf(at: Date): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}

/** Whole days from `now` to the day it is due; negative when past. */
export function daysUntil(due: string, now: Date): number {
  const day = DATE.test(due) ? new Date(`${due}T00:00`) : dayOf(new Date(due));
  return Math.round((day.getTime() - dayOf(now).getTime()) / 86_400_000);
}

/** True when it is due in the past: a date once its day is over, an instant at once. */
export function isOverdue(due: string, now: Date): boolean {
  return DATE.test(due) ? daysUntil(due, now) < 0 : new Date(due).getTime() < now.getTime();
}

/** "Today", "Tomorrow 16:30", "Fri 27 Nov", with the year when it is another one. */
export function dueWords(due: string, now: Date, locale?: string): string {
  const { date, time } = duePartsOf(due);
  if (date === "") return due;
  const day = new Date(`${date}T00:00`);
  const words = dayWords(day, now, locale);
  if (time === "") return words;
  const clock = new Date(`${date}T${time}`).toLocaleTimeString(locale, {
    hour: "numeric",
    minute: "2-digit",
  });
  return `${words}, ${clock}`;
}

function dayWords(day: Date, now: Date, locale?: string): string {
  const days = Math.round((day.getTime() - dayOf(now).getTime()) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  if (days > 1 && days < 7) return day.toLocaleDateString(locale, { weekday: "long" });
  return day.toLocaleDateString(locale, {
    day: "numeric",
    month: "short",
    ...(day.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  });
}

/** The heading over a day of a conversation. */
export function separatorWords(at: number, now: Date, locale?: string): string {
  const day = new Date(at);
  const days = Math.round((dayOf(day).getTime() - dayOf(now).getTime()) / 86_400_000);
  if (days === 0) return "Today";
  if (days === -1) return "Yesterday";
  return day.toLocaleDateString(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(day.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  });
}

/** When something was said, in short: the time today, else the day. */
export function momentWords(at: number, now: Date, locale?: string): string {
  const day = new Date(at);
  return dayOf(day).getTime() === dayOf(now).getTime() ? clockWords(at, locale) : dayWords(day, now, locale);
}

/** Making one takes a millisecond, and a thread has hundreds of times to show. */
const clocks = new Map<string, Intl.DateTimeFormat>();

export function clockWords(at: number, locale?: string): string {
  const date = new Date(at);
  // Whoever travels gets another offset, and with it another clock.
  const key = `${locale ?? ""} ${date.getTimezoneOffset()}`;
  let clock = clocks.get(key);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
    clocks.set(key, clock);
  }
  return clock.format(date);
}
