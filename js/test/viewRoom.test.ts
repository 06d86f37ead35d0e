/** Which part of a network is shown, and what becomes of it when the canvas gets another size. */

import type { InternalNode } from "@xyflow/react";
import { describe, expect, test } from "vitest";
import { skips } from "../src/canvas/ShapeEdge";
import { BUTTONS, isFarBeyond, opened, resized, roomAround } from "../src/canvas/viewRoom";
import { around } from "../src/parts/map";

/** A card as React Flow knows it. */
const card = (x: number, y: number): InternalNode =>
  ({
    internals: { positionAbsolute: { x, y } },
    measured: { width: 208, height: 70 },
  }) as InternalNode;

describe("a connection down a column", () => {
  test("goes around the cards that stand between its ends, and straight where none does", () => {
    const [from, to] = [card(0, 0), card(0, 600)];
    const among = (...others: InternalNode[]): boolean =>
      skips(from, to, new Map([from, to, ...others].map((each, at) => [`${at}`, each])));
    expect(among(card(0, 300))).toBe(true);
    expect(among()).toBe(false);
    expect(among(card(400, 300), card(0, 900))).toBe(false);
  });
});

/** A column of cards, as the layout makes them. */
const column = (height: number) => ({ x: 0, y: 0, width: 208, height });

describe("a network that has just come", () => {
  test("is shown whole and in the middle where it can be read", () => {
    const view = opened(column(400), { width: 540, height: 530 }, 0);
    expect(view.zoom).toBe(1);
    expect(view.x + 104).toBe(270);
  });

  test.each([560, 700, 900, 3000])("%i high, its small print is never under 10 px", (height) => {
    for (const width of [240, 541, 1000])
      expect(opened(column(height), { width, height: 530 }, 0).zoom * 11.5).toBeGreaterThanOrEqual(10);
  });

  test("shows its beginning where it is too long", () => {
    const view = opened(column(900), { width: 540, height: 530 }, 40);
    expect(view.y).toBe(68);
  });

  test("does not stand under the buttons, however narrow the canvas is", () => {
    for (const width of [260, 300, 360, 541])
      expect(opened(column(900), { width, height: 530 }, 0).x).toBeGreaterThan(BUTTONS);
  });
});

describe("a canvas of another size", () => {
  test("keeps its middle in the middle and its upper edge where it is", () => {
    const view = { x: 400, y: -120, zoom: 1 };
    expect(resized(view, column(900), 1000, 900)).toEqual({ x: 350, y: -120, zoom: 1 });
  });

  test("does not push cards under the buttons", () => {
    const view = { x: 177, y: 0, zoom: 0.9 };
    expect(resized(view, column(900), 541, 300).x).toBeGreaterThan(BUTTONS);
    // What a person moved there stays in relation to the middle.
    expect(resized({ ...view, x: 10 }, column(900), 541, 501).x).toBe(-10);
  });
});

test("the small map comes by itself only to a network far longer than the view", () => {
  const room = { width: 540, height: 530 };
  expect(isFarBeyond(column(1500), room, 0.9)).toBe(false);
  expect(isFarBeyond(column(3000), room, 0.9)).toBe(true);
});

describe("the small map", () => {
  const eye = { x: -150, y: 0, width: 541, height: 531 };

  test("of a column is a narrow strip", () => {
    const { box, size } = around([eye, column(4000)]);
    expect(size).toEqual({ width: 44, height: 140 });
    expect(box.width / box.height).toBeCloseTo(44 / 140);
  });

  test("of a wide network is no higher than its picture", () => {
    const { size } = around([eye, { x: 0, y: 0, width: 4000, height: 600 }]);
    expect(size.width).toBe(168);
    expect(size.height).toBeLessThan(60);
  });
});

describe("the height that the page around shows at once", () => {
  const widget = document.createElement("div");
  const around = (overflow: string, height: () => number, child: HTMLElement): HTMLElement => {
    const made = document.createElement("div");
    made.style.overflowY = overflow;
    Object.defineProperty(made, "clientHeight", { get: height });
    made.append(child);
    return made;
  };
  // An output that scrolls from side to side is as high as what stands in it.
  const output = around("auto", () => Number.parseFloat(widget.style.height), widget);

  test("is that of what scrolls, not of what grows with it", () => {
    document.body.append(
      around(
        "auto",
        () => 599,
        around("visible", () => 80, output),
      ),
    );
    widget.style.height = "620px";
    expect(roomAround(widget)).toBe(599);
    expect(widget.style.height).toBe("620px");
  });

  test("is that of the window where nothing scrolls, also from within a tree of its own", () => {
    const host = document.createElement("div");
    host.attachShadow({ mode: "open" }).append(output);
    document.body.append(host);
    expect(roomAround(widget)).toBe(window.innerHeight);
    const scrolls = around("scroll", () => 500, host);
    document.body.append(scrolls);
    expect(roomAround(widget)).toBe(500);
  });
});
