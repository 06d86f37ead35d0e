/** The bars, the menus and the recipe, as people use them. */

import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { ReactFlowProvider } from "@xyflow/react";
import type { ReactElement } from "react";
import { describe, expect, test, vi } from "vitest";
import { App, Notice } from "../src/canvas/App";
import { BottomBar } from "../src/canvas/BottomBar";
import { Palette } from "../src/canvas/Palette";
import { TopBar } from "../src/canvas/TopBar";
import { newNode } from "../src/document";
import { FixButton } from "../src/panels/FixButton";
import { SidePanel } from "../src/panels/SidePanel";
import { loadPart } from "../src/parts";
import CodePanel from "../src/parts/code";
import type { Diagnostic, Patch, RunState } from "../src/protocol";
import { createCanvasStore } from "../src/store";
import { draw } from "./render";
import { analysis, experiment, FakeKernel, IDLE, record } from "./samples";

function problem(code: string, more: Partial<Diagnostic> = {}): Diagnostic {
  return { code, severity: "error", node: "conv1", port: null, param: null, values: {}, fixes: [], ...more };
}

const TOO_LARGE = problem("window-too-large", {
  values: { window: [31, 31], picture: [8, 8] },
  fixes: [
    {
      kind: "set-param",
      values: { param: "window", value: 3 },
      patch: {
        nodes: [newNode("conv1", "Conv2d", { params: { kernel_size: 3 } })],
        remove_nodes: [],
        edges: [],
        remove_edges: [],
        recipe: {},
        data: null,
      },
    },
  ],
});

function analysed(kernel: FakeKernel, diagnostics: Diagnostic[], revision = 1): Promise<void> {
  return act(async () => kernel.set("analysis" as never, analysis(revision, { diagnostics }) as never));
}

const TRAINING: RunState = {
  ...IDLE,
  id: "r",
  status: "training",
  epochs: 3,
  content_hash: "a",
  current_hash: "a",
};

test("where a search finds no block, all blocks stay within reach", () => {
  draw(
    <ReactFlowProvider>
      <Palette />
    </ReactFlowProvider>,
  );
  const search = screen.getByTestId("blockml-palette-search");
  fireEvent.change(search, { target: { value: "relu" } });
  expect(screen.queryByTestId("blockml-palette-item-Conv2d")).toBeNull();
  fireEvent.change(search, { target: { value: "zebra" } });
  expect(screen.getByText("No block matches “zebra”. All blocks:")).toBeTruthy();
  expect(screen.getByTestId("blockml-palette-item-Conv2d")).toBeTruthy();
});

describe("problems", () => {
  test("the first one stands in the bar; its fix is one click and one undo", async () => {
    const { kernel, store } = draw(<BottomBar />);
    expect(screen.getByText("No problems")).toBeTruthy();
    await analysed(kernel, [TOO_LARGE, problem("cycle")]);
    expect(screen.getByText("2 problems")).toBeTruthy();
    fireEvent.click(screen.getByTestId("blockml-fix"));
    expect(store.getState().document.graph.nodes[1]?.params).toEqual({ kernel_size: 3 });
    store.getState().undo();
    expect(store.getState().document.graph.nodes[1]?.params).toEqual({});
  });

  test("all of them stand in the sheet, and an entry leads to its block", async () => {
    const { kernel, store } = draw(<BottomBar />);
    await analysed(kernel, [problem("cycle", { node: "output1" }), TOO_LARGE]);
    expect(screen.queryByTestId("blockml-problem-window-too-large")).toBeNull();
    fireEvent.click(screen.getByText("2 problems"));
    const entry = screen.getByTestId("blockml-problem-window-too-large");
    fireEvent.click(within(entry).getByRole("button", { name: /^conv1/ }));
    expect(store.getState()).toMatchObject({ selection: ["conv1"], target: { id: "conv1" } });
  });

  test("the list opens for a single problem, and Escape closes it from anywhere in the widget", async () => {
    const { kernel } = draw(
      <div className="blockml">
        <BottomBar />
        <button type="button">elsewhere</button>
      </div>,
    );
    await analysed(kernel, [TOO_LARGE]);
    const count = screen.getByRole("button", { name: "1 problem" });
    fireEvent.click(count);
    expect(count.getAttribute("aria-expanded")).toBe("true");
    // Where it is cut, its whole text can be read all the same.
    const fix = screen.getByTestId("blockml-fix");
    expect(fix.title).toContain(fix.textContent);
    fireEvent.keyDown(screen.getByText("elsewhere"), { key: "Escape" });
    expect(count.getAttribute("aria-expanded")).toBe("false");
    fireEvent.click(count);
    screen.getByTestId("blockml-fix").focus();
    fireEvent.keyDown(screen.getByTestId("blockml-fix"), { key: "Escape" });
    expect(count.getAttribute("aria-expanded")).toBe("false");
    expect(document.activeElement).toBe(count);
  });

  test("a name of a file is text", async () => {
    const { kernel } = draw(<BottomBar />);
    await analysed(kernel, [problem("cycle", { node: "<img src=x onerror=alert(1)>" })]);
    expect(document.querySelector("img")).toBeNull();
  });
});

