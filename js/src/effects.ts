/** What a repair changes, in few words: `conv2: filters 48 → 32`, `+ Flatten`, `− relu1`. */

import { nodeOf, own } from "./document";
import type { BlockEntry, Experiment, Node, Patch } from "./protocol";
import { inside, placeOf } from "./scope";
import { blockName, type Language, pick, shown } from "./texts";

/** A line for each node that a patch changes, adds or takes away. */
export function effects(
  document: Experiment,
  patch: Patch,
  blocks: readonly BlockEntry[],
  language: Language,
): string[] {
  const found = (path: string): Node | undefined => {
    const { scope, id } = placeOf(path);
    return nodeOf(inside(document, scope).graph, id);
  };
  const changed = patch.nodes.map((node) => {
    const before = found(node.id);
    if (before?.block !== node.block) return `+ ${blockName(node.block, language)}`;
    const params = blocks.find((entry) => entry.name === node.block)?.params ?? [];
    const settings = params.flatMap(({ name, title, default: usual }) => {
      const [from, to] = [before, node].map((each) => shown(own(each.params, name) ?? usual ?? ""));
      return from === to ? [] : `${pick(title, language)} ${from} → ${to}`;
    });
    return `${node.id}: ${settings.join(", ")}`;
  });
  const settled = changed.filter((line) => !line.endsWith(": "));
  return [...settled, ...patch.remove_nodes.map((path) => `− ${path}`)];
}
