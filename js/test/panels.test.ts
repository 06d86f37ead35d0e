/** The plain functions behind the panels. */

import { describe, expect, test } from "vitest";
import { find, noneKey } from "../src/canvas/search";
import { bytes, count, duration, figure, flops, percent, shape } from "../src/format";
import { order } from "../src/order";
import { highlight } from "../src/panels/highlight";
import { controls, isChanged } from "../src/panels/RunControls";
import { progress } from "../src/panels/RunNumbers";
import { rank, safeAddress } from "../src/panels/TestArea";
import { guess } from "../src/panels/TrainPlan";
import { speaksOf } from "../src/parts/code";
import type { RunState } from "../src/protocol";
import { BLOCKS, block, experiment, IDLE, param } from "./samples";

describe("numbers", () => {
  test("are short and have units", () => {
    expect([count(9802), bytes(1_153_434), flops(2_400_000), flops(0)]).toEqual([
      "9,802",
      "1.1 MB",
      "2.4 MFLOPs",
      "0 FLOPs",
    ]);
    expect([duration(12.4), duration(3725), duration(-1)]).toEqual(["0:12", "1:02:05", "0:00"]);
    expect([figure(0.03124), figure(1.94), figure(1234), figure(0.0000123), figure(Number.NaN)]).toEqual([
      "0.0312",
      "1.94",
      "1,234",
      "1.2e-5",
      "?",
    ]);
    expect([shape([32, 28, 28]), shape([]), shape(undefined)]).toEqual(["32 × 28 × 28", "", "?"]);
  });

  test("100% is only what is whole", () => {
    expect([percent(1), percent(0.9999), percent(0.97777), percent(0)]).toEqual([
      "100%",
      "99.9%",
      "97.8%",
      "0.0%",
    ]);
  });
});

