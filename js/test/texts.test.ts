import { afterEach, describe, expect, test } from "vitest";
import en from "../../blockml/locale/en.json";
import ko from "../../blockml/locale/ko.json";
import { pick, problemText, resolve, sentence, shown } from "../src/texts";

function keys(table: object, before = ""): string[] {
  return Object.entries(table).flatMap(([key, value]) =>
    typeof value === "string" ? [`${before}${key}`] : keys(value, `${before}${key}.`),
  );
}

describe("sentences", () => {
  test("gaps are filled, shapes as people write them", () => {
    expect(sentence("problems.needs-vector.message", "en", { received: [32, 8, 8] })).toContain("32 × 8 × 8");
    expect(shown([3, [4, 5]])).toBe("3 × 4 × 5");
  });

  test("a value with braces stays text, and a gap without a value shows", () => {
    expect(sentence("ui.file.opened", "en", { name: "{path}" })).toContain("{path}");
    expect(sentence("ui.file.opened", "en")).toContain("{name}");
  });

  test.each(["no.such.key", "ui", "constructor", "ui.file.toString", "__proto__.x"])(
    "the key %s without a sentence shows itself",
    (key) => expect(sentence(key, "en")).toBe(key),
  );

  test("both languages have the same sentences with the same gaps", () => {
    const gaps = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    // The English of the recipe stands in its class.
    expect(keys(ko).filter((key) => !key.startsWith("recipe."))).toEqual(keys(en));
    for (const key of keys(en)) {
      expect([key, gaps(sentence(key, "ko"))]).toEqual([key, gaps(sentence(key, "en"))]);
    }
  });

  test("a problem without sentences is empty, not its key", () => {
    const problem = { code: "unheard-of", severity: "error", values: {} } as never;
    expect(problemText(problem, "message", "en")).toBe("");
  });

  test("pairs", () => expect(pick({ en: "a", ko: "b" }, "ko")).toBe("b"));
});

describe("language", () => {
  afterEach(() => {
    document.documentElement.lang = "";
  });

  test("auto is that of the page", () => {
    document.documentElement.lang = "ko_KR";
    expect(resolve("auto")).toBe("ko");
    document.documentElement.lang = "en";
    expect(resolve("auto")).toBe("en");
  });

  test("a choice is kept", () => expect(resolve("ko")).toBe("ko"));
});
