/** Python in colours, as data: the text itself never becomes HTML. */

import type { ElementContent, Root } from "hast";
import python from "highlight.js/lib/languages/python";
import { createLowlight } from "lowlight";

/** A piece of a line and the class that colours it. */
export interface Piece {
  text: string;
  kind: string;
}

const lowlight = createLowlight({ python });

/** Split a script into lines of coloured pieces; joined again they are the script. */
export function highlight(script: string): Piece[][] {
  const lines: Piece[][] = [[]];
  const add = (text: string, kind: string): void => {
    text.split("\n").forEach((part, index) => {
      if (index > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ text: part, kind });
    });
  };
  const walk = (node: Root | ElementContent, kind: string): void => {
    if (node.type === "text") add(node.value, kind);
    if (node.type !== "root" && node.type !== "element") return;
    const own = node.type === "element" ? node.properties.className : undefined;
    const inner = Array.isArray(own) ? own.join(" ") : kind;
    for (const child of node.children) if (child.type !== "doctype") walk(child, inner);
  };
  walk(lowlight.highlight("python", script), "");
  return lines;
}
