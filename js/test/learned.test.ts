import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  localStorage.clear();
  vi.resetModules();
});

async function read(kept: string) {
  localStorage.setItem("blockml-learned", kept);
  vi.resetModules();
  return (await import("../src/canvas/learned")).learned.getState();
}

test("what was learned is there in the next page", async () => {
  const known = { tour: "later", step: 3, where: "a", hints: false, done: { drag: 2 } };
  expect(await read(JSON.stringify(known))).toEqual(known);
});

test.each([
  "x",
  "null",
  '{"tour":"on","step":1,"hints":true,"done":null}',
  '{"tour":"on","step":1,"hints":true,"done":{"drag":{}}}',
  '{"tour":"elsewhere","step":1,"hints":true,"done":{}}',
  '{"tour":"on","step":-1,"hints":true,"done":{}}',
  '{"tour":"on","step":1,"done":{}}',
])("what nobody could have kept counts as nothing: %s", async (kept) => {
  expect(await read(kept)).toEqual({ tour: "new", step: 0, where: "", hints: true, done: {} });
});
