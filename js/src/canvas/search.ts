/** Finding blocks by what people call them, in any language of the catalogue. */

import type { BlockEntry, Param } from "../protocol";

/** From this rank on a word is not there as it stands. */
const GUESS = 4;

/** Blocks that hold every word of a text; those whose name begins with it come first. */
export function find(
  blocks: readonly BlockEntry[],
  text: string,
  familyName: (family: string) => string,
): BlockEntry[] {
  const words = wordsOf(text);
  const ranked = blocks.map((entry) => ({ entry, rank: rank(entry, words, familyName(entry.family)) }));
  // Who asks for `linear` does not mean `nonlinear`.
  const isCertain = ranked.some(({ rank }) => rank !== null && rank < GUESS);
  return ranked
    .filter(({ rank }) => rank !== null && (rank < GUESS || !isCertain))
    .sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0))
    .map(({ entry }) => entry);
}

/** What to say where no block was found: people also look for settings of the training here. */
export function noneKey(recipe: readonly Param[], text: string): string {
  const titles = JSON.stringify(recipe.map(({ title }) => title)).toLowerCase();
  return `ui.palette.${titles.includes(wordsOf(text).join(" ")) ? "setting" : "none"}`;
}

function wordsOf(text: string): string[] {
  return text.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
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
        : ` ${near}`.includes(` ${word}`)
          ? 2
          : far.includes(word)
            ? 3
            : near.includes(word) || ` ${near}`.includes(` ${stemOf(word)}`)
              ? GUESS
              : inOrder(name, word)
                ? GUESS + 1
                : null;
    if (found === null) return null;
    worst = Math.max(worst, found);
  }
  return worst;
}

/** A longer word without its ending, such as `enlarge` of `enlargement` and `확대` of `확대하기`. */
function stemOf(word: string): string {
  const [least, share] = word > "ㄱ" ? [2, 0.5] : [4, 0.4];
  return word[least] ? word.slice(0, -word.length * share) : word;
}

/** Whether the letters of a word stand in a name in this order, such as `mxpl` in `maxpool2d`. */
function inOrder(name: string, word: string): boolean {
  if (word[0] !== name[0]) return false;
  let at = 0;
  for (const letter of name) if (letter === word[at]) at += 1;
  return at === word.length;
}