describe("the script in colours", () => {
  const script = [
    "import torch",
    'def f(x):  # "no string"',
    "    '''two",
    "    lines and if'''",
    '    return f\'{x!r}\' + "a\\"b" if x1 >= 1e-3 else None',
    'name = "unfinished',
    "",
  ].join("\n");

  test("is the script", () => {
    const lines = highlight(script).map((line) => line.map((piece) => piece.text).join(""));
    expect(lines.join("\n")).toBe(script);
  });

  test("knows words, and strings before words", () => {
    const kinds = new Map(
      highlight(script)
        .flat()
        .map((piece) => [piece.text, piece.kind]),
    );
    expect(kinds.get("import")).toBe("keyword");
    expect(kinds.get("f")).toBe("name");
    expect(kinds.get('# "no string"')).toBe("comment");
    expect(kinds.get("    lines and if'''")).toBe("string");
    expect(kinds.get('"a\\"b"')).toBe("string");
    expect(kinds.get("f'{x!r}'")).toBe("string");
    expect(kinds.get("1e-3")).toBe("number");
    expect(kinds.get('"unfinished')).toBe("string");
  });

  test("a long script is quick", () => {
    const long = `${'x = "'.repeat(20_000)}\n`;
    const start = performance.now();
    highlight(long);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("a line that names a block is found", () => {
    const [line = []] = highlight("        self.conv1 = nn.Conv2d(1, 16)");
    expect(speaksOf(line, ["conv1"])).toBe(true);
    expect(speaksOf(line, ["conv"])).toBe(false);
    expect(speaksOf(line, [])).toBe(false);
  });
});

describe("the outline", () => {
  test("goes from the data to the classes", () => {
    const { graph } = experiment(["c", "b", "a"], ["a>b", "b>c", "a>c"]);
    expect(order(graph)).toEqual(["a", "b", "c"]);
  });

  test("has what stands on a cycle, and nothing that is not there", () => {
    const { graph } = experiment(["a", "b", "c"], ["a>b", "b>a", "nobody>c", "c>nobody"]);
    expect(order(graph)).toEqual(["c", "a", "b"]);
  });
});

describe("the controls", () => {
  const run = (status: RunState["status"], more: Partial<RunState> = {}): RunState => ({
    ...IDLE,
    status,
    content_hash: "a",
    current_hash: "a",
    ...more,
  });
  const verbs = (state: RunState): string[] => controls(state).map((each) => each.verb);

  test.each<[RunState["status"], string[]]>([
    ["idle", ["train"]],
    ["finished", ["train"]],
    ["failed", ["train"]],
    ["training", ["pause", "stop"]],
    ["paused", ["resume", "stop"]],
    ["preparing", ["stop"]],
    ["stopping", ["stop"]],
    ["stopped", ["resume", "train"]],
    ["interrupted", ["resume", "train"]],
  ])("%s", (status, expected) => expect(verbs(run(status))).toEqual(expected));

  test("after an edit the new network comes first", () => {
    const changed = run("stopped", { current_hash: "b" });
    expect(isChanged(changed)).toBe(true);
    expect(verbs(changed)).toEqual(["train", "resume"]);
  });

  test("every button has a name of its own", () => {
    for (const status of ["training", "paused", "stopped", "interrupted"] as const) {
      const ids = controls(run(status)).map((each) => each.testid);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe("the run", () => {
  test("progress counts finished epochs and steps, and never passes the end", () => {
    expect(progress({ epoch: 0, epochs: 0, step: 0, steps: 0 })).toBe(0);
    expect(progress({ epoch: 2, epochs: 4, step: 5, steps: 10 })).toBe(0.625);
    expect(progress({ epoch: 4, epochs: 4, step: 10, steps: 10 })).toBe(1);
  });

  test("how long it takes is a word", () => {
    const recipe = experiment().recipe;
    expect(guess(760_000, 1437, recipe)).toBe("seconds");
    expect(guess(10_000_000, 60_000, recipe)).toBe("minutes");
    expect(guess(1e9, 60_000, { ...recipe, epochs: 100 })).toBe("hours");
  });
});

describe("a prediction", () => {
  test("is ranked", () => {
    const ranked = rank({
      label: "b",
      classes: ["a", "b", "c"],
      probabilities: [0.1, 0.7, 0.2],
      picture: "",
    });
    expect(ranked.map((each) => each.name)).toEqual(["b", "c", "a"]);
  });

  test("shows only a picture that came with it", () => {
    expect(safeAddress("data:image/png;base64,AAAA")).toBe("data:image/png;base64,AAAA");
    for (const other of ["https://example.org/x.png", "javascript:alert(1)", "data:text/html,x"]) {
      expect(safeAddress(other)).toBe("");
    }
  });
});

describe("the search", () => {
  const blocks = [
    BLOCKS.ReLU,
    block("ConvTranspose2d", { keywords: ["upsample", "확대"] }),
    BLOCKS.Conv2d,
    block("LeakyReLU", { family: "activation", summary: { en: "Lets a little through.", ko: "조금 통과" } }),
  ];
  const names = (text: string): string[] =>
    find(blocks, text, (family) => (family === "activation" ? "활성화" : family)).map((each) => each.name);

  test("finds by name, keyword, summary and family, in both languages", () => {
    expect(names("")).toHaveLength(4);
    expect(names("relu")).toEqual(["ReLU", "LeakyReLU"]);
    expect(names("UPSAMPLE")).toEqual(["ConvTranspose2d"]);
    expect(names("확대")).toEqual(["ConvTranspose2d"]);
    expect(names("활성화")).toEqual(["ReLU", "LeakyReLU"]);
    expect(names("a little")).toEqual(["LeakyReLU"]);
    expect(names("nothing like it")).toEqual([]);
  });

  test.each([
    ["upsampler", "ConvTranspose2d"],
    ["UPSAMPLING", "ConvTranspose2d"],
    ["확대하기", "ConvTranspose2d"],
    // As some file systems and keyboards write it: letter by letter.
    ["확대".normalize("NFD"), "ConvTranspose2d"],
  ])("finds %s by its stem", (text, name) => {
    expect(names(text)).toContain(name);
  });

  test("an ending finds nothing inside of another word", () => {
    expect(names("sample")).toEqual(["ConvTranspose2d"]);
    expect(names("samplings")).toEqual([]);
    // What only explains a block is looked through for whole words.
    expect(names("통과하는")).toEqual([]);
  });

  test.each([
    ["Learning Rate", "setting"],
    ["학습률", "setting"],
    ["zebra", "none"],
  ])("%s is told apart from what there is nowhere", (text, key) => {
    const rate = param("learning_rate", { title: { en: "learning rate", ko: "학습률" } });
    expect(noneKey([rate], text)).toBe(`ui.palette.${key}`);
  });
});
