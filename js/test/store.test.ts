import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { choose } from "../src/canvas/pointerActions";
import { newNode, rename, setParam, setRecipe } from "../src/document";
import type { Experiment } from "../src/protocol";
import { inside, withInside } from "../src/scope";
import { createCanvasStore } from "../src/store";
import { analysis, experiment, FakeKernel, IDLE } from "./samples";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function canvas(kernel = new FakeKernel()) {
  const store = createCanvasStore(kernel);
  return { kernel, store, state: () => store.getState() };
}

describe("the document", () => {
  test("an edit is sent with the next revision and waits for its analysis", () => {
    const { kernel, state } = canvas();
    state().edit((document) => rename(document, "new"));
    expect(kernel.traits.experiment).toMatchObject({ revision: 2, document: state().document });
    expect(state()).toMatchObject({ revision: 2, stale: true, canUndo: true });
    kernel.set("analysis" as never, analysis(2, { parameters: 7 }) as never);
    expect(state()).toMatchObject({ stale: false, analysis: { parameters: 7 } });
  });

  test("what is said about a network is put away with its next change, all else stays", () => {
    const { state } = canvas();
    state().notify({ kind: "error", text: "Mend what is marked first.", until: "edit" });
    state().edit((document) => rename(document, "mended"));
    expect(state().notice).toBeNull();
    state().notify({ kind: "error", text: "The file could not be saved." });
    state().edit((document) => rename(document, "further"));
    expect(state().notice?.text).toContain("saved");
  });

  test("an edit that changes nothing is not sent", () => {
    const { kernel, state } = canvas();
    state().edit((document) => document);
    expect(kernel.traits.experiment.revision).toBe(1);
  });

  test("an analysis of another revision is not shown", () => {
    const { kernel, state } = canvas();
    state().edit((document) => rename(document, "new"));
    kernel.set("analysis" as never, analysis(1, { parameters: 7 }) as never);
    expect(state()).toMatchObject({ stale: true, analysis: { parameters: 0 } });
  });

  test("an analysis that comes before its document is kept for it", () => {
    const { kernel, state } = canvas();
    kernel.set("analysis" as never, analysis(5, { parameters: 7 }) as never);
    expect(state().analysis?.revision).toBe(1);
    kernel.set("experiment", { revision: 5, document: experiment(["conv9"]) });
    expect(state()).toMatchObject({ stale: false, revision: 5, analysis: { parameters: 7 } });
  });

  test("a document from Python can be taken back", () => {
    const { kernel, state } = canvas();
    const before = state().document;
    kernel.set("experiment", { revision: 4, document: experiment(["conv9"]) });
    expect(state().document.graph.nodes[0]?.id).toBe("conv9");
    state().undo();
    expect(state().document).toBe(before);
    expect(kernel.traits.experiment.revision).toBe(5);
  });

  test("an older document and an echo are ignored, but an echo counts its revision", () => {
    const { kernel, state } = canvas();
    state().edit((document) => rename(document, "new"));
    kernel.set("experiment", { revision: 1, document: experiment(["conv9"]) });
    expect(state().document.name).toBe("new");
    kernel.set("experiment", { revision: 3, document: structuredClone(state().document) });
    expect(state().revision).toBe(3);
    state().undo();
    expect(state().canUndo).toBe(false);
  });

  test("nodes that came without a position have one", () => {
    const { kernel, state } = canvas();
    kernel.set("experiment", { revision: 4, document: experiment(["a", "b"], ["a>b"]) });
    expect(Object.keys(state().document.layout).sort()).toEqual(["a", "b"]);
  });

  test("what is selected and no longer there is not selected", () => {
    const { kernel, state } = canvas();
    state().select(["conv1"]);
    kernel.set("experiment", { revision: 4, document: experiment(["conv9"]) });
    expect(state().selection).toEqual([]);
  });
});

