import { describe, expect, test } from "vitest";
import { across, axisEnd, charts, down, epochTicks, nearest, nice, path, spread } from "../src/panels/curve";
import type { EpochRecord } from "../src/protocol";
import { record as recordOf } from "./samples";

function record(epoch: number, loss: number, accuracy: number): EpochRecord {
  return recordOf(epoch, {
    train_loss: loss,
    test_loss: loss + 0.1,
    train_accuracy: accuracy,
    test_accuracy: accuracy - 0.1,
  });
}

const FRAME = { left: 30, top: 10, width: 200, height: 100 };

describe("scales", () => {
  test.each([
    [0.9, 1],
    [1, 1],
    [1.01, 1.5],
    [2.3, 3],
    [0.0123, 0.015],
    [95, 100],
    [0, 1],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])("above %f stands %f", (value, above) => expect(nice(value)).toBe(above));

  test("the ends of the data are the ends of the frame", () => {
    expect([across(FRAME, 8, 0), across(FRAME, 8, 8)]).toEqual([30, 230]);
    const axis = { low: 0, high: 2 };
    expect([down(FRAME, axis, 2), down(FRAME, axis, 0)]).toEqual([10, 110]);
  });

  test("what leaves the axis stays on its edge", () => {
    expect(down(FRAME, { low: 0, high: 2 }, 50)).toBe(10);
    expect(down(FRAME, { low: 0, high: 2 }, -1)).toBe(110);
  });

  test("marks of epochs are few, whole, and end with the last", () => {
    expect(epochTicks(1)).toEqual([1]);
    expect(epochTicks(3)).toEqual([1, 2, 3]);
    expect(epochTicks(12)).toEqual([3, 6, 9, 12]);
    for (const epochs of [7, 13, 31, 100, 999, 10_000]) {
      const ticks = epochTicks(epochs);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.at(-1)).toBe(epochs);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect([...ticks].sort((a, b) => a - b)).toEqual(ticks);
    }
  });
});

describe("the axis of epochs", () => {
  const run = (done: number, epochs: number, now = done) => ({
    epochs,
    history: Array.from({ length: done }, (_, index) => record(index + 1, 1, 0.5)),
    points: [[now, 1, 0.5] as [number, number, number]],
  });

  test.each([
    [0, 300, 5],
    [5, 300, 5],
    [6, 300, 10],
    [11, 300, 20],
    [21, 300, 50],
    [60, 300, 100],
    [101, 300, 300],
    [4, 12, 5],
    [5, 12, 12],
    [0, 3, 3],
    [0, 1, 1],
  ])("grows while it trains: after %i of %i it ends at %i", (done, epochs, end) =>
    expect(axisEnd(run(done, epochs), true)).toBe(end),
  );

  test("the epoch under way has room", () => expect(axisEnd(run(5, 300, 5.2), true)).toBe(10));

  test("of a run that has ended it ends with the run", () => {
    expect(axisEnd(run(6, 300), false)).toBe(6);
    expect(axisEnd(run(6, 300, 6.4), false)).toBe(7);
    expect(axisEnd(run(0, 300, 0), false)).toBe(1);
  });

  test("another run is seen whole, and does not squeeze this one more than that", () => {
    const other = Array.from({ length: 12 }, (_, index) => record(index + 1, 1, 0.5));
    expect(axisEnd(run(6, 300), false, other)).toBe(12);
    expect(axisEnd(run(20, 300), false, other)).toBe(20);
  });
});

describe("charts", () => {
  test("a run without anything has empty charts", () => {
    const [loss, accuracy] = charts({ history: [], points: [] });
    expect(path(FRAME, loss, 5, loss.trace)).toBe("");
    expect([loss.high, accuracy.high]).toEqual([1, 1]);
  });

  test("lines go through the figures of the epochs", () => {
    const [loss, accuracy] = charts({ history: [record(1, 2, 0.5), record(2, 1, 0.9)], points: [] });
    expect(loss.lines[0]).toEqual({
      name: "train",
      points: [
        [1, 2],
        [2, 1],
      ],
    });
    expect(accuracy.lines[1]?.points[1]?.[1]).toBeCloseTo(0.8);
    expect(path(FRAME, accuracy, 2, accuracy.lines[0]?.points ?? [])).toBe("M130.0 60.0L230.0 20.0");
  });

  test("one wild batch does not flatten the curve", () => {
    const points = Array.from({ length: 100 }, (_, at): [number, number, number] => [at / 100, 1, 0.5]);
    points[3] = [0.03, 5000, 0];
    const [loss] = charts({ history: [record(1, 0.8, 0.5)], points });
    expect(loss.high).toBeLessThanOrEqual(1.5);
  });

  test("numbers that are none are left out", () => {
    const [loss] = charts({ history: [record(1, Number.NaN, 0.5)], points: [[0.5, Number.NaN, 0.2]] });
    expect(loss.trace).toEqual([]);
    expect(loss.lines[0]?.points).toEqual([]);
    expect(loss.high).toBe(1);
  });
});

describe("labels", () => {
  test("labels that would overlap move apart and keep their order", () => {
    const [first = 0, second = 0] = spread([52, 50], 12, 0, 100);
    expect(first - second).toBe(12);
  });

  test("they stay inside", () => {
    expect(spread([99, 98, 97], 12, 0, 100)).toEqual([100, 88, 76]);
    expect(spread([-5], 12, 0, 100)).toEqual([0]);
  });
});

test("the nearest epoch", () => {
  const history = [record(1, 1, 0), record(2, 1, 0), record(3, 1, 0)];
  expect(nearest(history, 2.2)?.epoch).toBe(2);
  expect(nearest(history, 99)?.epoch).toBe(3);
  expect(nearest([], 1)).toBeNull();
});
