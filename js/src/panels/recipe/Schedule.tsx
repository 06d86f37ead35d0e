/** The learning rate from the first step to the last, as one small line. */

import type { ReactElement } from "react";
import { useCanvas, useT } from "../../context";
import { figure } from "../../format";
import { rateAfter } from "./recipe";

const WIDTH = 260;
const HEIGHT = 44;
const POINTS = 130;

/** The line, with the rate at its start, its highest and its end. */
export function Schedule(): ReactElement {
  const t = useT();
  const recipe = useCanvas((canvas) => canvas.document.recipe);
  // The last point lies just inside: after the end a rate that falls in steps would fall once more.
  const rates = Array.from({ length: POINTS + 1 }, (_, at) =>
    rateAfter(Math.min(at / POINTS, 0.9999), recipe),
  );
  const high = Math.max(...rates, Number.MIN_VALUE);
  const place = (rate: number, at: number): string =>
    `${((at / POINTS) * WIDTH).toFixed(1)} ${(HEIGHT - 2 - (rate / high) * (HEIGHT - 6)).toFixed(1)}`;
  const line = `M${rates.map(place).join("L")}`;
  const [first, last] = [rates[0] ?? 0, rates.at(-1) ?? 0];
  const values = { first: figure(first), high: String(Number(high.toPrecision(3))), last: figure(last) };
  return (
    <figure className="bm-schedule" aria-label={t("ui.recipe.schedule_summary", values)}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="bm-schedule-area" d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
        <path className="bm-schedule-line" d={line} />
      </svg>
      <figcaption>
        <span>{t("ui.recipe.schedule_start")}</span>
        <span>{t("ui.recipe.schedule_high", values)}</span>
        <span>{t("ui.curves.epoch", { epoch: recipe.epochs })}</span>
      </figcaption>
    </figure>
  );
}
