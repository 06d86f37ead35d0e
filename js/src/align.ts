/** Lining cards up, as pure changes of a document. */

import { own, type Position, place } from "./document";
import { GAP, type Heights, SETTINGS_HEIGHT, WIDTH } from "./place";
import type { Experiment } from "./protocol";

export type Alignment = "left" | "centre" | "right" | "top" | "spread";

export const ALIGNMENTS: readonly Alignment[] = ["left", "centre", "right", "top", "spread"];

/** Line cards up; those that would lie on each other move on until they do not. */
export function align(
  document: Experiment,
  ids: readonly string[],
  how: Alignment,
  heights: Heights,
): Experiment {
  const cards = ids.flatMap((id) => {
    const at = own(document.layout, id);
    return at ? [{ id, x: at[0], y: at[1], height: heights.get(id) ?? SETTINGS_HEIGHT }] : [];
  });
  if (cards.length < 2) return document;
  const xs = cards.map((each) => each.x);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const top = Math.min(...cards.map((each) => each.y));
  const foot = Math.max(...cards.map((each) => each.y + each.height));
  const upright = how === "spread" ? foot - top >= right - left : how !== "top";
  cards.sort((one, other) => (upright ? one.y - other.y : one.x - other.x));
  const column = { left, centre: Math.round((left + right) / 2), right }[how as "left"];
  if (how === "spread") {
    const filled = cards.reduce((sum, each) => sum + (upright ? each.height : WIDTH), 0);
    const room = ((upright ? foot - top : right + WIDTH - left) - filled) / (cards.length - 1);
    let next = upright ? top : left;
    for (const card of cards) {
      if (upright) card.y = Math.round(next);
      else card.x = Math.round(next);
      next += (upright ? card.height : WIDTH) + Math.max(room, GAP);
    }
  } else {
    let free = Number.NEGATIVE_INFINITY;
    for (const card of cards) {
      if (upright) {
        card.x = column;
        card.y = Math.max(card.y, free);
        free = card.y + card.height + GAP / 2;
      } else {
        card.y = top;
        card.x = Math.max(card.x, free);
        free = card.x + WIDTH + GAP / 2;
      }
    }
  }
  const places = cards.map(({ id, x, y }): [string, Position] => [id, [x, y]]);
  return place(document, Object.fromEntries(places));
}
