/** Finds a learning rate: tries small to large ones for a moment and shows where the loss falls. */

import type { ReactElement } from "react";
import { useActions, useCanvas, useT } from "../../context";
import { setRecipe } from "../../document";
import { figure } from "../../format";
import { Icon } from "../../icons";
import { outcomeOf } from "../../jobs";
import type { RateCurve } from "../../protocol";
import { ProblemNote } from "../Problem";
import { isActive } from "../RunControls";
import { JobLine } from "../TaskLine";
import { useWidth } from "../useWidth";
import { decades, type RateScale, rateFrame, ratePath, rateScale } from "./rates";
import { roundRate } from "./recipe";

/** The button, and what came of it. */
export function RateFinder(): ReactElement {
  const t = useT();
  const { graph, data, recipe } = useCanvas((canvas) => canvas.document);
  const job = useCanvas((canvas) => canvas.jobs.rate);
  const busy = useCanvas((canvas) => Object.values(canvas.jobs).some((each) => each?.going));
  const active = useCanvas((canvas) => isActive(canvas.run));
  const begin = useCanvas((canvas) => canvas.begin);
  // A curve of another network or batch says nothing about this one.
  const about = { graph, data, recipe: { ...recipe, learning_rate: 0 } };
  const outcome = outcomeOf(job, about);
  return (
    <div className="bm-rate">
      {job?.going ? null : (
        <button
          type="button"
          className="bm-link"
          data-testid="blockml-rate"
          // Both at once would be slow, and the measuring would be wrong.
          disabled={busy || active}
          title={active ? t("ui.rate.later") : undefined}
          onClick={() => begin("rate", about)}
        >
          {t(outcome ? "ui.rate.again" : "ui.rate.find")}
        </button>
      )}
      <JobLine name="rate" />
      {job?.problem ? <ProblemNote problem={job.problem} /> : null}
      {outcome && !job?.going ? <Outcome curve={outcome} /> : null}
    </div>
  );
}

function Outcome({ curve }: { curve: RateCurve }): ReactElement {
  const t = useT();
  const { edit } = useActions();
  const forget = useCanvas((canvas) => canvas.forget);
  const now = useCanvas((canvas) => canvas.document.recipe.learning_rate);
  const suggestion = curve.suggestion === null ? null : roundRate(curve.suggestion);
  return (
    <div className="bm-rate-outcome" data-testid="blockml-rate-curve">
      <header className="bm-section-head">
        <h3>{t("ui.rate.title")}</h3>
        <button
          type="button"
          className="bm-tool bm-rate-close"
          aria-label={t("ui.canvas.close")}
          onClick={() => forget("rate")}
        >
          <Icon name="close" size={12} />
        </button>
      </header>
      <RateChart curve={curve} suggestion={suggestion} />
      {suggestion === null ? (
        <p className="bm-note bm-note-warning">{t("ui.rate.nothing")}</p>
      ) : (
        <>
          <p className="bm-section-note">{t("ui.rate.help")}</p>
          {now === suggestion ? (
            <p className="bm-rate-used" role="status">
              <Icon name="check" size={14} /> {t("ui.rate.used", { rate: String(suggestion) })}
            </p>
          ) : (
            <button
              type="button"
              className="bm-button bm-button-strong"
              data-testid="blockml-rate-use"
              onClick={() => edit((document) => setRecipe(document, "learning_rate", suggestion))}
            >
              {t("ui.rate.use", { rate: String(suggestion) })}
            </button>
          )}
        </>
      )}
    </div>
  );
}

const HEIGHT = 96;

function RateChart({ curve, suggestion }: { curve: RateCurve; suggestion: number | null }): ReactElement {
  const t = useT();
  const [ref, width] = useWidth<HTMLElement>();
  const scale: RateScale = rateScale(curve);
  const frame = rateFrame(width, HEIGHT);
  const bottom = frame.top + frame.height;
  const values = { from: figure(scale.low), to: figure(scale.high), rate: suggestion ?? "–" };
  return (
    <figure ref={ref} className="bm-curves bm-rate-chart" aria-label={t("ui.rate.summary", values)}>
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        <g className="bm-curves-axes">
          <line x1={frame.left} x2={frame.left + frame.width} y1={bottom + 0.5} y2={bottom + 0.5} />
          {decades(scale).map((rate) => (
            <text key={rate} x={scale.across(frame, rate)} y={bottom + 14} textAnchor="middle">
              {rate >= 0.001 ? rate : rate.toExponential(0)}
            </text>
          ))}
          <text x={frame.left - 6} y={frame.top + 8} textAnchor="end">
            {t("ui.curves.loss")}
          </text>
        </g>
        {suggestion === null ? null : (
          <g className="bm-rate-mark">
            <line
              x1={scale.across(frame, suggestion)}
              x2={scale.across(frame, suggestion)}
              y1={frame.top}
              y2={bottom}
            />
            <text x={scale.across(frame, suggestion) + 5} y={frame.top + 8}>
              {suggestion}
            </text>
          </g>
        )}
        <g className="bm-curves-train">
          <path d={ratePath(frame, scale, curve)} />
        </g>
      </svg>
    </figure>
  );
}
