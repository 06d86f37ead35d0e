import { afterEach, describe, expect, test } from "vitest";
import en from "../../blockml/locale/en.json";
import ko from "../../blockml/locale/ko.json";
import { createCanvasStore } from "../src/store";
import { fixLabel, pick, problemText, resolve, sentence, shown } from "../src/texts";
import { FakeKernel } from "./samples";

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

  test("a problem calls settings and data as the page does", () => {
    const problem = (code: string, values: object) => ({ code, severity: "error", values }) as never;
    const outOf = { block: "Conv2d", param: "out_channels", received: 0, expected: "1" };
    const classes = { data: "digits", received: 3, classes: 10 };
    createCanvasStore(new FakeKernel());
    expect(problemText(problem("param-out-of-range", outOf), "message", "ko")).toBe(
      "out_channels ko에는 0 값을 쓸 수 없습니다.",
    );
    expect(problemText(problem("wrong-class-count", classes), "message", "ko")).toContain("숫자 데이터에는");
    expect(
      problemText(
        problem("recipe-too-large", { setting: "epochs", value: 1, picture: [8, 8] }),
        "message",
        "en",
      ),
    ).toContain("epochs is 1 pixels");
    expect(fixLabel({ kind: "use-data", values: { data: "digits" } } as never, "ko")).toBe(
      "숫자 데이터 쓰기",
    );
    // What has no name in the page keeps that of the code.
    const unknown = { ...outOf, block: "Conv3d" };
    expect(problemText(problem("param-out-of-range", unknown), "message", "en")).toBe(
      "out_channels cannot be 0.",
    );
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
