/** The data sheet, as people use it. */

import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { DataMenu } from "../src/panels/DataMenu";
import { loadPart } from "../src/parts";
import type { DataRef } from "../src/protocol";
import { draw } from "./render";
import { experiment, FakeKernel } from "./samples";

const PNG = "data:image/png;base64,AAAA";
const OWN: DataRef = {
  name: "shapes",
  path: "shapes",
  exclude: [],
  facts: {
    name: "shapes",
    shape: [3, 64, 64],
    classes: ["circle", "square"],
    train_size: 80,
    test_size: 20,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    strokes: false,
    digest: "",
  },
};

/** Let timers and what was promised happen. */
const settle = (ms = 600): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

async function opened(kernel = new FakeKernel()): ReturnType<typeof openedNow> {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  return openedNow(kernel);
}

async function openedNow(kernel: FakeKernel): Promise<ReturnType<typeof draw> & { answer: Answer }> {
  const drawn = draw(<DataMenu />, kernel);
  await loadPart(drawn.store, "data");
  await act(async () => {
    fireEvent.click(screen.getByTestId("blockml-data"));
  });
  const answer: Answer = (name, how) =>
    act(async () => {
      const found = kernel.asked.filter((each) => each.name === name).at(-1);
      if ("code" in how) found?.reject(how);
      else found?.resolve(how);
    });
  return { ...drawn, answer };
}

type Answer = (name: string, how: object) => Promise<void>;

