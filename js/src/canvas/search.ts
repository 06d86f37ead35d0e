/** Finding blocks by what people call them, in any language of the catalogue. */

import type { BlockEntry } from "../protocol";

/** Blocks that hold every word of a text; those whose name begins with it come first. */
export function find(
  blocks: readonly BlockEntry[],
  text: string,
  familyName: (family: string) => string,
): BlockEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return blocks
    .map((entry) => ({ entry, rank: rank(entry, words, familyName(entry.family)) }))
    .filter(({ rank }) => rank !== null)
    .sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0))
    .map(({ entry }) => entry);
}

/** How well a block fits, 0 the best; `null` where it does not. */
function rank(entry: BlockEntry, words: readonly string[], family: string): number | null {
  const name = entry.name.toLowerCase();
  const near = [name, ...entry.keywords, entry.stem].join(" ").toLowerCase();
  const far = [entry.summary.en, entry.summary.ko, entry.family, family].join(" ").toLowerCase();
  let worst = 0;
  for (const word of words) {
    const found = name.startsWith(word)
      ? 0
      : name.includes(word)
        ? 1
        : near.includes(word)
          ? 2
          : far.includes(word)
            ? 3
            : inOrder(name, word)
              ? 4
              : null;
    if (found === null) return null;
    worst = Math.max(worst, found);
  }
  return worst;
}

/** Whether the letters of a word stand in a name in this order, such as `mxpl` in `maxpool2d`. */
function inOrder(name: string, word: string): boolean {
  if (word[0] !== name[0]) return false;
  let at = 0;
  for (const letter of name) if (letter === word[at]) at += 1;
  return at === word.length;
}
