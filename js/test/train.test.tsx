/** The training panel, as people use it: recipe, finder, queue, problems, further epochs, comparison. */

import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { RecipeForm } from "../src/panels/RecipeForm";
import TrainPanel from "../src/parts/train";
import type { RunState } from "../src/protocol";
import { draw } from "./render";
import { CATALOGUE, experiment, FakeKernel, IDLE, NO_TASK, param, record } from "./samples";

const RECIPE = [
  param("epochs", { group: "basic", default: 12 }),
  param("learning_rate", { group: "basic", kind: "number", default: 0.001, minimum: 0 }),
  param("momentum", {
    group: "optimizer",
    kind: "number",
    default: 0.9,
    minimum: 0,
    only: { optimizer: ["sgd"] },
  }),
  param("clip_norm", { group: "optimizer", kind: "number", default: 0, minimum: 0 }),
  param("schedule", {
    group: "schedule",
    kind: "choice",
    default: "constant",
    choices: ["constant", "cosine"],
  }),
  param("shift", { group: "augmentation", default: 0, minimum: 0 }),
];

function kernelWith(run: Partial<RunState> = {}): FakeKernel {
  const kernel = new FakeKernel(experiment(["input1:Input", "output1:Output"]), { ...IDLE, ...run });
  kernel.traits.catalogue = { ...CATALOGUE, recipe: RECIPE };
  return kernel;
}

const press = (testid: string): Promise<void> =>
  act(async () => {
    fireEvent.click(screen.getByTestId(testid));
  });

describe("the recipe", () => {
  test("shows a beginner the basic settings, and the others behind a button", async () => {
    const { store } = draw(<RecipeForm />, kernelWith());
    expect(screen.getByTestId("blockml-recipe-epochs")).toBeTruthy();
    expect(screen.queryByTestId("blockml-recipe-clip_norm")).toBeNull();
    await press("blockml-recipe-more");
    await press("blockml-recipe-group-optimizer");
    expect(screen.getByTestId("blockml-recipe-clip_norm")).toBeTruthy();
    expect(screen.queryByTestId("blockml-recipe-momentum")).toBeNull();
    act(() =>
      store
        .getState()
        .edit((document) => ({ ...document, recipe: { ...document.recipe, optimizer: "sgd" } })),
    );
    expect(screen.getByTestId("blockml-recipe-momentum")).toBeTruthy();
  });

  test("a closed group says how much differs, and puts it back in one step", async () => {
    const { store } = draw(<RecipeForm />, kernelWith());
    act(() =>
      store.getState().edit((document) => ({ ...document, recipe: { ...document.recipe, clip_norm: 1 } })),
    );
    await press("blockml-recipe-more");
    expect(screen.getByTestId("blockml-recipe-group-optimizer").textContent).toContain("1 changed");
    await press("blockml-recipe-group-optimizer");
    await press("blockml-recipe-reset-optimizer");
    expect(store.getState().document.recipe.clip_norm).toBe(0);
    act(() => store.getState().undo());
    expect(store.getState().document.recipe.clip_norm).toBe(1);
  });

  test("before and after follow the settings while the group is open", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { kernel } = draw(<RecipeForm />, kernelWith());
    await press("blockml-recipe-more");
    await press("blockml-recipe-group-augmentation");
    const type = async (text: string): Promise<void> => {
      fireEvent.change(screen.getByTestId("blockml-recipe-shift"), { target: { value: text } });
      await act(async () => void (await vi.advanceTimersByTimeAsync(3000)));
    };
    expect(kernel.asked).toEqual([]);
    await type("2");
    expect(kernel.asked.map((each) => each.name)).toEqual(["augmented"]);
    const pictures = { before: "data:image/png;base64,A", after: "data:image/png;base64,B", shown: 8 };
    await act(async () => kernel.asked[0]?.resolve(pictures));
    expect(screen.getByAltText("After").getAttribute("src")).toBe(pictures.after);
    await type("3");
    expect(kernel.asked).toHaveLength(2);
    await press("blockml-recipe-group-augmentation");
    vi.useRealTimers();
  });

  test("the finder shows its curve, and its rate is used in one step", async () => {
    const { kernel, store } = draw(<RecipeForm />, kernelWith());
    await press("blockml-rate");
    expect(screen.getByTestId("blockml-task").textContent).toContain("Trying learning rates");
    await act(async () =>
      kernel.asked[0]?.resolve({ rates: [1e-5, 1e-3, 0.1], losses: [2, 1, 9], suggestion: 0.00312 }),
    );
    expect(screen.getByTestId("blockml-rate-use").textContent).toBe("Use 0.0031");
    await press("blockml-rate-use");
    expect(store.getState().document.recipe.learning_rate).toBe(0.0031);
    expect(screen.queryByTestId("blockml-rate-use")).toBeNull();
    // A curve of another batch size says nothing about this one.
    act(() =>
      store.getState().edit((document) => ({ ...document, recipe: { ...document.recipe, batch_size: 8 } })),
    );
    expect(screen.queryByTestId("blockml-rate-curve")).toBeNull();
  });

  test("the finder waits until the training has ended", () => {
    draw(<RecipeForm />, kernelWith({ status: "training" }));
    expect(screen.getByTestId<HTMLButtonElement>("blockml-rate").disabled).toBe(true);
  });
});

