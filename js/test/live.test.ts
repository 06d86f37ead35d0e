import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { announce, listen } from "../src/canvas/live";
import { addNode, connect, insertOnEdge, removeNodes, setParam } from "../src/document";
import { narrate } from "../src/parts/narrate";
import { createCanvasStore } from "../src/store";
import { analysis, BLOCKS, edge, experiment, FakeKernel, IDLE, record, SIZE } from "./samples";

let said: string[];
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  said = [];
  end = listen({ speak: (text) => said.push(text), isHere: () => true });
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

const CHAIN = experiment(["input1:Input", "conv1", "output1:Output"], ["input1>conv1", "conv1>output1"]);

function canvas(document = CHAIN, run = IDLE) {
  const kernel = new FakeKernel(document, run);
  const store = createCanvasStore(kernel);
  const stop = narrate(store, document);
  const analysed = (more = {}): void => kernel.set("analysis", analysis(store.getState().revision, more));
  return { kernel, store, analysed, stop };
}

describe("what is said", () => {
  test("comes at most once a second; nothing is lost, and a topic only keeps its newest", () => {
    announce("One.");
    vi.advanceTimersByTime(1);
    announce("Epoch 1.", "run");
    announce("Two.");
    announce("Epoch 2.", "run");
    vi.advanceTimersByTime(900);
    expect(said).toEqual(["One."]);
    vi.advanceTimersByTime(200);
    expect(said).toEqual(["One.", "Two. Epoch 2."]);
  });

  test("comes from the view in which the person is", () => {
    const other: string[] = [];
    const stop = listen({ speak: (text) => other.push(text), isHere: () => false });
    announce("Here.");
    vi.advanceTimersByTime(2000);
    stop();
    expect([said, other]).toEqual([["Here."], []]);
  });
});

describe("after a gesture", () => {
  test("a connection is told with the shape that the kernel finds", () => {
    const { store, analysed, stop } = canvas(experiment(["input1:Input", "conv1", "relu1:ReLU"]));
    store.getState().edit((document) => connect(document, edge("conv1>relu1")));
    vi.advanceTimersByTime(600);
    expect(said).toEqual([]);
    analysed({ nodes: { relu1: { shapes: { y: [32, 26, 26] }, parameters: 0, flops: 0, memory: 0 } } });
    vi.advanceTimersByTime(1200);
    expect(said).toEqual(["Conv2d connected to ReLU, output 32 by 26 by 26."]);
    stop();
  });

  test("without a kernel it is told all the same", () => {
    const { store, stop } = canvas();
    store.getState().edit((document) => removeNodes(document, ["conv1"]));
    vi.advanceTimersByTime(4000);
    expect(said).toEqual(["Conv2d removed."]);
    stop();
  });

  test("quick changes are one sentence, and undo says what is undone, in both languages", () => {
    const { store, analysed, stop } = canvas();
    for (const value of [1, 15, 5]) {
      store.getState().edit((document) => setParam(document, "conv1", "kernel_size", value, [SIZE]));
      analysed();
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(2000);
    expect(said).toEqual(["Conv2d: kernel size 5."]);
    store.getState().setLanguage("ko");
    store.getState().undo();
    analysed();
    vi.advanceTimersByTime(2000);
    expect(said[1]).toBe("되돌림: Conv2d: kernel_size ko 15.");
    stop();
  });

  test("a block in a connection, and many at once", () => {
    const { store, analysed, stop } = canvas();
    const { edit } = store.getState();
    edit((document) => insertOnEdge(document, BLOCKS.ReLU, edge("input1>conv1")).document);
    analysed();
    vi.advanceTimersByTime(2000);
    edit((document) => {
      let next = document;
      for (let at = 0; at < 4; at += 1) next = addNode(next, BLOCKS.ReLU).document;
      return next;
    });
    analysed();
    vi.advanceTimersByTime(2000);
    expect(said).toEqual(["ReLU added between Input and Conv2d.", "4 blocks added."]);
    stop();
  });

  test("problems that come and go are told", () => {
    const { store, analysed, stop } = canvas();
    const { edit } = store.getState();
    edit((document) => setParam(document, "conv1", "kernel_size", 31, [SIZE]));
    const problem = {
      code: "cycle",
      severity: "error",
      node: "conv1",
      port: null,
      param: null,
      values: { source: "a", target: "b" },
      fixes: [],
    };
    analysed({ diagnostics: [problem] });
    vi.advanceTimersByTime(2000);
    expect(said[0]).toMatch(/^Conv2d: kernel size 31\. Problem at conv1: The connection from a to b/);
    store.getState().undo();
    analysed();
    vi.advanceTimersByTime(2000);
    expect(said[1]).toBe("Undone: Conv2d: kernel size 3. No problems left.");
    stop();
  });

  test("a change that came before this part is told, too", () => {
    const kernel = new FakeKernel(CHAIN, IDLE);
    const store = createCanvasStore(kernel);
    store.getState().edit((document) => removeNodes(document, ["conv1"]));
    const stop = narrate(store, CHAIN);
    kernel.set("analysis", analysis(store.getState().revision));
    vi.advanceTimersByTime(3000);
    stop();
    expect(said).toEqual(["Conv2d removed."]);
  });

  test("two views of a canvas tell it once", () => {
    const { store, analysed, stop } = canvas();
    const second = narrate(store, CHAIN);
    stop();
    store.getState().edit((document) => removeNodes(document, ["conv1"]));
    analysed();
    vi.advanceTimersByTime(3000);
    second();
    expect(said).toEqual(["Conv2d removed."]);
  });
});

test("training tells its beginning, some epochs and its end", () => {
  const { kernel, stop } = canvas();
  const training = { ...IDLE, status: "training" as const, epochs: 9 };
  kernel.set("run", training);
  vi.advanceTimersByTime(1500);
  for (let epoch = 1; epoch < 9; epoch += 1) {
    const history = Array.from({ length: epoch }, (_, at) => record(at + 1));
    kernel.set("run", { ...training, epoch, history });
    vi.advanceTimersByTime(200);
  }
  kernel.set("run", { ...training, status: "finished", epoch: 9, test_accuracy: 0.975 });
  vi.advanceTimersByTime(3000);
  expect(said).toEqual([
    "Training has begun.",
    "Epoch 1 of 9, test accuracy 65.4%.",
    "Training finished, test accuracy 97.5%.",
  ]);
  stop();
});
