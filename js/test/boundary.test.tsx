import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { App } from "../src/canvas/App";
import { Boundary } from "../src/canvas/Boundary";
import { newNode } from "../src/document";
import { createCanvasStore } from "../src/store";
import { draw } from "./render";
import { FakeKernel } from "./samples";

let broken = true;

function Sometimes() {
  if (broken) throw new TypeError("<b>x</b> is undefined");
  return <p>drawn</p>;
}

afterEach(() => vi.restoreAllMocks());

describe("what cannot be drawn", () => {
  test.each([
    ["en", "Your network is not lost", "Try again"],
    ["ko", "만든 신경망은 그대로 있습니다", "다시 시도"],
  ] as const)("leaves a sentence and a way on (%s)", (language, text, again) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    broken = true;
    const kernel = new FakeKernel();
    kernel.traits.language = language;
    const { store } = draw(
      <Boundary>
        <Sometimes />
      </Boundary>,
      kernel,
    );
    const before = store.getState().document;
    expect(screen.getByRole("alert").textContent).toContain(text);
    expect(screen.getByRole("alert").textContent).toContain("<b>x</b> is undefined");
    fireEvent.click(screen.getByText(again));
    expect(screen.getByRole("alert")).toBeTruthy();
    broken = false;
    fireEvent.click(screen.getByText(again));
    expect(screen.getByText("drawn")).toBeTruthy();
    expect(store.getState().document).toBe(before);
  });

  test("leaves the bars, and one undo brings the canvas back", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const store = createCanvasStore(new FakeKernel());
    render(<App store={store} />);
    const before = store.getState().document;
    expect(screen.getByTestId("blockml-node-conv1")).toBeTruthy();
    const broken = newNode("conv1", "Conv2d", { params: null as never });
    const graph = {
      ...before.graph,
      nodes: before.graph.nodes.map((each) => (each.id === "conv1" ? broken : each)),
    };
    act(() => store.getState().edit((each) => ({ ...each, graph })));
    const alert = screen.getByTestId("blockml-broken");
    expect(screen.getByTestId("blockml-save")).toBeTruthy();
    fireEvent.click(within(alert).getByText("Undo"));
    expect(screen.queryByTestId("blockml-broken")).toBeNull();
    expect(screen.getByTestId("blockml-node-conv1")).toBeTruthy();
    expect(store.getState().document).toBe(before);
  });
});