describe("groups", () => {
  const inner = experiment(["x:GroupInput", "conv1", "y:GroupOutput"], ["x>conv1", "conv1>y"]).graph;
  function grouped() {
    const document = experiment(["input1:Input", "output1:Output"], ["input1>stage", "stage>output1"]);
    const stage = newNode("stage", "Group", { graph: inner });
    return { ...document, graph: { ...document.graph, nodes: [...document.graph.nodes, stage] } };
  }
  const size = (channels: number) => (view: Experiment) =>
    setParam(view, "conv1", "out_channels", channels, []);

  test("what is inside is edited as the document is, and sent as a whole", () => {
    const { kernel, state } = canvas(new FakeKernel(grouped()));
    state().enter("stage");
    expect(state().view.graph.nodes.map((each) => each.id)).toEqual(["x", "conv1", "y"]);
    state().edit(size(8));
    const sent = kernel.traits.experiment.document.graph.nodes[2];
    expect(sent?.graph?.nodes[1]?.params).toEqual({ out_channels: 8 });
    expect(Object.keys(state().document.layout).sort()).toEqual([
      "input1",
      "output1",
      "stage",
      "stage/conv1",
      "stage/x",
      "stage/y",
    ]);
  });

  test("the press that opens a group does not select it inside of itself", () => {
    const { store, state } = canvas(new FakeKernel(grouped()));
    state().enter("stage");
    choose(store, [
      { type: "select", id: "stage", selected: true },
      { type: "select", id: "conv1", selected: true },
    ]);
    expect(state().selection).toEqual(["conv1"]);
  });

  test("undo and redo show where it happens", () => {
    const { state } = canvas(new FakeKernel(grouped()));
    state().enter("stage");
    state().edit(size(8));
    state().leave();
    expect(state()).toMatchObject({ scope: [], selection: ["stage"] });
    state().edit((view) => rename(view, "new"));
    state().undo();
    // The name is seen from everywhere.
    expect(state().scope).toEqual([]);
    state().undo();
    expect(state().scope).toEqual(["stage"]);
    expect(state().view.graph.nodes[1]?.params).toEqual({});
    state().leave();
    state().redo();
    expect(state().scope).toEqual(["stage"]);
    expect(state().view.graph.nodes[1]?.params).toEqual({ out_channels: 8 });
  });

  test("typing in two groups is two steps", () => {
    const { state } = canvas(new FakeKernel(grouped()));
    state().edit((view) => setRecipe(view, "seed", 1), "seed");
    state().enter("stage");
    state().edit(size(8), "seed");
    state().undo();
    expect(state().document.recipe.seed).toBe(1);
  });

  test("a group that goes while it is open leaves the one around", () => {
    const { kernel, state } = canvas(new FakeKernel(grouped()));
    state().enter("stage");
    kernel.set("experiment", { revision: 4, document: experiment(["conv9"]) });
    expect(state().scope).toEqual([]);
    expect(state().view).toBe(state().document);
  });

  test("a change of the whole is seen where it is", () => {
    const { state } = canvas(new FakeKernel(grouped()));
    const at = (view: Experiment) => withInside(view, ["stage"], size(8)(inside(view, ["stage"])));
    state().editWhole(at);
    expect(state().scope).toEqual([]);
    state().undo();
    expect(state().scope).toEqual(["stage"]);
  });

  test("jumping opens what is around; entering a plain block does nothing", () => {
    const { state } = canvas(new FakeKernel(grouped()));
    state().jump("stage/conv1");
    expect(state()).toMatchObject({ scope: ["stage"], selection: ["conv1"], target: { id: "conv1" } });
    const { scope } = state();
    state().enter("conv1");
    expect(state().scope).toBe(scope);
    state().leave(0);
    expect(state()).toMatchObject({ scope: [], target: null });
    state().leave();
    expect(state().scope).toEqual([]);
  });

  test("heights of one scope are not those of another", () => {
    const { state } = canvas(new FakeKernel(grouped()));
    const { heights } = state();
    heights.set("conv1", 500);
    state().enter("stage");
    expect(state().heights.get("conv1")).not.toBe(500);
    state().leave();
    expect(state().heights).toBe(heights);
  });
});

describe("requests", () => {
  test("training waits until the kernel has the present document", async () => {
    const { kernel, state } = canvas();
    state().edit((document) => rename(document, "new"));
    void state().request("train");
    await vi.advanceTimersByTimeAsync(100);
    expect(kernel.asked).toEqual([]);
    kernel.set("analysis" as never, analysis(2) as never);
    await vi.advanceTimersByTimeAsync(0);
    expect(kernel.asked.map((each) => each.name)).toEqual(["train"]);
  });

  test("but not for ever, and stopping does not wait at all", async () => {
    const { kernel, state } = canvas();
    state().edit((document) => rename(document, "new"));
    void state().request("save");
    void state().request("stop");
    await vi.advanceTimersByTimeAsync(0);
    expect(kernel.asked.map((each) => each.name)).toEqual(["stop"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(kernel.asked.map((each) => each.name)).toEqual(["stop", "save"]);
  });

  test("saved is what was saved, also after undo", async () => {
    const { kernel, state } = canvas();
    const saving = state().request("save");
    await vi.advanceTimersByTimeAsync(0);
    kernel.asked[0]?.resolve({ path: "net.blockml", text: "{}" });
    await saving;
    expect(state().lastSaved).toBe("net.blockml");
    state().edit((document) => setRecipe(document, "seed", 3));
    expect(state().lastSaved).toBeNull();
    state().undo();
    expect(state().lastSaved).toBe("net.blockml");
  });
});

describe("the page", () => {
  test("whoever comes back to a training sees it", () => {
    expect(canvas(new FakeKernel(experiment(), { ...IDLE, status: "training" })).state().panel).toBe("train");
    expect(canvas().state().panel).toBe("block");
  });

  test("jumping to the same node twice is two wishes", () => {
    const { state } = canvas();
    state().jump("conv1");
    const first = state().target;
    state().jump("conv1");
    expect(state().target).toEqual({ id: "conv1" });
    expect(state().target).not.toBe(first);
    expect(state().selection).toEqual(["conv1"]);
  });

  test("the language is shared with the kernel", () => {
    const { kernel, state } = canvas();
    state().setLanguage("ko");
    expect(kernel.traits.language).toBe("ko");
    kernel.set("language", "en");
    expect(state().language).toBe("en");
  });
});
