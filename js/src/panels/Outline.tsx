/** The whole network as a table: every block with what leaves it and what it learns. */

import { type ReactElement, useMemo } from "react";
import { isBeginning } from "../canvas/beginning";
import { own } from "../document";
import { familyColour } from "../families";
import { bytes, count, flops, shape } from "../format";
import { order } from "../order";
import { useCanvas, useT } from "../store";

/** The outline; a row leads to its block. */
export function Outline(): ReactElement {
  const t = useT();
  const graph = useCanvas((canvas) => canvas.document.graph);
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const analysis = useCanvas((canvas) => canvas.analysis);
  const stale = useCanvas((canvas) => canvas.stale);
  const jump = useCanvas((canvas) => canvas.jump);
  const entries = useMemo(() => new Map(blocks.map((block) => [block.name, block])), [blocks]);
  const names = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node.block])), [graph]);
  const rows = useMemo(() => order(graph), [graph]);
  const begins = useCanvas(isBeginning);
  const errors = begins ? [] : analysis?.diagnostics.filter((each) => each.severity === "error");
  const wrong = new Set(errors?.map((each) => each.node));
  if (rows.length === 0) return <p className="bm-empty">{t("ui.outline.empty")}</p>;
  return (
    <section className="bm-outline" aria-label={t("ui.outline.title")}>
      <h3>{t("ui.outline.title")}</h3>
      <p className="bm-section-note">{t("ui.outline.hint")}</p>
      <table data-stale={stale}>
        <thead>
          <tr>
            <th scope="col">{t("ui.outline.block")}</th>
            <th scope="col">{t("ui.outline.output")}</th>
            <th scope="col">{t("ui.outline.weights")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((id) => {
            const state = own(analysis?.nodes, id);
            const entry = entries.get(names.get(id) ?? "");
            // What leaves a block; the Output has none, so what comes to it.
            const port = (entry?.outputs[0] ?? entry?.inputs[0])?.name ?? "";
            return (
              <tr key={id} data-wrong={wrong.has(id)}>
                <th scope="row" style={familyColour(entry?.family)}>
                  <button type="button" onClick={() => jump(id)}>
                    {names.get(id)}
                    <small>{id}</small>
                  </button>
                </th>
                <td>{shape(state?.shapes[port])}</td>
                <td>{state && state.parameters > 0 ? count(state.parameters) : ""}</td>
              </tr>
            );
          })}
        </tbody>
        {analysis ? (
          <tfoot>
            <tr>
              <th scope="row">{t(analysis.complete ? "ui.outline.total" : "ui.outline.so_far")}</th>
              <td>{flops(analysis.flops)}</td>
              <td>{count(analysis.parameters)}</td>
            </tr>
            <tr>
              <th scope="row">{t("ui.outline.memory")}</th>
              <td colSpan={2}>{bytes(analysis.memory)}</td>
            </tr>
          </tfoot>
        ) : null}
      </table>
    </section>
  );
}
