import { describe, expect, test } from "vitest";
import { flowId, nodeId } from "../src/canvas/ids";

const IDS = [
  "conv1",
  'a"b',
  'a""b',
  "a'b",
  "a\\",
  "a\nb",
  "a\0b",
  "100%",
  "%22",
  '%22"',
  "한글",
  "__proto__",
  "a\ud800",
];

describe("names for React Flow", () => {
  test("are safe in a selector, and lead back", () => {
    for (const id of IDS) {
      const element = document.createElement("i");
      element.dataset.id = flowId(id);
      document.body.replaceChildren(element);
      expect(document.querySelector(`[data-id="${flowId(id)}"]`)).toBe(element);
      expect(nodeId(flowId(id))).toBe(id);
    }
    expect(new Set(IDS.map(flowId)).size).toBe(IDS.length);
  });

  test("are the ids themselves where they can be", () => {
    for (const id of ["conv1", "a b", "한글", "<img src=x>"]) expect(flowId(id)).toBe(id);
  });
});
