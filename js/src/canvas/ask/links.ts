/** The connections that a node can get or lose, as a list to choose from. */

import { connect, disconnect, nodeOf, own, sameTarget } from "../../document";
import { shape } from "../../format";
import type { AnalysisState, BlockEntry, Edge, Experiment } from "../../protocol";
import { pathOf, type Scope } from "../../scope";
import type { Values } from "../../texts";
import { closesCircle, entryOf } from "../gestures";
import type { Option } from "./Picker";

export interface Link extends Option {
  change: (view: Experiment) => Experiment;
}

interface Canvas {
  view: Experiment;
  blocks: readonly BlockEntry[];
  analysis: AnalysisState | null;
  scope: Scope;
}

type T = (key: string, values?: Values) => string;

/** Possible connections from a node, those into it, and those that it has and can lose. */
export function links(id: string, canvas: Canvas, t: T): Link[] {
  const { view } = canvas;
  const { nodes, edges } = view.graph;
  const near = new Map(nodes.map((node) => [node.id, distance(view, id, node.id)]));
  const others = nodes
    .filter((node) => node.id !== id)
    .sort((one, other) => (near.get(one.id) ?? 0) - (near.get(other.id) ?? 0))
    .map((node) => node.id);
  const has = (edge: Edge): boolean =>
    edges.some(
      (each) =>
        each.source === edge.source &&
        each.source_port === edge.source_port &&
        each.target === edge.target &&
        each.target_port === edge.target_port,
    );
  const make = (key: "to" | "from", edge: Edge, many: boolean): Link[] => {
    if (has(edge) || closesCircle(view, edge.source, edge.target)) return [];
    const old = many ? undefined : edges.find((each) => sameTarget(each, edge));
    const other = key === "to" ? edge.target : edge.source;
    const note = old
      ? t("ui.access.ask.instead", { node: old.source })
      : t("ui.access.ask.carries", { shape: shapeAt(canvas, edge.source, edge.source_port) });
    return [
      {
        id: `${key}-${other}${port(canvas, edge, key)}`,
        label: t(`ui.access.ask.${key}`, { node: `${other}${port(canvas, edge, key)}` }),
        note: `${blockOf(canvas, other)} · ${note}`,
        words: other,
        family: familyOf(canvas, other),
        change: (document) => connect(document, edge, many),
      },
    ];
  };
  const fresh = (["to", "from"] as const).flatMap((key) =>
    others.flatMap((other) =>
      pairs(canvas, key === "to" ? id : other, key === "to" ? other : id).flatMap(({ edge, many }) =>
        make(key, edge, many),
      ),
    ),
  );
  const cut = edges
    .filter((edge) => edge.source === id || edge.target === id)
    .map((edge): Link => {
      const other = edge.source === id ? edge.target : edge.source;
      return {
        id: `cut-${other}`,
        label: t("ui.access.ask.cut", { node: other }),
        note: `${edge.source} → ${edge.target}`,
        words: other,
        family: familyOf(canvas, other),
        change: (document) => disconnect(document, [edge]),
      };
    });
  // A free input is what somebody most likely means; what would take another's place comes later.
  const taken = (link: Link): number => (fresh.indexOf(link) < 0 ? 2 : link.note.includes("→") ? 1 : 0);
  return [...fresh.sort((one, other) => taken(one) - taken(other)), ...cut];
}

/** Every pair of an output of one node and an input of another. */
function pairs(canvas: Canvas, source: string, target: string): { edge: Edge; many: boolean }[] {
  const [from, to] = [entryFor(canvas, source), entryFor(canvas, target)];
  return (from?.outputs ?? []).flatMap((output) =>
    (to?.inputs ?? []).map((input) => ({
      edge: { source, source_port: output.name, target, target_port: input.name },
      many: input.many,
    })),
  );
}

/** The port of the other end, where there are several. */
function port(canvas: Canvas, edge: Edge, key: "to" | "from"): string {
  const entry = entryFor(canvas, key === "to" ? edge.target : edge.source);
  const ports = key === "to" ? entry?.inputs : entry?.outputs;
  return (ports?.length ?? 0) > 1 ? `.${key === "to" ? edge.target_port : edge.source_port}` : "";
}

function entryFor({ view, blocks }: Canvas, id: string): BlockEntry | undefined {
  return entryOf(blocks, nodeOf(view.graph, id));
}

function blockOf(canvas: Canvas, id: string): string {
  return nodeOf(canvas.view.graph, id)?.block ?? "";
}

function familyOf(canvas: Canvas, id: string): string {
  return entryFor(canvas, id)?.family ?? "data";
}

function shapeAt({ analysis, scope }: Canvas, id: string, port: string): string {
  return shape(own(own(analysis?.nodes, pathOf(scope, id))?.shapes, port));
}

/** How far apart two cards stand; below counts as nearer than above. */
function distance({ layout }: Experiment, one: string, other: string): number {
  const [a, b] = [own(layout, one), own(layout, other)];
  if (!a || !b) return Number.POSITIVE_INFINITY;
  const down = b[1] - a[1];
  return Math.abs(b[0] - a[0]) + (down >= 0 ? down : 2 * -down);
}
