/** Where a bubble stands beside what it points at, inside of the widget. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Between bubble and ring, and between both and the edge of the widget, in pixels. */
const GAP = 14;
const EDGE = 8;

/** The corner of a bubble: below the target, else above, else beside it, wherever there is room. */
export function beside(target: Box, bubble: Size, room: Size): { x: number; y: number } {
  const middle = {
    x: target.x + target.width / 2 - bubble.width / 2,
    y: target.y + target.height / 2 - bubble.height / 2,
  };
  const places = [
    { x: middle.x, y: target.y + target.height + GAP },
    { x: middle.x, y: target.y - GAP - bubble.height },
    { x: target.x - GAP - bubble.width, y: middle.y },
    { x: target.x + target.width + GAP, y: middle.y },
  ];
  const within = (at: { x: number; y: number }): { x: number; y: number } => ({
    x: Math.max(EDGE, Math.min(room.width - bubble.width - EDGE, at.x)),
    y: Math.max(EDGE, Math.min(room.height - bubble.height - EDGE, at.y)),
  });
  const covers = (at: { x: number; y: number }): boolean =>
    at.x < target.x + target.width &&
    target.x < at.x + bubble.width &&
    at.y < target.y + target.height &&
    target.y < at.y + bubble.height;
  const found = places.map(within).find((at) => !covers(at));
  return found ?? within({ x: room.width, y: room.height });
}