describe("the data sheet", () => {
  test("shows facts, and pictures of a small set by itself", async () => {
    const { kernel, answer } = await opened();
    expect(screen.getByText(/1,437 pictures to learn from/)).toBeTruthy();
    await settle();
    expect(kernel.asked.map((each) => each.name)).toEqual(["sources", "preview"]);
    const row = { name: "0", train: 700, test: 180, pictures: PNG, shown: 3 };
    await answer("preview", { rows: [row, { ...row, name: "<b>", pictures: "javascript:1" }], classes: 5 });
    const grid = screen.getByTestId("blockml-preview");
    expect(within(grid).getByAltText("Examples of 0").getAttribute("src")).toBe(PNG);
    expect(within(grid).queryByAltText("Examples of <b>")).toBeNull();
    // The name is cut after two lines, so it stands in a box of its own, and whole in the tooltip.
    expect(within(grid).getByTitle("<b>").firstElementChild?.textContent).toBe("<b>");
    expect(within(grid).getByText("and 3 more classes")).toBeTruthy();
  });

  test("tells nothing of other data that are still being read", async () => {
    const { kernel, store, answer } = await opened();
    await settle();
    const reading = { name: "read", subject: "digits", done: 0, total: 0, unit: "steps" };
    await act(async () => kernel.set("task" as never, reading as never));
    expect(screen.getByTestId("blockml-task").textContent).toContain("Reading Digits");
    act(() => store.getState().edit((document) => ({ ...document, data: OWN })));
    expect(screen.queryByTestId("blockml-task")).toBeNull();
    // Its own reading is told of, also while the kernel has not ended the other one.
    await settle();
    expect(screen.getByTestId("blockml-task").textContent).toContain("Reading shapes");
    await answer("preview", { code: "cancelled", severity: "error", values: {} });
    act(() => store.getState().undo());
    expect(screen.queryByTestId("blockml-task")).toBeNull();
  });

  test("says what to bring where there is nothing", async () => {
    const { answer } = await opened();
    await answer("sources", { items: [] });
    expect(screen.getByText(/one folder in it for each class/)).toBeTruthy();
  });

  test("reads own pictures with progress, and they become the data in one undoable step", async () => {
    const { kernel, store, answer } = await opened();
    await answer("sources", { items: [{ path: "shapes", kind: "folder" }] });
    fireEvent.click(screen.getByTestId("blockml-data-item-shapes"));
    await settle(0);
    await act(async () =>
      kernel.set(
        "task" as never,
        { name: "read", subject: "shapes", done: 25, total: 100, unit: "pictures" } as never,
      ),
    );
    const task = screen.getByTestId("blockml-task");
    expect(task.textContent).toContain("25 of 100 pictures");
    expect(within(task).getByRole("progressbar").getAttribute("aria-valuenow")).toBe("25");
    const unreadable = [{ path: "shapes/x.png", reason: "It is damaged.", code: "" }];
    await answer("read", { data: OWN, unreadable, unreadable_count: 3 });
    expect(store.getState().document.data).toEqual(OWN);
    expect(screen.getByTestId("blockml-unreadable").textContent).toContain("3 files could not be read");
    expect(screen.getByText("shapes/x.png")).toBeTruthy();
    act(() => store.getState().undo());
    expect(store.getState().document.data.name).toBe("digits");
  });

  test("a reading can be ended, and one that fails says what to do", async () => {
    const { kernel, answer } = await opened();
    await answer("sources", { items: [{ path: "shapes", kind: "zip" }] });
    fireEvent.click(screen.getByTestId("blockml-data-item-shapes"));
    await settle(0);
    fireEvent.click(screen.getByTestId("blockml-cancel"));
    expect(kernel.asked.at(-1)?.name).toBe("cancel");
    await answer("cancel", {});
    await answer("read", { code: "cancelled", severity: "error" });
    expect(screen.queryByTestId("blockml-data-read")).toBeNull();
    fireEvent.click(screen.getByTestId("blockml-data-item-shapes"));
    await settle(0);
    await answer("read", {
      code: "file-unreadable",
      severity: "error",
      values: { path: "shapes.zip", reason: "damaged" },
    });
    expect(screen.getByRole("alert").textContent).toContain("shapes.zip cannot be read: damaged.");
    fireEvent.click(screen.getByText("Back"));
    expect(screen.getByText("Digits", { selector: "h2" })).toBeTruthy();
  });

  test("a check says what it found; pictures are left out and taken back", async () => {
    const { store, answer } = await opened(new FakeKernel({ ...experiment(["conv1"]), data: OWN }));
    await settle();
    await answer("preview", { rows: [], classes: 2 });
    fireEvent.click(screen.getByTestId("blockml-check"));
    await settle(0);
    await answer("check", {
      findings: [
        { code: "nothing-like-it", severity: "warning", values: {}, pictures: PNG, exclude: [4, 1] },
        { code: "fine", severity: "good", values: {}, pictures: "", exclude: [] },
        {
          code: "unreadable",
          severity: "warning",
          values: { count: 1, first: "a.png", reason: "This is not a picture.", why: "not-a-picture" },
          pictures: "",
          exclude: [],
        },
      ],
    });
    // The reason is in the language of the page.
    act(() => store.getState().setLanguage("ko"));
    expect(screen.getByTestId("blockml-findings").textContent).toContain("첫 파일 a.png: 그림이 아닙니다.");
    act(() => store.getState().setLanguage("en"));
    expect(screen.getByTestId("blockml-findings").dataset.count).toBe("3");
    fireEvent.click(screen.getByTestId("blockml-exclude"));
    expect(screen.queryByTestId("blockml-exclude")).toBeNull();
    expect(screen.getByTestId("blockml-excluded").dataset.count).toBe("2");
    expect(store.getState().document.data.exclude).toEqual([1, 4]);
    fireEvent.click(screen.getByText("Take all back"));
    expect(store.getState().document.data.exclude).toEqual([]);
    expect(screen.getByTestId("blockml-exclude").textContent).toBe("Leave these 2 out");
    act(() => store.getState().undo());
    expect(store.getState().document.data.exclude).toEqual([1, 4]);
    // Every number is without them: that of the data, and those of what was found, which is asked again.
    expect(screen.getByText(/78 pictures to learn from/)).toBeTruthy();
    // Nobody here says that the document was looked at, so it waits a little for that.
    await settle(3000);
    await answer("preview", { rows: [], classes: 2 });
    await settle(3000);
    await answer("check", {
      findings: [{ code: "balanced", severity: "good", values: {}, pictures: "", exclude: [] }],
    });
    expect(screen.getByTestId("blockml-findings").dataset.count).toBe("1");
  });
});
