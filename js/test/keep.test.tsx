import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StoreProvider } from "../src/context";
import { rename } from "../src/document";
import { KeepLine } from "../src/keep/KeepLine";
import { keepDrawing } from "../src/keep/keeping";
import { watchPresence } from "../src/keep/presence";
import { stash, stashed, unstash } from "../src/keep/stash";
import { createWriter } from "../src/keep/writer";
import type { DraftState } from "../src/protocol";
import { createCanvasStore } from "../src/store";
import { analysis, experiment, FakeKernel } from "./samples";

const DRAFT: DraftState = {
  key: "k",
  began: "b",
  revision: 1,
  state: "",
  time: 0,
  notebook: "",
  problem: null,
};
const MODEL = {} as Parameters<typeof keepDrawing>[1];

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function canvas(draft: Partial<DraftState> = {}) {
  const kernel = new FakeKernel();
  kernel.traits.draft = { ...DRAFT, ...draft };
  const store = createCanvasStore(kernel);
  return { kernel, store, end: keepDrawing(store, MODEL) };
}

/** The kernel says that it has what the page sent. */
function heard(kernel: FakeKernel): void {
  const { revision, document, writer } = kernel.traits.experiment;
  kernel.set("experiment", { revision, document, seen: { [writer ?? ""]: revision } });
}

describe("a writer", () => {
  test("waits for a state that has its own changes, and names the ground of the next", () => {
    const document = experiment(["input1:Input"]);
    const writer = createWriter({ revision: 4, document });
    const { writer: name, base } = writer.sign(5);
    expect(base).toBe(4);
    expect(writer.accepts({ revision: 5, document, writer: "other" })).toBe(false);
    expect(writer.accepts({ revision: 6, document, seen: { other: 5 } })).toBe(false);
    expect(writer.accepts({ revision: 7, document, seen: { [name]: 5, other: 5 } })).toBe(true);
    expect(writer.sign(8).base).toBe(7);
  });

  test("what another page types is one step to take back, and leaves the other cards alone", () => {
    const { kernel, store } = canvas();
    const { document } = store.getState();
    const card = document.graph.nodes[1];
    for (const [at, name] of ["a", "ab", "abc"].entries()) {
      const copy = structuredClone(rename(document, name));
      kernel.set("experiment", { revision: 2 + at, document: copy, seen: {} });
    }
    expect(store.getState().document.name).toBe("abc");
    expect(store.getState().document.graph.nodes[1]).toBe(card);
    store.getState().undo();
    expect(store.getState().document.name).toBe(document.name);
  });

  test("a store says that changes were brought together, and both pages have them", () => {
    const { kernel, store } = canvas();
    const document = rename(store.getState().document, "both");
    kernel.set("experiment", { revision: 3, document, seen: {}, merged: true });
    expect(store.getState().document.name).toBe("both");
    expect(store.getState().notice?.text).toContain("Both changes are kept");
  });
});

describe("what the browser keeps", () => {
  test("is there until the kernel has it on the disk", () => {
    const { kernel, store } = canvas();
    store.getState().edit((view) => rename(view, "new"));
    vi.advanceTimersByTime(400);
    expect(stashed("k")).toMatchObject([{ revision: 2, document: { name: "new" } }]);
    heard(kernel);
    kernel.set("draft", { ...DRAFT, revision: 2 });
    expect(stashed("k")).toEqual([]);
  });

  test("stays where the kernel has as many changes, but of somebody else", () => {
    const { kernel, store } = canvas();
    store.getState().edit((view) => rename(view, "new"));
    const { document, writer } = kernel.traits.experiment;
    vi.advanceTimersByTime(400);
    const other = rename(document, "of a cell");
    kernel.set("experiment", { revision: 2, document: other, seen: {} });
    kernel.set("draft", { ...DRAFT, revision: 2 });
    expect(stashed("k")).toMatchObject([{ revision: 2, document: { name: "new" } }]);
    // The draft may be written before the kernel says what is in it.
    kernel.set("draft", { ...DRAFT, revision: 3 });
    expect(stashed("k")).toHaveLength(1);
    kernel.set("experiment", { revision: 3, document, seen: { [writer ?? ""]: 2 } });
    expect(stashed("k")).toEqual([]);
  });

  test("is opened in a page that comes up with less, as a change that can be undone", () => {
    const { store, end } = canvas();
    store.getState().edit((view) => rename(view, "new"));
    end();
    const next = canvas().store;
    expect(next.getState().document.name).toBe("new");
    next.getState().undo();
    expect(next.getState().document.name).not.toBe("new");
  });

  test.each([
    ["an older one", { revision: 5 }],
    ["one of as many changes", { revision: 2 }],
    ["one of another network", { began: "other" }],
  ] as [string, Partial<DraftState>][])("%s is offered, not opened", (_, draft) => {
    const { store, end } = canvas();
    store.getState().edit((view) => rename(view, "new"));
    end();
    const kernel = new FakeKernel();
    kernel.traits.draft = { ...DRAFT, ...draft };
    kernel.traits.experiment = { ...kernel.traits.experiment, revision: draft.revision ?? 1 };
    const next = createCanvasStore(kernel);
    keepDrawing(next, MODEL);
    expect(next.getState().document.name).not.toBe("new");
    expect(next.getState().offer?.document.name).toBe("new");
  });

  test.each([
    "x",
    "null",
    "[]",
    '{"revision":9,"time":1,"began":"b","document":{}}',
    '{"revision":9,"time":1,"began":"b","document":{"name":"n","data":{},"recipe":{},"layout":{"a":[1]},"graph":{"nodes":[],"edges":[]}}}',
    '{"revision":1e99,"time":1,"began":"b","document":{"name":"n","data":{},"recipe":{},"layout":{},"graph":{"nodes":[],"edges":[]}}}',
    '{"revision":9,"time":1,"began":"b","document":{"name":"n","data":{},"recipe":{},"layout":{},"graph":{"nodes":[{"id":1}],"edges":[]}}}',
    ...[
      { notes: [{ id: "note1" }] },
      { notes: null },
      { graph: { nodes: [{ title: {} }], edges: [] } },
      { data: {} },
    ].map((wrong) => {
      const document = experiment(["input1:Input"]);
      const node = document.graph.nodes[0];
      const nodes = wrong.graph?.nodes.map((each) => ({ ...node, ...each }));
      const odd = { ...document, ...wrong, ...(nodes && { graph: { nodes, edges: [] } }) };
      return JSON.stringify({ revision: 9, time: 1, began: "b", document: odd });
    }),
  ])("is passed over where it is no drawing: %s", (text) => {
    localStorage.setItem("blockml:drawing:k:x", text);
    expect(stashed("k")).toEqual([]);
    expect(canvas().store.getState().offer).toBeNull();
  });

  test("is said not to be kept where there is no room", () => {
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("full");
    });
    expect(stash("k", { revision: 1, time: 1, began: "b", document: experiment(["input1:Input"]) })).toBe(
      false,
    );
    full.mockRestore();
  });

  test("makes room by letting the oldest go", () => {
    const document = experiment(["input1:Input"]);
    for (let at = 0; at < 30; at += 1) stash(`k${at}`, { revision: 1, time: at, began: "b", document });
    expect(stashed("k0")).toEqual([]);
    expect(stashed("k29")).toHaveLength(1);
    unstash("k29");
    expect(stashed("k29")).toEqual([]);
  });
});