describe("run", () => {
  test("Run asks for training and shows it", async () => {
    const { kernel, store } = draw(<TopBar />);
    await act(async () => fireEvent.click(screen.getByTestId("blockml-run")));
    expect(kernel.asked.map((each) => each.name)).toEqual(["train"]);
    expect(store.getState().panel).toBe("train");
  });

  test("with problems it leads to the first of them instead", async () => {
    const { kernel, store } = draw(<TopBar />);
    await analysed(kernel, [TOO_LARGE]);
    await act(async () => fireEvent.click(screen.getByTestId("blockml-run")));
    expect(kernel.asked).toEqual([]);
    expect(store.getState().target).toEqual({ id: "conv1" });
    expect(store.getState().notice?.kind).toBe("error");
  });

  test("on the empty canvas nothing is red, and Run says what is missing", async () => {
    const empty = new FakeKernel(experiment(["input1:Input", "output1:Output"]));
    const { kernel, store } = draw(
      <>
        <TopBar />
        <SidePanel />
        <BottomBar />
        <Notice />
      </>,
      empty,
    );
    await analysed(kernel, [problem("no-path-to-output", { node: "output1" })]);
    expect(screen.getByText("Add a first block")).toBeTruthy();
    expect(screen.getByTestId("blockml-problems").dataset.count).toBe("0");
    expect(screen.queryByText(/Nothing reaches the Output/)).toBeNull();
    expect(document.querySelector('[data-wrong="true"]')).toBeNull();
    await act(async () => fireEvent.click(screen.getByTestId("blockml-run")));
    expect(kernel.asked).toEqual([]);
    expect(store.getState().notice).toMatchObject({ kind: "info" });
    expect(store.getState().notice?.text).toContain("First add blocks");
    // Nothing is wrong, so nothing is selected; and the sentence goes with what is done next.
    expect(store.getState()).toMatchObject({ selection: [], target: null });
    fireEvent.pointerDown(document.body);
    expect(store.getState().notice).toBeNull();
    // With one block more it is a problem like any other.
    act(() =>
      store
        .getState()
        .edit((each) => experiment([...each.graph.nodes.map((n) => `${n.id}:${n.block}`), "c"])),
    );
    await analysed(kernel, [problem("no-path-to-output", { node: "output1" })], 2);
    expect(screen.getByText("1 problem")).toBeTruthy();
  });

  test("a refusal is said", async () => {
    const { kernel, store } = draw(<TopBar />);
    await act(async () => fireEvent.click(screen.getByTestId("blockml-run")));
    await act(async () => kernel.asked[0]?.reject(problem("run-active")));
    expect(store.getState().notice?.kind).toBe("error");
    expect(store.getState().notice?.text).not.toContain("run-active");
  });

  test("while it trains there are Pause and Stop", async () => {
    const { kernel } = draw(<TopBar />, new FakeKernel(experiment(["conv1"]), TRAINING));
    expect(screen.queryByTestId("blockml-run")).toBeNull();
    expect(screen.getByTestId("blockml-pause")).toBeTruthy();
    await act(async () => fireEvent.click(screen.getByTestId("blockml-stop")));
    expect(kernel.asked.map((each) => each.name)).toEqual(["stop"]);
  });
});

test("a repair of several settings names each as its field does", () => {
  const fix = {
    kind: "match",
    values: {
      node: "conv1",
      params: ["out_channels", "kernel_size"],
      settings: "out_channels = 8, kernel_size = 5",
    },
    patch: {
      ...TOO_LARGE.fixes[0]?.patch,
      nodes: [newNode("conv1", "Conv2d", { params: { kernel_size: 5 } })],
    } as Patch,
  };
  draw(<FixButton problem={TOO_LARGE} fix={fix} testid="fix" />);
  expect(screen.getByTestId("fix").textContent).toBe("conv1: out channels 32, kernel size 5");
});

