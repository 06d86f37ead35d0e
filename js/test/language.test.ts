/** The language that canvases to come will speak. */

import { afterEach, expect, test } from "vitest";
import { createCanvasStore } from "../src/store";
import { choose, resolve } from "../src/texts";
import { FakeKernel } from "./samples";

afterEach(() => {
  localStorage.clear();
  document.documentElement.lang = "";
});

test("what a person chose holds for the next canvas, too", () => {
  choose("ko");
  expect(resolve("auto")).toBe("ko");
  expect(resolve("en")).toBe("en");
});

test("who chooses the language of the page again follows it from then on", () => {
  choose("ko");
  choose("en");
  document.documentElement.lang = "ko";
  expect(resolve("auto")).toBe("ko");
});

test("what nobody could have kept counts as nothing", () => {
  localStorage.setItem("blockml-language", "__proto__");
  expect(resolve("auto")).toBe("en");
});

test("the kernel hears what the page speaks, so that the picture in the notebook says the same", () => {
  document.documentElement.lang = "ko";
  const kernel = new FakeKernel();
  kernel.traits.language = "auto";
  const store = createCanvasStore(kernel);
  expect(kernel.traits).toMatchObject({ language: "auto", page_language: "ko" });
  store.getState().setLanguage("en");
  expect(kernel.traits.page_language).toBe("en");
});
