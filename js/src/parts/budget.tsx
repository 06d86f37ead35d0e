/** A table of what each block costs, with its share as a bar. */

import { type ReactElement, useMemo, useState } from "react";
import css from "../../style/budget.css";
import { amountOf, amountText, QUANTITIES, type Quantity, SHADES, shareText, totalOf } from "../budget";
import { largestIn } from "../canvas/useHeat";
import { useActions, useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { Icon } from "../icons";
import { order } from "../order";
import { pathOf, stateOf } from "../scope";
import { blockName } from "../texts";

export { css };

interface Row {
  id: string;
  block: string;
  amounts: Record<Quantity, number>;
}

type Sort = { by: Quantity; down: boolean } | null;

interface Props {
  /** Puts the table away; without it there is the legend of the heat colours instead. */
  close?: () => void;
}

export default function Budget({ close }: Props): ReactElement | null {
  return close ? <BudgetTable close={close} /> : <Legend />;
}

function BudgetTable({ close }: { close: () => void }): ReactElement | null {
  const t = useT();
  const store = useCanvasStore();
  const analysis = useCanvas((canvas) => canvas.analysis);
  const view = useCanvas((canvas) => canvas.view);
  const heat = useCanvas((canvas) => canvas.heat);
  const selection = useCanvas((canvas) => canvas.selection);
  const language = useLanguage();
  const [sort, setSort] = useState<Sort>(null);
  const hasTime = (analysis?.seconds ?? null) !== null;
  const offered = QUANTITIES.filter((each) => each !== "seconds" || hasTime);
  const batch = view.recipe.batch_size;
  const rows = useMemo(() => {
    if (!analysis) return [];
    const blocks = new Map(view.graph.nodes.map((node) => [node.id, node.block]));
    const made = order(view.graph).map((id): Row => {
      const state = stateOf(store.getState(), id);
      const amount = (each: Quantity): number => amountOf(analysis, state, each, batch);
      const amounts = Object.fromEntries(QUANTITIES.map((each) => [each, amount(each)])) as Row["amounts"];
      return { id, block: blockName(blocks.get(id) ?? "", language), amounts };
    });
    if (!sort) return made;
    const { by, down } = sort;
    return made.sort((one, other) => (down ? -1 : 1) * (one.amounts[by] - other.amounts[by]));
  }, [analysis, view, batch, sort, store, language]);
  if (!analysis) return null;

  const total = (each: Quantity): number => totalOf(analysis, each);
  const most = (each: Quantity): number => rows.reduce((found, row) => Math.max(found, row.amounts[each]), 0);
  const isTop = store.getState().scope.length === 0;
  // First the largest, then the smallest, then as the data flow.
  const press = (by: Quantity): void =>
    setSort(sort?.by !== by ? { by, down: true } : sort.down ? { by, down: false } : null);
  const rest =
    analysis.seconds === null
      ? 0
      : analysis.seconds - rows.reduce((sum, row) => sum + row.amounts.seconds, 0);
  return (
    <>
      <header className="bm-budget-head">
        <h2>{t("ui.budget.title")}</h2>
        <Heat offered={offered} heat={heat} />
        <button type="button" className="bm-tool" aria-label={t("ui.canvas.close")} onClick={close}>
          <Icon name="close" size={15} />
        </button>
      </header>
      <div className="bm-budget-scroll">
        <table className="bm-budget-table">
          <thead>
            <tr>
              <th scope="col">{t("ui.budget.table.block")}</th>
              {offered.map((each) => (
                <th
                  key={each}
                  scope="col"
                  aria-sort={sort?.by !== each ? "none" : sort.down ? "descending" : "ascending"}
                >
                  <button
                    type="button"
                    title={t(`ui.budget.${each}_help`)}
                    data-testid={`blockml-budget-sort-${each}`}
                    onClick={() => press(each)}
                  >
                    {t(`ui.budget.table.${each}`)}
                    <span aria-hidden="true">{sort?.by !== each ? "" : sort.down ? " ↓" : " ↑"}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={row.id}
                data-chosen={selection.includes(row.id)}
                data-testid={`blockml-budget-row-${row.id}`}
              >
                <th scope="row">
                  <button
                    type="button"
                    onClick={() => {
                      const { jump, scope } = store.getState();
                      jump(pathOf(scope, row.id));
                    }}
                  >
                    {row.block} <small>{row.id}</small>
                  </button>
                </th>
                {offered.map((each) => (
                  <Cell
                    key={each}
                    quantity={each}
                    amount={row.amounts[each]}
                    total={total(each)}
                    most={most(each)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            {isTop && hasTime && rest > 0 ? (
              <tr>
                <th scope="row">{t("ui.budget.table.rest")}</th>
                {offered.map((each) =>
                  each === "seconds" ? (
                    <Cell key={each} quantity={each} amount={rest} total={total(each)} most={most(each)} />
                  ) : (
                    <td key={each} />
                  ),
                )}
              </tr>
            ) : null}
            <tr>
              <th scope="row">{t("ui.budget.table.total")}</th>
              {offered.map((each) => (
                <td key={each}>
                  {analysis.complete ? "" : "≥ "}
                  {amountText(t, each, total(each))}
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
      <p className="bm-budget-note">
        {t("ui.budget.table.note", { count: batch })}{" "}
        {/* Of a network that is not complete no time is known, however fast the computer is. */}
        {hasTime || analysis.complete ? t(`ui.budget.table.${hasTime ? "note_time" : "note_soon"}`) : null}
      </p>
    </>
  );
}

interface CellProps {
  quantity: Quantity;
  amount: number;
  total: number;
  most: number;
}

function Cell({ quantity, amount, total, most }: CellProps): ReactElement {
  const t = useT();
  if (amount <= 0) return <td className="bm-budget-nothing">–</td>;
  return (
    <td>
      <span
        className="bm-budget-bar"
        style={{ width: `${most > 0 ? Math.min(100, (100 * amount) / most) : 0}%` }}
      />
      <span className="bm-budget-amount">{amountText(t, quantity, amount)}</span>
      <small>{shareText(total > 0 ? amount / total : 0)}</small>
    </td>
  );
}

function Heat({ offered, heat }: { offered: readonly Quantity[]; heat: Quantity | null }): ReactElement {
  const t = useT();
  const { setHeat } = useActions();
  return (
    <label className="bm-budget-heat">
      <span>{t("ui.budget.heat.title")}</span>
      <select
        data-testid="blockml-budget-heat"
        value={heat ?? "off"}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setHeat(offered.find((each) => each === value) ?? null);
        }}
      >
        {(["off", ...offered] as const).map((each) => (
          <option key={each} value={each}>
            {t(each === "off" ? "ui.budget.heat.off" : `ui.budget.table.${each}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

const SHADE_NUMBERS = Array.from({ length: SHADES }, (_, at) => at + 1);

/** What the colours on the cards mean. */
function Legend(): ReactElement | null {
  const t = useT();
  const heat = useCanvas((canvas) => canvas.heat);
  const { setHeat } = useActions();
  const most = useCanvas((canvas) =>
    canvas.heat && canvas.analysis
      ? largestIn(canvas, canvas.heat) / totalOf(canvas.analysis, canvas.heat)
      : 0,
  );
  if (!heat) return null;
  return (
    <div className="bm-heat-legend" data-testid="blockml-heat-legend" role="status">
      <span>{t(`ui.budget.table.${heat}`)}</span>
      <span aria-hidden="true">0%</span>
      <span className="bm-heat-scale" aria-hidden="true">
        {SHADE_NUMBERS.map((shade) => (
          <i key={shade} style={{ background: `var(--bm-heat-${shade})` }} />
        ))}
      </span>
      <span>{t("ui.budget.heat.most", { share: shareText(Number.isFinite(most) ? most : 0) })}</span>
      <button type="button" aria-label={t("ui.canvas.close")} onClick={() => setHeat(null)}>
        <Icon name="close" size={13} />
      </button>
    </div>
  );
}
