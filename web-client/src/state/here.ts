// Clocks and calendars of the person's time zone. What they show is a number like that of an instant, but
// read in UTC: days are whole there, and nothing depends on where this device is.

import { tzOffset } from "@date-fns/tz/tzOffset";
import { createStore } from "./store";

/** An IANA name; `null` is this device's own zone, which is known before any table is read. */
export type Zone = string | null;

/** Now, and where: all words about times depend on it. */
export interface Here {
  readonly now: number;
  readonly zone: Zone;
}

export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** Where the page tells times. The device's, until the account's is known to be another one. */
export const zone = createStore<Zone>(null);

export function here(): Here {
  return { now: Date.now(), zone: zone.get() };
}

/** By how much clocks in the zone are ahead of UTC. In ms. */
function ahead(at: number, where: Zone): number {
  const date = new Date(at);
  return MINUTE * (where === null ? -date.getTimezoneOffset() : tzOffset(where, date));
}

/** True when this browser knows a zone by that name. */
export function isZone(name: string): boolean {
  return !Number.isNaN(tzOffset(name, new Date()));
}

/** What clock and calendar show at an instant. */
export function wallOf(at: number, where: Zone): number {
  return at + ahead(at, where);
}

/**
 * When they show it. What they show twice is meant the first time, and what they leave out is as much
 * later (as `Temporal` has it: "compatible").
 */
export function instantOf(wall: number, where: Zone): number {
  const [first, second] = [wall - ahead(wall - DAY, where), wall - ahead(wall + DAY, where)];
  return wallOf(first, where) !== wall && wallOf(second, where) === wall ? second : first;
}

/** Which day an instant falls on: days since 1 January 1970. */
export function dayOf(at: number, where: Zone): number {
  return Math.floor(wallOf(at, where) / DAY);
}

/** True when clocks in both zones show the same now. */
export function agree(one: Zone, other: Zone, now = Date.now()): boolean {
  return ahead(now, one) === ahead(now, other);
}