describe("name, undo, language", () => {
  test("a new name is kept, an empty one is not", () => {
    const { store } = draw(<TopBar />);
    const name = screen.getByTestId<HTMLInputElement>("blockml-name");
    fireEvent.change(name, { target: { value: "  my net " } });
    fireEvent.blur(name);
    expect(store.getState().document.name).toBe("my net");
    fireEvent.change(name, { target: { value: " " } });
    fireEvent.blur(name);
    expect(name.value).toBe("my net");
    fireEvent.click(screen.getByTestId("blockml-undo"));
    expect(name.value).toBe("test");
    fireEvent.click(screen.getByTestId("blockml-redo"));
    expect(name.value).toBe("my net");
  });

  test("a name that no person chose follows the language, and a look at it changes nothing", () => {
    const drawn = { ...experiment(["conv1"]), name: "my first network" };
    const { store } = draw(<TopBar />, new FakeKernel(drawn));
    const name = screen.getByTestId<HTMLInputElement>("blockml-name");
    expect(name.value).toBe("my first network");
    fireEvent.click(screen.getByTestId("blockml-language"));
    expect(name.value).toBe("나의 첫 신경망");
    fireEvent.blur(name);
    expect(store.getState().document.name).toBe("my first network");
    expect(store.getState().canUndo).toBe(false);
  });

  test("the other language is one click away", () => {
    const { kernel } = draw(<TopBar />);
    fireEvent.click(screen.getByTestId("blockml-language"));
    expect(kernel.traits.language).toBe("ko");
    expect(screen.getByTestId("blockml-run").textContent).toBe("실행");
  });
});

test("what the bar has no room for is in the menu of help", () => {
  const { store } = draw(<TopBar view={<button type="button">outline</button>} />);
  act(() => store.getState().edit((document) => ({ ...document, name: "other" })));
  fireEvent.click(screen.getByTestId("blockml-help"));
  const menu = within(screen.getByRole("dialog"));
  expect(menu.getByText("outline")).toBeTruthy();
  expect(menu.getByTestId("blockml-tidy").textContent).toBe("Tidy up");
  // A finger has no keys for it: it is never folded away.
  fireEvent.click(screen.getByTestId("blockml-undo"));
  expect(store.getState().document.name).toBe("test");
});

describe("files", () => {
  test("save says where, and an edit makes it unsaved", async () => {
    const { kernel, store } = draw(<TopBar />);
    const save = screen.getByTestId("blockml-save");
    await act(async () => fireEvent.click(save));
    await act(async () => kernel.asked[0]?.resolve({ path: "net.blockml", text: "{}" }));
    expect(save.textContent).toBe("Saved");
    expect(save.title).toContain("net.blockml");
    expect(store.getState().notice).toEqual({ kind: "info", text: "Saved as net.blockml" });
    act(() => store.getState().edit((document) => ({ ...document, name: "other" })));
    expect(save.textContent).toBe("Save");
  });

  test("opening a file is one change that can be undone", async () => {
    const { kernel, store } = draw(<TopBar />);
    const before = store.getState().document;
    fireEvent.click(screen.getByRole("button", { name: "Open, download" }));
    await act(async () => fireEvent.click(screen.getByText(/beside the notebook/)));
    await act(async () => kernel.asked[0]?.resolve({ paths: ["lenet.blockml"] }));
    await act(async () => fireEvent.click(screen.getByText("lenet.blockml")));
    expect(kernel.asked[1]?.payload).toEqual({ path: "lenet.blockml" });
    await act(async () => kernel.asked[1]?.resolve({ document: experiment(["conv7"]) }));
    expect(store.getState().document.graph.nodes.map((node) => node.id)).toEqual(["conv7"]);
    store.getState().undo();
    expect(store.getState().document).toBe(before);
  });

  test("a file of this computer is read by the kernel", async () => {
    const { kernel } = draw(<TopBar />);
    fireEvent.click(screen.getByRole("button", { name: "Open, download" }));
    const file = new File(["{}"], "x.blockml");
    fireEvent.change(screen.getByTestId("blockml-open-file"), { target: { files: [file] } });
    await waitFor(() => expect(kernel.asked).toHaveLength(1));
    expect(kernel.asked[0]).toMatchObject({ name: "open", payload: { text: "{}" } });
  });

  test("Escape closes a menu and gives the focus back", () => {
    draw(<TopBar />);
    const button = screen.getByRole("button", { name: "Data: Digits" });
    fireEvent.click(button);
    fireEvent.keyDown(screen.getByRole("dialog"), { key: "Escape" });
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(button);
    // Also when what had the focus is gone.
    fireEvent.click(button);
    (document.activeElement as HTMLElement).blur();
    fireEvent.keyDown(document.body, { key: "Escape" });
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(button);
  });
});

