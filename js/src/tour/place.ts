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

/** How much worse it is to lie on the target, or on what is to be watched, than to stand a pixel farther away. */
const ON_TARGET = 1000;
const ON_WATCHED = 10;

/** The corner of a bubble: as near to the target as it can be without lying on it or on what is to be watched. */
export function beside(target: Box, bubble: Size, room: Size, watched: readonly Box[] = []): Point {
  const middle = centre(target);
  const across = [middle.x - bubble.width / 2];
  const down = [middle.y - bubble.height / 2];
  for (const box of [target, ...watched]) {
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
        ON_TARGET * shared(at, target) +
        watched.reduce((sum, box) => sum + ON_WATCHED * shared(at, box), 0) +
        Math.hypot(own.x - middle.x, own.y - middle.y);
      if (cost < least) [best, least] = [{ x, y }, cost];
    }
  return best;
}

function centre(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The area that two boxes share. */
function shared(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return width > 0 && height > 0 ? width * height : 0;
}
