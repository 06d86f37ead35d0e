/** The language that canvases to come will speak. */

import { afterEach, expect, test } from "vitest";
import { choose, resolve } from "../src/texts";

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
