import { describe, expect, test } from "vitest";
import { freePlace, type Rect } from "../src/parts/toolbox";

const VIEW: Rect = { x: 0, y: 0, width: 560, height: 480 };
const card = (x: number, y: number): Rect => ({ x, y, width: 208, height: 70 });
const LENGTH = 158;

function isFree(one: Rect | null, others: readonly Rect[]): boolean {
  return (
    one !== null &&
    others.every(
      (each) =>
        one.x >= each.x + each.width ||
        one.x + one.width <= each.x ||
        one.y >= each.y + each.height ||
        one.y + one.height <= each.y,
    )
  );
}

describe("the box beside what is selected", () => {
  test("stands at its right where there is room", () => {
    expect(freePlace(VIEW, [card(20, 100)], [], LENGTH)).toMatchObject({ x: 240, y: 117, height: 36 });
  });

  test("covers neither its card nor a neighbour, on whichever side that is", () => {
    for (const others of [
      [card(248, 100)],
      [card(248, 100), card(20, 10)],
      [card(248, 100), card(20, 210)],
      [card(248, 60), card(248, 150)],
    ]) {
      const found = freePlace(VIEW, [card(20, 100)], others, LENGTH);
      expect(isFree(found, [card(20, 100), ...others])).toBe(true);
    }
  });

  test("leaves the corner to the bin", () => {
    const low = card(VIEW.width - 220, VIEW.height - 130);
    const bin = { x: VIEW.width - 62, y: VIEW.height - 62, width: 62, height: 62 };
    for (const length of [LENGTH, 340])
      expect(isFree(freePlace(VIEW, [low], [], length), [low, bin])).toBe(true);
  });

  test("stands upright in a gap that is too narrow for it", () => {
    const column = [card(0, 0), card(0, 80), card(0, 160), card(270, 0), card(270, 80), card(270, 160)];
    const view = { ...VIEW, width: 500, height: 230 };
    const found = freePlace(view, [card(0, 80)], column, LENGTH);
    expect(found).toMatchObject({ x: 220, width: 36 });
  });

  test("covers as little as can be where no place is free", () => {
    const crowd = [card(0, 0), card(220, 0), card(0, 160), card(220, 160), card(220, 80)];
    const view = { ...VIEW, width: 440, height: 276 };
    const found = freePlace(view, [card(0, 80)], crowd, LENGTH);
    expect(isFree(found, [card(0, 80)])).toBe(true);
  });
});
