/** What blocks cost: shares, shades, words, and the table. */

import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { amountOf, amountText, roughly, shadeOf, shareText, totalOf } from "../src/budget";
import { BottomBar } from "../src/canvas/BottomBar";
import { nextHeat } from "../src/canvas/Budget";
import type { AnalysisState, NodeState } from "../src/protocol";
import { draw } from "./render";
import { analysis, FakeKernel } from "./samples";

function state(parameters: number, flops: number, memory: number, seconds: number): NodeState {
  return { shapes: {}, parameters, frozen: 0, flops, memory, seconds };
}

const FOUND = {
  nodes: {
    conv1: state(100, 5000, 400, 2),
    stage1: state(300, 1000, 600, 7),
    // It is counted in the group around it.
    "stage1/conv1": state(300, 1000, 600, 7),
  },
  parameters: 400,
  flops: 6000,
  memory: 2 * 10 * 1000 + 800,
  seconds: 10,
};

describe("amounts", () => {
  const found = analysis(1, FOUND);
  test("memory of a training adds up to that of the network", () => {
    const parts = ["conv1", "stage1"].map((id) => amountOf(found, found.nodes[id], "memory", 10));
    expect(parts).toEqual([2 * 10 * 400 + 200, 2 * 10 * 600 + 600]);
    expect(parts.reduce((sum, each) => sum + each, 0)).toBe(found.memory);
  });
  test("a node that is not known takes nothing, and an unknown time is none", () => {
    expect(amountOf(found, undefined, "memory", 10)).toBe(0);
    expect(totalOf(analysis(1), "seconds")).toBe(0);
  });
  test("shades tell something from nothing, and the largest from the rest", () => {
    expect([0, 1, 20, 21, 99, 100].map((each) => shadeOf(each, 100))).toEqual([0, 1, 1, 2, 5, 5]);
    expect(shadeOf(3, 0)).toBe(0);
  });
  test("a small share is not nothing and a large one is not all", () => {
    expect([0, 0.001, 0.456, 0.9999, 1].map(shareText)).toEqual(["0%", "<1%", "46%", "99%", "100%"]);
  });
  test("a time promises no more than it knows", () => {
    const said = [0.2, 18.4, 33, 71, 100, 5400, 9000].map(roughly);
    expect(said.map(({ unit, count }) => `${count} ${unit}`)).toEqual([
      "1 less",
      "20 s",
      "30 s",
      "60 s",
      "2 min",
      "2 h",
      "3 h",
    ]);
    const t = (key: string, values = {}): string =>
      `${Reflect.get(values, "count")} ${key.split(".").at(-1)}`;
    expect(
      [0.00002, 0.0004, 0.0123, 0.123, 12.34, 600, 7200].map((each) => amountText(t, "seconds", each)),
    ).toEqual(["<0.1 ms", "0.4 ms", "12 ms", "0.1 s", "12 s", "10 min", "2 h"]);
  });
});

test("the switch goes through what is known and off again", () => {
  expect(nextHeat(null, true)).toBe("weights");
  expect(nextHeat("memory", true)).toBe("seconds");
  expect(nextHeat("memory", false)).toBeNull();
  expect(nextHeat("seconds", true)).toBeNull();
});

describe("the table", () => {
  async function opened(more: Partial<AnalysisState> = {}) {
    const drawn = draw(<BottomBar />, new FakeKernel());
    const ids = drawn.store.getState().document.graph.nodes.map((node) => node.id);
    const nodes = Object.fromEntries(ids.map((id, at) => [id, state(at === 1 ? 90 : at, 10 * at, 0, at)]));
    const found = analysis(drawn.store.getState().revision, {
      ...FOUND,
      nodes,
      parameters: 100,
      seconds: 50,
      ...more,
    });
    await act(async () => drawn.kernel.set("analysis" as never, found as never));
    fireEvent.click(screen.getByTestId("blockml-budget"));
    await screen.findByTestId(`blockml-budget-row-${ids[0]}`);
    const rows = (): string[] =>
      screen.getAllByTestId(/^blockml-budget-row-/).map((each) => each.dataset.testid?.slice(19) ?? "");
    return { ...drawn, ids, rows };
  }

  test("stands in the order of the data, and sorts by a press", async () => {
    const { ids, rows } = await opened();
    expect(rows()).toEqual(ids);
    fireEvent.click(screen.getByTestId("blockml-budget-sort-weights"));
    expect(rows()[0]).toBe(ids[1]);
    fireEvent.click(screen.getByTestId("blockml-budget-sort-weights"));
    expect(rows().at(-1)).toBe(ids[1]);
    fireEvent.click(screen.getByTestId("blockml-budget-sort-weights"));
    expect(rows()).toEqual(ids);
  });

  test("says shares, leads to the block, and closes by Escape", async () => {
    const { ids, store } = await opened();
    const row = screen.getByTestId(`blockml-budget-row-${ids[1]}`);
    expect(row.textContent).toContain("90%");
    fireEvent.click(within(row).getByRole("button"));
    expect(store.getState().selection).toEqual([ids[1]]);
    fireEvent.keyDown(row, { key: "Escape" });
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("blockml-budget"));
  });

  test("says of the time what it knows", async () => {
    const note = (): string => document.querySelector(".bm-budget-note")?.textContent ?? "";
    await opened();
    expect(note()).toContain("Time is estimated for this computer.");
    cleanup();
    await opened({ seconds: null });
    expect(note()).toContain("Time follows: this computer is being measured.");
    cleanup();
    await opened({ seconds: null, complete: false });
    expect(note()).not.toContain("Time");
  });

  test("the estimate stands in the bar until a run has measured it", async () => {
    await opened();
    expect(screen.getByTestId("blockml-budget-seconds").textContent).toBe("about 60 s an epoch");
  });
});
