/** What the panel of the block says while not one alone is selected: what the network costs as a whole. */

import type { ReactElement } from "react";
import { isBeginning } from "../canvas/beginning";
import { useCanvas, useT } from "../context";
import { bytes, count, flops } from "../format";

export function Overview(): ReactElement {
  const t = useT();
  const analysis = useCanvas((canvas) => canvas.analysis);
  const stale = useCanvas((canvas) => canvas.stale);
  const isFree = useCanvas((canvas) => canvas.selection.length === 0);
  // Of two ends without anything between there is nothing to count.
  const isBare = useCanvas((canvas) => canvas.view.graph.nodes.length === 0 || isBeginning(canvas));
  if (isBare) return <p className="bm-empty">{t("ui.overview.empty")}</p>;
  const facts: [string, string][] = analysis
    ? [
        ["weights", count(analysis.parameters)],
        ["work", flops(analysis.flops)],
        ["memory", bytes(analysis.memory)],
      ]
    : [];
  return (
    <div className="bm-block">
      <h2>{t("ui.overview.title")}</h2>
      {isFree ? <p className="bm-section-note">{t("ui.overview.hint")}</p> : null}
      <dl className="bm-facts" data-stale={stale}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`ui.overview.${name}`)}</dt>
            <dd>{analysis?.complete ? value : `≥ ${value}`}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
