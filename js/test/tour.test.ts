/** The guided first network: which step is shown, and where its bubble stands. */

import { describe, expect, test } from "vitest";
import type { RunState } from "../src/protocol";
import { createCanvasStore } from "../src/store";
import { hasBegun, NOTHING, passed } from "../src/tour/moments";
import { type Box, beside, freeSide } from "../src/tour/place";
import { COUNT, following, reached, STEPS } from "../src/tour/steps";
import { analysis, experiment, FakeKernel, IDLE } from "./samples";

const at = (name: string): number => STEPS.findIndex((step) => step.name === name);
const TRAINED: RunState = { ...IDLE, status: "finished", can_predict: true };

function canvas(blocks: string[], run = IDLE) {
  const kernel = new FakeKernel(experiment(blocks), run);
  if (blocks.length === 2)
    kernel.traits.analysis = {
      ...analysis(1),
      diagnostics: [
        { code: "no-path-to-output", severity: "error", node: null, port: null, values: {}, fixes: [] },
      ] as never,
    };
  return createCanvasStore(kernel).getState();
}

describe("which step is shown", () => {
  const [empty, built] = [canvas(["input1:Input", "output1:Output"]), canvas(["input1:Input", "conv1"])];
  const network = canvas(["input1:Input", "conv1", "output1:Output"]);
  const trained = canvas(["input1:Input", "conv1", "output1:Output"], TRAINED);

  test("one whose blocks or training are missing leads back to the step that brings them", () => {
    for (const name of ["shape", "mend", "run", "learned", "draw"])
      expect(STEPS[reached(at(name), empty)]?.name).toBe("add");
    for (const name of ["learned", "draw"]) expect(STEPS[reached(at(name), network)]?.name).toBe("run");
    for (const each of STEPS) expect(reached(at(each.name), trained)).toBe(at(each.name));
    expect(reached(at("shape"), built)).toBe(at("shape"));
  });

  test("a network that is trained anew is waited for", () => {
    const again = canvas(["input1:Input", "conv1", "output1:Output"], { ...TRAINED, status: "training" });
    expect(STEPS[reached(at("draw"), again)]?.name).toBe("run");
  });

  test("skipping passes over what cannot be shown", () => {
    expect(following(at("add"), empty)).toBe(COUNT);
    expect(following(at("mend"), network)).toBe(at("run"));
    expect(following(at("run"), network)).toBe(COUNT);
    expect(following(at("run"), trained)).toBe(at("learned"));
    expect(following(at("learned"), trained)).toBe(at("draw"));
  });
});

describe("the question whether somebody wants to be shown around", () => {
  const [before, after] = [canvas(["input1:Input"]), canvas(["input1:Input", "conv1"])];

  test("is no longer put after a training, or after several changes", () => {
    expect(hasBegun(passed(NOTHING, before, { ...before, run: TRAINED }))).toBe(true);
    let past = NOTHING;
    for (let edits = 0; edits < 7; edits += 1) past = passed(past, before, { ...after, revision: 2 });
    expect(hasBegun(past)).toBe(false);
    expect(hasBegun(passed(past, before, { ...after, revision: 2 }))).toBe(true);
  });

  test("stays while somebody only looks, and takes changes back", () => {
    let past = NOTHING;
    for (let edits = 0; edits < 20; edits += 1)
      past = passed(past, before, { ...after, revision: 2, cause: "undone" });
    expect(hasBegun(past)).toBe(false);
  });
});

describe("where the bubble stands", () => {
  const ROOM = { width: 1200, height: 620 };
  const BUBBLE = { width: 272, height: 130 };
  const overlaps = (one: Box, other: Box): boolean =>
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height;
  const put = (target: Box, watched: Box[], room = ROOM, rest: Box[] = []): Box => ({
    ...beside(target, BUBBLE, room, { watched, rest }),
    ...BUBBLE,
  });

  test("below what it points at, where there is nothing else", () => {
    const button = { x: 600, y: 10, width: 60, height: 30 };
    expect(put(button, [])).toMatchObject({ x: 494, y: 54 });
  });

  test.each([ROOM, { width: 680, height: 620 }])(
    "neither on a card nor on the sizes around it: %o",
    (room) => {
      const card = { x: 300, y: 150, width: 200, height: 110 };
      const field = { x: 420, y: 200, width: 60, height: 24 };
      const labels = [120, 270, 420].map((y) => ({ x: 410, y, width: 80, height: 18 }));
      const bar = { x: 0, y: room.height - 40, width: room.width, height: 40 };
      const found = put(field, [card, ...labels, bar], room);
      for (const each of [field, card, ...labels, bar]) expect(overlaps(found, each)).toBe(false);
      expect(found.x).toBeGreaterThanOrEqual(8);
      expect(found.x + found.width).toBeLessThanOrEqual(room.width - 8);
    },
  );

  test("at the side of a column of cards, where there is room", () => {
    const cards = [60, 150, 280, 370].map((y) => ({ x: 380, y, width: 200, height: 60 }));
    const found = put({ x: 400, y: 180, width: 60, height: 24 }, cards.slice(1, 2), ROOM, cards);
    for (const each of cards) expect(overlaps(found, each)).toBe(false);
    // Where there is none the number that is to be changed counts for more than the other cards.
    const narrow = put(
      { x: 400, y: 180, width: 60, height: 24 },
      cards.slice(1, 2),
      { width: 640, height: 620 },
      [{ x: 0, y: 0, width: 640, height: 620 }],
    );
    expect(cards.slice(1, 2).some((each) => overlaps(narrow, each))).toBe(false);
  });

  test("rather on what is to be watched than on the target", () => {
    const target = { x: 20, y: 20, width: 300, height: 140 };
    const all = { x: 0, y: 0, width: 340, height: 340 };
    expect(overlaps(put(target, [all], all), target)).toBe(false);
  });
});

describe("where a hint stands", () => {
  const column = (x: number) => [30, 140, 250, 360].map((y) => ({ x, y, width: 187, height: 90 }));

  test("beside the cards, at the left where it is free", () => {
    expect(freeSide(column(177), { width: 541, height: 531 })).toEqual({ side: "left", width: 155 });
    expect(freeSide(column(20), { width: 541, height: 531 })).toEqual({ side: "right", width: 200 });
    expect(freeSide([], { width: 541, height: 531 })?.side).toBe("left");
  });

  test("a card far above it is not in its way", () => {
    const above = [{ x: 10, y: 0, width: 500, height: 60 }];
    expect(freeSide(above, { width: 541, height: 531 })?.side).toBe("left");
  });

  test("nowhere, where it would lie on cards", () => {
    expect(freeSide(column(74), { width: 270, height: 531 })).toBeNull();
    expect(freeSide([{ x: -50, y: 200, width: 700, height: 200 }], { width: 541, height: 531 })).toBeNull();
  });
});
