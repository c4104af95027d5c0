// @vitest-environment node
// Clocks of a zone, held against those of the engine itself.

import { describe, expect, it } from "vitest";
import { firstOfDays } from "./days";
import { agree, DAY, dayOf, instantOf, isZone, MINUTE, wallOf, type Zone } from "./here";

const HOUR = 60 * MINUTE;
// Whole hours, halves, quarters; forward, back by half an hour, never; on either side of the date line.
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];

/** What a clock of the engine shows, as `wallOf` says it. */
function shown(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" });
  return Date.parse(`${format.format(at).replace(", ", "T")}Z`);
}

describe.each(ZONES)("%s", (zone) => {
  const from = Date.UTC(2025, 11, 20);
  const instants = Array.from({ length: 1200 }, (_nothing, at) => from + at * 11 * HOUR + (at % 4) * 15 * MINUTE);

  it("has clocks and a calendar", () => {
    expect(instants.filter((at) => wallOf(at, zone) !== shown(at, zone))).toEqual([]);
    expect(instants.filter((at) => dayOf(at, zone) !== Math.floor(shown(at, zone) / DAY))).toEqual([]);
  });

  it("gives back an instant that shows what was asked for", () => {
    expect(instants.filter((at) => wallOf(instantOf(wallOf(at, zone), zone), zone) !== wallOf(at, zone))).toEqual([]);
  });
});

it("means the first of two and the later of none, as Temporal does", () => {
  const wall = (text: string) => Date.parse(`${text}Z`);
  const instant = (text: string, zone: Zone) => new Date(instantOf(wall(text), zone)).toISOString();
  expect(instant("2026-10-25T02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
  expect(instant("2026-03-29T02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
  expect(instant("2026-03-08T02:30", "America/New_York")).toBe("2026-03-08T07:30:00.000Z");
  // The day around a change.
  expect(instant("2026-03-29T01:59", "Europe/Berlin")).toBe("2026-03-29T00:59:00.000Z");
  expect(instant("2026-03-29T03:00", "Europe/Berlin")).toBe("2026-03-29T01:00:00.000Z");
  expect(instant("2026-10-25T03:00", "Europe/Berlin")).toBe("2026-10-25T02:00:00.000Z");
});

it("takes this device's own clocks where no zone is named", () => {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const at of [Date.UTC(2026, 0, 1, 23, 30), Date.UTC(2026, 6, 1, 0, 30)]) expect(wallOf(at, null)).toBe(shown(at, own));
  expect(agree(null, own)).toBe(true);
});

it("tells zones whose clocks agree, and names that are none", () => {
  const winter = Date.UTC(2026, 0, 1);
  expect(agree("Europe/Berlin", "Europe/Vienna", winter)).toBe(true);
  expect(agree("Europe/London", "UTC", winter)).toBe(true);
  expect(agree("Europe/London", "UTC", Date.UTC(2026, 6, 1))).toBe(false);
  expect(ZONES.every(isZone)).toBe(true);
  expect(isZone("Mars/Olympus_Mons")).toBe(false);
});

describe("the days of a thread", () => {
  const rows = (...at: readonly (number | null)[]) =>
    at.map((each, key) => ({ key: String(key), turn: "", part: "said" as const, at: each }));

  it("begin in the zone's own calendar", () => {
    const midnight = Date.UTC(2026, 5, 1, 22);
    const said = rows(midnight - 2 * MINUTE, midnight - MINUTE, midnight, midnight + MINUTE, midnight + 2 * HOUR);
    expect([...firstOfDays(said, "Europe/Berlin")]).toEqual(["0", "2"]);
    expect([...firstOfDays(said, "UTC")]).toEqual(["0", "4"]);
  });

  it("do not begin with what has no time yet", () => {
    expect([...firstOfDays(rows(null, DAY, null, DAY + 1), "UTC")]).toEqual(["1"]);
  });
});
