/** A repair shows what it does before it is pressed. */

import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { newNode } from "../src/document";
import { effects } from "../src/effects";
import { FixButton } from "../src/panels/FixButton";
import type { Diagnostic, Fix, Patch } from "../src/protocol";
import { draw } from "./render";
import { BLOCKS, experiment, FakeKernel } from "./samples";

const NOTHING: Patch = { nodes: [], remove_nodes: [], edges: [], remove_edges: [], recipe: {}, data: null };
const DRAWN = experiment(["conv1", "relu1"]);
const SET: Patch = {
  ...NOTHING,
  nodes: [newNode("conv1", "Conv2d", { params: { kernel_size: 5 } }), newNode("flat", "Flatten")],
  remove_nodes: ["relu1"],
};

test("it says which settings change, what comes and what goes", () => {
  expect(effects(DRAWN, SET, Object.values(BLOCKS), "en")).toEqual([
    "conv1: kernel size 3 → 5",
    "+ Flatten",
    "− relu1",
  ]);
});

test("settings inside of a group are compared with those that stand there", () => {
  const group = newNode("stage", "Group", { graph: experiment(["conv1"]).graph });
  const drawn = { ...experiment(), graph: { nodes: [group], edges: [] } };
  const patch = { ...NOTHING, nodes: [newNode("stage/conv1", "Conv2d", { params: { kernel_size: 5 } })] };
  expect(effects(drawn, patch, Object.values(BLOCKS), "en")).toEqual(["stage/conv1: kernel size 3 → 5"]);
});

test("the cards that it changes are marked while it is pointed at or has the focus", () => {
  const fix: Fix = { kind: "set-param", values: { param: "kernel_size", value: 5 }, patch: SET };
  const problem = {
    code: "cycle",
    severity: "error",
    node: "conv1",
    port: null,
    param: null,
    values: {},
    fixes: [],
  } as const;
  const cards = ["conv1", "relu1", "other"].map((id) => (
    <div key={id} className="react-flow__node" data-id={id} />
  ));
  draw(
    <div className="blockml">
      {cards}
      <FixButton problem={{ ...problem, fixes: [fix] }} fix={fix} testid="fix" />
    </div>,
    new FakeKernel(DRAWN),
  );
  const marked = () =>
    [...document.querySelectorAll<HTMLElement>(".bm-will-change")].map((card) => card.dataset.id);
  const button = screen.getByTestId("fix");
  expect(button.title).toBe("conv1: kernel size 3 → 5\n+ Flatten\n− relu1");
  fireEvent.focus(button);
  expect(marked()).toEqual(["conv1", "relu1"]);
  fireEvent.blur(button);
  expect(marked()).toEqual([]);
  fireEvent.pointerEnter(button);
  fireEvent.click(button);
  expect(marked()).toEqual([]);
});

test("what it removes leaves no gap", () => {
  const drawn = experiment(["conv1", "relu1", "linear1"]);
  const fix: Fix = {
    kind: "remove-node",
    values: { node: "relu1" },
    patch: { ...NOTHING, remove_nodes: ["relu1"] },
  };
  const problem: Diagnostic = {
    code: "unused",
    severity: "error",
    node: "relu1",
    port: null,
    param: null,
    values: {},
    fixes: [fix],
  };
  const { store } = draw(<FixButton problem={problem} fix={fix} testid="fix" />, new FakeKernel(drawn));
  const { relu1 } = store.getState().document.layout;
  fireEvent.click(screen.getByTestId("fix"));
  expect(store.getState().document.layout.linear1).toEqual(relu1);
});
