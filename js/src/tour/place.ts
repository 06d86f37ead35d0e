/** Where a bubble stands near what it points at, inside of the widget. */

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Box extends Point, Size {}

/** Between bubble and ring, and between both and the edge of the widget, in pixels. */
const GAP = 14;
const EDGE = 8;

/** What lies around the target. */
export interface Around {
  /** What is to be seen or pressed just now. */
  watched: readonly Box[];
  /** What had better stay free, where there is room. */
  rest: readonly Box[];
}

/** How many pixels farther away it had rather stand than lie on a pixel of each. */
const COST = { target: 1000, watched: 10, rest: 0.1 };

/** The corner of a bubble: as near to the target as it can be without lying on it or on what is to be watched. */
export function beside(target: Box, bubble: Size, room: Size, { watched, rest }: Around): Point {
  const middle = centre(target);
  const across = [middle.x - bubble.width / 2];
  const down = [middle.y - bubble.height / 2];
  for (const box of [target, ...watched, ...rest]) {
    across.push(box.x - GAP - bubble.width, box.x + box.width + GAP);
    // Below first: of two places that are as good it is the one where people look next.
    down.push(box.y + box.height + GAP, box.y - GAP - bubble.height);
  }
  const held = (at: number, own: number, all: number): number =>
    Math.max(EDGE, Math.min(all - own - EDGE, at));
  const columns = new Set(across.map((x) => held(x, bubble.width, room.width)));
  const rows = new Set(down.map((y) => held(y, bubble.height, room.height)));

  let best: Point = { x: EDGE, y: EDGE };
  let least = Number.POSITIVE_INFINITY;
  for (const x of columns)
    for (const y of rows) {
      const at = { ...bubble, x, y };
      const own = centre(at);
      const cost =
        COST.target * shared(at, target) +
        COST.watched * covered(at, watched) +
        COST.rest * covered(at, rest) +
        Math.hypot(own.x - middle.x, own.y - middle.y);
      if (cost < least) [best, least] = [{ x, y }, cost];
    }
  return best;
}

/** Widths that a hint may have, how high the longest can be, and how far from the lower edge its foot is, in pixels. */
const HINT = { least: 148, most: 200, height: 150, foot: 223 };

/** The side of the canvas at which a hint covers no card, and how wide it may be there; `null` where it has to wait. */
export function freeSide(
  cards: readonly Box[],
  room: Size,
): { side: "left" | "right"; width: number } | null {
  const foot = room.height - HINT.foot;
  const near = cards.filter((card) => card.y < foot && card.y + card.height > foot - HINT.height);
  const left = Math.min(...near.map((card) => card.x), room.width);
  const right = room.width - Math.max(...near.map((card) => card.x + card.width), 0);
  for (const [side, free] of [["left", left] as const, ["right", right] as const]) {
    const width = Math.min(HINT.most, Math.round(free) - EDGE - GAP);
    if (width >= HINT.least) return { side, width };
  }
  return null;
}

function centre(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function covered(bubble: Box, boxes: readonly Box[]): number {
  return boxes.reduce((sum, box) => sum + shared(bubble, box), 0);
}

/** The area that two boxes share. */
function shared(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return width > 0 && height > 0 ? width * height : 0;
}