describe("before a run", () => {
  function plan(seconds: number | null): string {
    const kernel = kernelWith();
    kernel.traits.analysis = { ...kernel.traits.analysis, flops: 1e9, seconds };
    draw(<TrainPanel />, kernel);
    return document.querySelector(".bm-plan")?.textContent ?? "";
  }

  test("the time is that of the measured device, for all epochs", () => {
    expect(plan(900)).toContain("This takes about 3 hours on this computer.");
  });

  test("it is a guess until the device is measured, and no guess at the device", () => {
    expect(plan(null)).toContain("This may take an hour or longer.");
    expect(plan(null)).not.toContain("GPU");
  });
});

describe("a run", () => {
  test.each([
    ["training", "Now in epoch7 / 300"],
    ["paused", "Now in epoch7 / 300"],
    ["stopping", "Now in epoch7 / 300"],
    ["stopped", "Epochs done6 / 300"],
    ["interrupted", "Epochs done6 / 300"],
    ["preparing", "Epochs done6 / 300"],
  ] as const)("that is %s says which epochs it counts", (status, text) => {
    draw(<TrainPanel />, kernelWith({ status, epoch: 6, epochs: 300, history: [record(6)] }));
    expect(document.querySelector(".bm-numbers")?.textContent).toContain(text);
  });

  test("waits for others visibly", () => {
    draw(<TrainPanel />, kernelWith({ status: "queued", ahead: 2 }));
    expect(screen.getByTestId("blockml-queue").textContent).toContain("2 runs are ahead of yours.");
  });

  test("says once that it prepares, while it is not known what", () => {
    draw(<TrainPanel />, kernelWith({ status: "preparing" }));
    expect(screen.getByTestId("blockml-status").textContent).toBe("Preparing");
    expect(screen.queryByTestId("blockml-task")).toBeNull();
  });

  test("shows a problem when it has failed, and not while it seems to go on", () => {
    const problem = { code: "x", severity: "error" as const, node: null, port: null, param: null };
    const failed = { status: "failed" as const, problem: { ...problem, values: {}, fixes: [] } };
    const kernel = kernelWith({ ...failed, status: "preparing" });
    draw(<TrainPanel />, kernel);
    expect(screen.queryByRole("alert")).toBeNull();
    act(() => kernel.set("run", { ...IDLE, ...failed }));
    expect(screen.getByRole("alert")).toBeTruthy();
  });

  test("says what it prepares", () => {
    const task = {
      ...NO_TASK,
      name: "download" as const,
      subject: "digits",
      done: 1024,
      total: 4096,
      unit: "bytes" as const,
    };
    draw(<TrainPanel />, kernelWith({ status: "preparing", task }));
    expect(screen.getByTestId("blockml-task").textContent).toBe("Downloading Digits1.0 KB of 4.0 KB");
  });

  test("that failed is mended and run again in one click", async () => {
    const patch = {
      nodes: [],
      remove_nodes: [],
      edges: [],
      remove_edges: [],
      data: null,
      recipe: { epochs: 3 },
    };
    const fixes = [{ kind: "set-recipe", values: { param: "epochs", value: 3 }, patch }];
    const problem = {
      code: "out-of-memory",
      severity: "error" as const,
      node: null,
      port: null,
      param: null,
      values: { batch: 9, fits: 3 },
      fixes,
    };
    const kernel = kernelWith({ status: "failed", problem });
    const { store } = draw(<TrainPanel />, kernel);
    expect(screen.getByTestId("blockml-retry").textContent).toBe("Use epochs 3 and run again");
    vi.useFakeTimers({ shouldAdvanceTime: true });
    await press("blockml-retry");
    await act(async () => void (await vi.advanceTimersByTimeAsync(2100)));
    vi.useRealTimers();
    expect(store.getState().document.recipe.epochs).toBe(3);
    expect(kernel.asked.map((each) => each.name)).toEqual(["train"]);
  });

  test("that was paused by a problem goes on from there", async () => {
    const problem = {
      code: "run-unwritable",
      severity: "error" as const,
      node: null,
      port: null,
      param: null,
      values: { path: "/full", reason: "No space left on device" },
      fixes: [],
    };
    const { kernel } = draw(<TrainPanel />, kernelWith({ status: "paused", problem, history: [record(1)] }));
    expect(screen.getByRole("alert").textContent).toContain("No space left on device");
    await act(async () => void fireEvent.click(screen.getByText("Continue")));
    expect(kernel.asked.map((each) => each.name)).toEqual(["resume"]);
  });

  test("that has finished can go on", async () => {
    const { kernel } = draw(<TrainPanel />, kernelWith({ status: "finished", history: [record(1)] }));
    fireEvent.click(screen.getByRole("button", { name: "Epoch: one more" }));
    expect(screen.getByTestId("blockml-more").textContent).toBe("Train 6 more epochs");
    await press("blockml-more");
    expect(kernel.asked[0]).toMatchObject({ name: "more", payload: { epochs: 6 } });
  });

  test("that has learned leads to the pictures to try", () => {
    const run = { status: "finished" as const, history: [record(1)] };
    draw(<TrainPanel />, kernelWith({ ...run, can_predict: true }));
    fireEvent.click(screen.getByText("Try your own picture"));
    expect(document.activeElement).toBe(screen.getByTestId("blockml-test-drop"));
    cleanup();
    draw(<TrainPanel />, kernelWith(run));
    expect(screen.queryByTestId("blockml-try")).toBeNull();
  });

  test("is compared with another one", async () => {
    const run = { status: "finished" as const, folder: "/a", epochs: 1, history: [record(1)] };
    const { kernel } = draw(<TrainPanel />, kernelWith(run));
    await press("blockml-compare");
    const other = { name: "mlp · v2", status: "finished", modified: 0 };
    const history = [record(1), record(2, { test_accuracy: 0.9, test_loss: 0.2 })];
    await act(async () =>
      kernel.asked[0]?.resolve({
        items: [
          { ...other, folder: "/a", history },
          { ...other, folder: "/b", history },
          { ...other, folder: "/c", history: [] },
        ],
      }),
    );
    expect(screen.getAllByTestId("blockml-compare-item")).toHaveLength(1);
    await press("blockml-compare-item");
    expect(document.querySelectorAll(".bm-curves-other path")).toHaveLength(4);
    // The version stands whole, in a line of its own.
    expect(screen.getByText("v2").className).toBe("bm-compare-version");
    expect(screen.getByText("mlp").className).toBe("bm-compare-name");
    expect(screen.getByText("90.0%").dataset.better).toBe("true");
    fireEvent.click(screen.getByText("Stop comparing"));
    expect(document.querySelectorAll(".bm-curves-other path")).toHaveLength(0);
  });

  test("that was stopped early fills its curves, beside another one too", () => {
    const run = { status: "stopped" as const, epochs: 300, history: [record(1), record(2)] };
    const { store } = draw(<TrainPanel />, kernelWith(run));
    const [svg] = document.querySelectorAll<SVGElement>(".bm-curves svg");
    const plotted = (which: string): number[] => {
      const line = svg?.querySelector(`.bm-curves-${which} path`)?.getAttribute("d") ?? "";
      return [...line.matchAll(/[ML]([\d.]+) /g)].map((match) => Number(match[1]));
    };
    const name = (): number => Number(svg?.querySelector("text.bm-curves-test")?.getAttribute("x"));
    const whole = plotted("test");
    // The second of two epochs stands at the end of the axis, and the name of the line beside it.
    expect((whole[0] ?? 0) - 36).toBeCloseTo(((whole[1] ?? 0) - 36) / 2, 0);
    expect(name() - (whole.at(-1) ?? 0)).toBeCloseTo(7, 0);
    expect(screen.getByText("300 epochs planned")).toBeTruthy();
    const other = { folder: "/b", name: "mlp · v2", status: "finished" as const, modified: 0 };
    const history = [record(1), record(2), record(3), record(4)];
    act(() => store.getState().compare({ ...other, history }));
    expect(plotted("other-test").at(-1)).toBe(whole.at(-1));
    expect((plotted("test").at(-1) ?? 0) - 36).toBeCloseTo(((whole[1] ?? 0) - 36) / 2, 0);
    expect(name() - (plotted("test").at(-1) ?? 0)).toBeCloseTo(7, 0);
  });

  test("shows the pictures held back and the epoch that is kept", () => {
    const held = { validation_loss: 0.5, validation_accuracy: 0.8 };
    const run = {
      status: "finished" as const,
      epochs: 2,
      best_epoch: 1,
      history: [record(1, held), record(2, held)],
    };
    draw(<TrainPanel />, kernelWith(run));
    expect(document.querySelectorAll(".bm-curves-validation path")).toHaveLength(2);
    expect(document.querySelectorAll(".bm-curves-best")).toHaveLength(2);
    expect(screen.getByText("kept")).toBeTruthy();
  });
});
