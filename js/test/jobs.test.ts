/** Requests that take minutes: they wait for each other, and can be ended. */

import { describe, expect, test } from "vitest";
import { outcomeOf } from "../src/jobs";
import { createCanvasStore } from "../src/store";
import { FakeKernel } from "./samples";

const PREVIEW = { rows: [], classes: 2 };
const CANCELLED = { code: "cancelled", severity: "error" };

/** Let what was promised happen. */
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

function made(): { kernel: FakeKernel; store: ReturnType<typeof createCanvasStore> } {
  const kernel = new FakeKernel();
  return { kernel, store: createCanvasStore(kernel) };
}

describe("jobs", () => {
  test("keep what came, and what it is about", async () => {
    const { kernel, store } = made();
    const { data } = store.getState().document;
    void store.getState().begin("preview", data);
    expect(store.getState().jobs.preview?.going).toBe(true);
    await settle();
    kernel.asked[0]?.resolve(PREVIEW);
    await settle();
    const job = store.getState().jobs.preview;
    expect(job?.going).toBe(false);
    expect(outcomeOf(job, { ...data })).toBe(PREVIEW);
    expect(outcomeOf(job, { ...data, name: "mnist" })).toBeNull();
  });

  test("wait for each other", async () => {
    const { kernel, store } = made();
    void store.getState().begin("preview", "a");
    void store.getState().begin("check", "a");
    await settle();
    expect(kernel.asked.map((each) => each.name)).toEqual(["preview"]);
    kernel.asked[0]?.resolve(PREVIEW);
    await settle();
    expect(kernel.asked.map((each) => each.name)).toEqual(["preview", "check"]);
  });

  test("a reading ends what is going", async () => {
    const { kernel, store } = made();
    void store.getState().begin("preview", "a");
    await settle();
    void store.getState().begin("read", "pictures", { path: "pictures" });
    expect(kernel.asked.map((each) => each.name)).toEqual(["preview", "cancel"]);
    kernel.asked[0]?.reject(CANCELLED);
    await settle();
    expect(kernel.asked[2]).toMatchObject({ name: "read", payload: { path: "pictures" } });
    expect(store.getState().jobs.preview).toMatchObject({ going: false, problem: null });
  });

  test("the newest of one kind counts", async () => {
    const { kernel, store } = made();
    void store.getState().begin("augmented", 1);
    await settle();
    void store.getState().begin("augmented", 2);
    void store.getState().begin("augmented", 3);
    kernel.asked[0]?.resolve({ before: "", after: "old", shown: 1 });
    await settle();
    await settle();
    const asked = kernel.asked.filter((each) => each.name === "augmented");
    expect(asked).toHaveLength(2);
    asked[1]?.resolve({ before: "", after: "new", shown: 1 });
    await settle();
    expect(store.getState().jobs.augmented).toMatchObject({ about: 3, outcome: { after: "new" } });
  });

  test("a failure is kept, an end that was wished is not", async () => {
    const { kernel, store } = made();
    void store.getState().begin("rate", 1);
    await settle();
    kernel.asked[0]?.reject({ code: "data-not-here", severity: "error" });
    await settle();
    expect(store.getState().jobs.rate?.problem?.code).toBe("data-not-here");
    void store.getState().begin("rate", 2);
    await settle();
    kernel.asked.at(-1)?.reject(CANCELLED);
    await settle();
    expect(store.getState().jobs.rate).toMatchObject({ going: false, problem: null });
  });

  test("where no kernel answers the cancelling, nothing is going any more", async () => {
    const { kernel, store } = made();
    void store.getState().begin("preview", 1);
    await settle();
    const ended = store.getState().cancel();
    kernel.asked[1]?.reject({ code: "no-answer", severity: "error" });
    await expect(ended).rejects.toMatchObject({ code: "no-answer" });
    expect(store.getState().jobs.preview?.going).toBe(false);
  });
});
