import { act, fireEvent, screen } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { note } from "../src/canvas/actions";
import { crumbsOf } from "../src/canvas/Breadcrumb";
import { rename } from "../src/canvas/byKeys";
import { createDesk } from "../src/canvas/desk";
import { InlineName } from "../src/canvas/InlineName";
import type { Place } from "../src/canvas/keys";
import { MAX_NOTES, newNode, withNotes } from "../src/document";
import { addNote } from "../src/notes";
import { BlockPanel } from "../src/panels/BlockPanel";
import type { Note } from "../src/protocol";
import { blockName } from "../src/texts";
import { draw } from "./render";
import { block, CATALOGUE, experiment, FakeKernel } from "./samples";

// jsdom has no CSS.escape.
vi.stubGlobal("CSS", { escape: (text: string) => text });

function name(): HTMLInputElement {
  return screen.getByTestId("name");
}

describe("a name on a card", () => {
  test("is written after a double click, and not after one", () => {
    draw(<InlineName value="stage" label="Name" testid="name" onChange={vi.fn()} onEnter={vi.fn()} />);
    const around = name().parentElement as HTMLElement;
    fireEvent.click(around);
    expect(document.activeElement).not.toBe(name());
    fireEvent.doubleClick(around);
    expect(document.activeElement).toBe(name());
    expect(name().selectionEnd).toBe(5);
  });

  test("that does not fit is not taken, and Escape brings the old one back", () => {
    const change = vi.fn();
    const fits = (text: string) => text !== "taken";
    const { store } = draw(
      <InlineName value="x" label="Name" testid="name" fits={fits} onChange={change} onEnter={vi.fn()} />,
    );
    fireEvent.change(name(), { target: { value: "taken" } });
    expect(name().getAttribute("aria-invalid")).toBe("true");
    fireEvent.blur(name());
    expect(name().value).toBe("x");
    expect(store.getState().notice?.text).toContain("“taken” was not used; x stays.");
    fireEvent.change(name(), { target: { value: "y" } });
    fireEvent.keyDown(name(), { key: "Escape" });
    expect(name().value).toBe("x");
    expect(change).not.toHaveBeenCalled();
    fireEvent.change(name(), { target: { value: "y" } });
    fireEvent.blur(name());
    expect(change).toHaveBeenCalledExactlyOnceWith("y");
  });

  test("has a key, which leads to the panel where the card has none", () => {
    const { store } = draw(
      <div className="bm-canvas">
        <div className="react-flow__node" data-id="g">
          <InlineName value="stage" label="Name" testid="name" onChange={vi.fn()} onEnter={vi.fn()} />
        </div>
      </div>,
    );
    const place = { card: "g", root: document.body, store } as unknown as Place;
    expect(rename(place)).toBe(true);
    expect(document.activeElement).toBe(name());
    store.getState().show("train");
    expect(rename({ ...place, card: "conv1" })).toBe(true);
    expect(store.getState()).toMatchObject({ panel: "block", selection: ["conv1"] });
    store.getState().select([]);
    expect(rename({ ...place, card: null })).toBe(false);
  });
});

test("groups and their ports have a name in each language, the others that of torch", () => {
  expect(blockName("GroupInput", "en")).toBe("Group input");
  expect(blockName("Conv2d", "en")).toBe("Conv2d");
  expect(blockName("constructor", "en")).toBe("constructor");
});

test("the way out of a group names it as its card does", () => {
  const inner = experiment(["conv1:Conv2d"]).graph;
  const graph = { nodes: [newNode("res1", "Group", { title: "residual block", graph: inner })], edges: [] };
  const document = { ...experiment(), graph };
  expect(crumbsOf(document, ["res1"], "ko").map((crumb) => crumb.name)).toEqual(["잔차 블록"]);
  expect(crumbsOf(document, ["res1"], "en").map((crumb) => crumb.name)).toEqual(["residual block"]);
});

test("the panel of a block names its family, unless that says the same twice", () => {
  const kernel = new FakeKernel(experiment(["conv1:Conv2d", "linear1:Linear"]));
  const linear = block("Linear", { family: "linear" });
  kernel.traits.catalogue = { ...CATALOGUE, blocks: [...CATALOGUE.blocks, linear] };
  const { store } = draw(<BlockPanel />, kernel);
  act(() => store.getState().select(["conv1"]));
  expect(screen.getByText("Convolution")).toBeTruthy();
  act(() => store.getState().select(["linear1"]));
  expect(screen.getAllByText("Linear")).toHaveLength(1);
});

test("a note too many is refused with a sentence", () => {
  const { store } = draw(<div className="bm-canvas" />);
  store.getState().edit((view) => {
    const { notes } = addNote(view, [0, 0]);
    return withNotes(
      view,
      Array.from({ length: MAX_NOTES }, (): Note => notes[0] as Note),
    );
  });
  const view = { store, desk: createDesk(), flow: {} as never, root: document.body };
  note(view, { x: 0, y: 0 });
  expect(store.getState().view.notes).toHaveLength(MAX_NOTES);
  expect(store.getState().notice?.text).toContain("500 notes");
});