describe("the panel", () => {
  test("is made wider at its edge, as far as the canvas keeps room, and stays so in pages to come", () => {
    const width = vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1000);
    const app = (): ReactElement => <App store={createCanvasStore(new FakeKernel())} />;
    const edge = (): HTMLElement => screen.getByRole("separator", { name: "Width of the panel" });
    const first = render(app());
    expect(edge().getAttribute("aria-valuenow")).toBe("320");
    // Keys come to the tabs first.
    expect(edge().closest("aside")?.lastElementChild).toBe(edge());
    fireEvent.keyDown(edge(), { key: "ArrowLeft" });
    expect(edge().getAttribute("aria-valuenow")).toBe("340");
    for (let turn = 0; turn < 20; turn += 1) fireEvent.keyDown(edge(), { key: "ArrowLeft" });
    expect(edge().getAttribute("aria-valuenow")).toBe("530");
    first.unmount();
    const second = render(app());
    expect(edge().getAttribute("aria-valuenow")).toBe("530");
    for (let turn = 0; turn < 20; turn += 1) fireEvent.keyDown(edge(), { key: "ArrowRight" });
    expect(edge().getAttribute("aria-valuenow")).toBe("280");
    second.unmount();
    // Another program of the same address may have written there.
    for (const kept of ["9999", "wide", ""]) {
      localStorage.setItem("blockml-panel", kept);
      const other = render(app());
      expect(edge().getAttribute("aria-valuenow")).toBe("320");
      other.unmount();
    }
    width.mockRestore();
  });

  test("arrow keys go through the tabs", () => {
    const { store } = draw(<SidePanel />);
    const tabs = screen.getByRole("tablist");
    fireEvent.keyDown(tabs, { key: "ArrowRight" });
    expect(store.getState().panel).toBe("train");
    fireEvent.keyDown(tabs, { key: "ArrowLeft" });
    fireEvent.keyDown(tabs, { key: "ArrowLeft" });
    expect(store.getState().panel).toBe("learn");
  });

  test("the training shows its status, numbers and curves", async () => {
    const run = { ...TRAINING, epoch: 1, history: [record(1)], can_predict: true };
    const { store } = draw(<SidePanel />, new FakeKernel(experiment(["conv1"]), run));
    await act(() => loadPart(store, "train"));
    expect(screen.getByTestId("blockml-status").dataset.status).toBe("training");
    expect(screen.getByTestId("blockml-accuracy").textContent).toBe("65.4%");
    expect(screen.getByTestId("blockml-curves").getAttribute("aria-label")).toContain("65.4%");
    fireEvent.keyDown(screen.getByTestId("blockml-curves"), { key: "ArrowLeft" });
    expect(screen.getByTestId("blockml-curves").textContent).toContain("epoch 1");
  });

  test("the selected block can be renamed, but not to a name that is taken", () => {
    const { store } = draw(<SidePanel />);
    act(() => store.getState().select(["conv1"]));
    const name = screen.getByLabelText<HTMLInputElement>("Name of the layer in the code");
    fireEvent.change(name, { target: { value: "output1" } });
    fireEvent.blur(name);
    expect(store.getState().document.graph.nodes[1]?.id).toBe("conv1");
    fireEvent.change(name, { target: { value: "eyes" } });
    fireEvent.keyDown(name, { key: "Enter" });
    expect(store.getState()).toMatchObject({ selection: ["eyes"] });
    expect(store.getState().document.graph.nodes[1]?.id).toBe("eyes");
  });
});

describe("the code", () => {
  const code = (revision: number, text: string) => ({ revision, text, filename: "net.py" });

  test("follows the network; the last good script stays, with the reason", async () => {
    const { kernel, store } = draw(<CodePanel />);
    await act(async () => kernel.asked[0]?.resolve(code(1, "import torch\nx = 1\n")));
    const box = screen.getByTestId("blockml-code");
    expect(box.textContent).toBe("import torch\nx = 1\n");
    act(() => store.getState().edit((document) => ({ ...document, name: "b" })));
    await analysed(kernel, [TOO_LARGE], 2);
    expect(box.dataset.dimmed).toBe("true");
    expect(screen.getByRole("status").textContent).toContain("before the last change");
    expect(kernel.asked).toHaveLength(1);
    act(() => store.getState().undo());
    await analysed(kernel, [], 3);
    await act(async () => kernel.asked[1]?.resolve(code(3, "y = 2\n")));
    expect(box.textContent).toBe("y = 2\n");
    expect(box.dataset.dimmed).toBe("false");
  });

  test("is text, whatever stands in it", async () => {
    const { kernel } = draw(<CodePanel />);
    await act(async () => kernel.asked[0]?.resolve(code(1, "# <img src=x onerror=alert(1)>")));
    expect(document.querySelector("img")).toBeNull();
    expect(screen.getByTestId("blockml-code").textContent).toContain("<img");
  });
});