describe("the kernel", () => {
  test("is away while the connection is, and gone once it was started anew", () => {
    const slots: (() => void)[] = [];
    const signal = { connect: (slot: () => void) => slots.push(slot), disconnect: () => undefined };
    const kernel = {
      status: "idle",
      connectionStatus: "connected",
      statusChanged: signal,
      connectionStatusChanged: signal,
    };
    const told: string[] = [];
    watchPresence({ widget_manager: { kernel } } as never, (presence) => told.push(presence));
    const change = (next: Partial<typeof kernel>): void => {
      Object.assign(kernel, next);
      for (const slot of slots) slot();
    };
    change({ connectionStatus: "connecting" });
    change({ connectionStatus: "connected" });
    change({ status: "autorestarting" });
    change({ status: "idle" });
    expect(told).toEqual(["away", "here", "gone"]);
  });
});

describe("the line", () => {
  function line(draft: Partial<DraftState> = {}) {
    const found = canvas(draft);
    render(
      <StoreProvider store={found.store}>
        <KeepLine />
      </StoreProvider>,
    );
    return found;
  }

  test("is not there when there is nothing to say", () => {
    line();
    expect(screen.queryByTestId("blockml-keep")).toBeNull();
  });

  test("says that the kernel does not answer, until it does", () => {
    const { kernel, store } = line();
    act(() => store.getState().edit((view) => rename(view, "new")));
    act(() => void vi.advanceTimersByTime(9000));
    expect(screen.getByTestId("blockml-keep").textContent).toContain("does not answer yet");
    act(() => kernel.set("analysis" as never, analysis(2) as never));
    expect(screen.queryByTestId("blockml-keep")).toBeNull();
  });

  test("gives what the cell gave, as a change that can be undone", async () => {
    const { kernel, store } = line({ state: "opened", time: 1 });
    fireEvent.click(screen.getByTestId("blockml-keep-cell"));
    expect(kernel.asked).toMatchObject([{ name: "draft", payload: { which: "cell" } }]);
    await act(async () => kernel.asked[0]?.resolve({ document: rename(store.getState().document, "cell") }));
    expect(store.getState().document.name).toBe("cell");
    expect(store.getState().canUndo).toBe(true);
  });

  test("offers to run the cell only where somebody can", () => {
    const { store } = line();
    act(() => store.setState({ presence: "gone" }));
    expect(screen.queryByTestId("blockml-keep-run")).toBeNull();
    cleanup();
    const wishes: unknown[] = [];
    const run = (event: Event): void => {
      event.preventDefault();
      wishes.push((event as CustomEvent).detail);
    };
    document.addEventListener("blockml:run-cell", run);
    const again = line();
    act(() => again.store.setState({ presence: "gone" }));
    fireEvent.click(screen.getByTestId("blockml-keep-run"));
    document.removeEventListener("blockml:run-cell", run);
    expect(wishes).toEqual(["can", "run"]);
  });
});
