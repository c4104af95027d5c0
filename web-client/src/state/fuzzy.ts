// How well a few typed letters fit a name: all of them, in their order, best at the beginnings of words.

export interface Fit {
  readonly score: number;
  /** Where the letters were found. */
  readonly at: readonly number[];
}

const FIRST = 12;
const WORD = 8;
const NEXT = 10;
const PLAIN = 1;

/** `null` when it does not fit. An empty text fits everything alike. */
export function fit(typed: string, name: string): Fit | null {
  const wanted = fold(typed).replaceAll(/\s+/g, "");
  const letters = fold(name);
  // Folding keeps the number of letters, or else places would not be places of the name.
  if (letters.length !== name.length) return letters.includes(wanted) ? { score: PLAIN, at: [] } : null;
  if (wanted === "") return { score: 0, at: [] };
  let best: Fit | null = null;
  for (let from = letters.indexOf(wanted.charAt(0)); from !== -1; from = letters.indexOf(wanted.charAt(0), from + 1)) {
    const found = along(wanted, letters, from);
    if (found === null) break;
    if (best === null || found.score > best.score) best = found;
  }
  return best;
}

/** Letter by letter from one place on: the next beginning of a word before the nearest place. */
function along(wanted: string, letters: string, from: number): Fit | null {
  const at: number[] = [from];
  let score = worth(letters, from, -2);
  for (const letter of wanted.slice(1)) {
    const last = at.at(-1) ?? from;
    const next = letters.indexOf(letter, last + 1);
    if (next === -1) return null;
    score += worth(letters, next, last) - Math.min(next - last - 1, 5) / 5;
    at.push(next);
  }
  // Of two names that fit alike, the shorter one is nearer to what was typed.
  return { score: score - letters.length / 100, at };
}

function worth(letters: string, at: number, last: number): number {
  if (at === 0) return FIRST;
  if (at === last + 1) return NEXT;
  return /[\s\-_/.,:“"'(]/.test(letters.charAt(at - 1)) ? WORD : PLAIN;
}

function fold(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

export interface Ranked<T> {
  readonly items: readonly T[];
  /** How well the first one fits. */
  readonly best: number;
}

/** Those that fit, the best first; alike ones stay in their order. Letters strewn about are no fit. */
export function ranked<T>(typed: string, items: readonly T[], nameOf: (item: T) => string): Ranked<T> {
  const least = typed.length < 3 ? 0 : typed.length * 4;
  const fits = items
    .map((item, order) => ({ item, order, score: fit(typed, nameOf(item))?.score ?? -1 }))
    .filter(({ score }) => score >= least)
    .toSorted((one, other) => other.score - one.score || one.order - other.order);
  return { items: fits.map(({ item }) => item), best: fits[0]?.score ?? 0 };
}
