// Due dates: between the contract's text, two form fields, and words for people.

import { DAY, dayOf, type Here, instantOf, wallOf, type Zone } from "./here";

export interface DueParts {
  /** "2026-11-27", or empty. */
  readonly date: string;
  /** "16:30", or empty when only the day counts. */
  readonly time: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The contract's text as the fields of a form, in the person's time. */
export function duePartsOf(due: string | null, zone: Zone): DueParts {
  if (due !== null && DATE.test(due)) return { date: due, time: "" };
  const at = Date.parse(due ?? "");
  if (Number.isNaN(at)) return { date: "", time: "" };
  const [date = "", time = ""] = new Date(wallOf(at, zone)).toISOString().split("T");
  return { date, time: time.slice(0, 5) };
}

/** The fields of a form as the contract's text. A time without a date says nothing. */
export function dueOf(parts: DueParts, zone: Zone): string | null {
  if (parts.date === "") return null;
  if (parts.time === "") return parts.date;
  const wall = Date.parse(`${parts.date}T${parts.time}Z`);
  return Number.isNaN(wall) ? parts.date : new Date(instantOf(wall, zone)).toISOString().replace(".000Z", "Z");
}

/** "2026-11-27", so many days after 1 January 1970. */
export function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** Whole days from now to the day it is due; negative when past. */
export function daysUntil(due: string, { now, zone }: Here): number {
  const at = Date.parse(due);
  return (DATE.test(due) ? at / DAY : dayOf(at, zone)) - dayOf(now, zone);
}

/** True when it is due in the past: a date once its day is over, an instant at once. */
export function isOverdue(due: string, here: Here): boolean {
  return DATE.test(due) ? daysUntil(due, here) < 0 : Date.parse(due) < here.now;
}

/** "Today", "Tomorrow, 16:30", "27 Nov", with the year when it is another one. */
export function dueWords(due: string, here: Here, locale?: string): string {
  const at = Date.parse(due);
  if (Number.isNaN(at)) return due;
  if (DATE.test(due)) return dayWords(at / DAY, here, locale);
  return `${dayWords(dayOf(at, here.zone), here, locale)}, ${clockWords(at, here.zone, locale)}`;
}

function dayWords(day: number, here: Here, locale?: string): string {
  const days = day - dayOf(here.now, here.zone);
  if (days > 1 && days < 7) return words(day * DAY, { weekday: "long" }, locale);
  return NEAR[days] ?? words(day * DAY, { day: "numeric", month: "short", ...yearOf(day, here) }, locale);
}

const NEAR: Readonly<Record<number, string>> = { [-1]: "Yesterday", 0: "Today", 1: "Tomorrow" };

/** The year is said when it is another one. */
function yearOf(day: number, { now, zone }: Here): Intl.DateTimeFormatOptions {
  const [then, current] = [day, dayOf(now, zone)].map((each) => new Date(each * DAY).getUTCFullYear());
  return then === current ? {} : { year: "numeric" };
}

/** The heading over a day of a conversation. */
export function separatorWords(at: number, here: Here, locale?: string): string {
  const day = dayOf(at, here.zone);
  const days = day - dayOf(here.now, here.zone);
  if (days === 0 || days === -1) return NEAR[days] ?? "";
  return words(day * DAY, { weekday: "long", day: "numeric", month: "long", ...yearOf(day, here) }, locale);
}

/** When something was said, in short: the time today, else the day. */
export function momentWords(at: number, here: Here, locale?: string): string {
  const day = dayOf(at, here.zone);
  return day === dayOf(here.now, here.zone) ? clockWords(at, here.zone, locale) : dayWords(day, here, locale);
}

/** The time of day. */
export function clockWords(at: number, zone: Zone, locale?: string): string {
  return words(wallOf(at, zone), { hour: "numeric", minute: "2-digit" }, locale);
}

/** Making one takes a millisecond, and a thread has hundreds of times to show. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** What clock and calendar show, in the words of a language: the browser's own where none is named. */
function words(wall: number, options: Intl.DateTimeFormatOptions, locale?: string): string {
  const key = `${locale ?? ""} ${Object.keys(options).join(" ")}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    formats.set(key, format);
  }
  return format.format(wall);
}
