/** A network as a small picture, drawn from its document. */

import type { ReactElement } from "react";
import { useCanvas } from "../context";
import { familyColour } from "../families";
import { order } from "../order";
import type { Template } from "../protocol";

/** Width and height of the picture, in pixels; a tall network is drawn finer. */
const WIDTH = 76;
const HEIGHT = 84;

/** Highest bar, with the gap below it. */
const ROW = 11;

/** Widths of bars by family: what learns is wide, what only passes on is narrow. */
const WIDTHS: Record<string, number | undefined> = { convolution: 48, linear: 40, data: 30, pooling: 34 };
const NARROW = 24;

/** Bars in the colours of the families, one below the other, and arcs where a path leads around some. */
export function NetworkPicture({ template }: { template: Template }): ReactElement {
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const { graph } = template.experiment;
  const rows = order(graph);
  const at = new Map(rows.map((id, index) => [id, index]));
  const families = new Map(
    graph.nodes.map((node) => [node.id, blocks.find((entry) => entry.name === node.block)?.family]),
  );
  const row = Math.min(ROW, HEIGHT / rows.length);
  const bar = row * 0.68;
  const top = (HEIGHT - row * rows.length) / 2;
  const middle = (index: number): number => top + index * row + bar / 2;
  const around = graph.edges.filter((edge) => (at.get(edge.target) ?? 0) - (at.get(edge.source) ?? 0) > 1);
  return (
    <svg
      className="bm-network"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      <path d={`M${WIDTH / 2} ${middle(0)}V${middle(rows.length - 1)}`} />
      {around.map((edge) => {
        const [from, to] = [middle(at.get(edge.source) ?? 0), middle(at.get(edge.target) ?? 0)];
        const out = WIDTH / 2 + 44;
        return (
          <path
            key={`${edge.source} ${edge.target} ${edge.target_port}`}
            d={`M${WIDTH / 2 + 8} ${from}C${out} ${from} ${out} ${to} ${WIDTH / 2 + 8} ${to}`}
          />
        );
      })}
      {rows.map((id, index) => {
        const width = WIDTHS[families.get(id) ?? ""] ?? NARROW;
        return (
          <rect
            key={id}
            style={familyColour(families.get(id))}
            x={(WIDTH - width) / 2}
            y={top + index * row}
            width={width}
            height={bar}
            rx={Math.min(3, bar / 2)}
          />
        );
      })}
    </svg>
  );
}
