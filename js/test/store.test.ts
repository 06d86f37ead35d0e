import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rename, setRecipe } from "../src/document";
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
    expect(kernel.traits.experiment).toEqual({ revision: 2, document: state().document });
    expect(state()).toMatchObject({ revision: 2, stale: true, canUndo: true });
    kernel.set("analysis" as never, analysis(2, { parameters: 7 }) as never);
    expect(state()).toMatchObject({ stale: false, analysis: { parameters: 7 } });
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
