/** Loss and accuracy while the network learns: drawn as SVG, read with the mouse or the arrow keys. */

import { type KeyboardEvent, memo, type PointerEvent, type ReactElement, useState } from "react";
import { useT } from "../context";
import { figure, percent } from "../format";
import type { EpochRecord, RunState } from "../protocol";
import {
  across,
  axisEnd,
  type Chart,
  charts,
  down,
  epochTicks,
  type Frame,
  nearest,
  path,
  spread,
} from "./curve";
import { isActive } from "./RunControls";
import { useWidth } from "./useWidth";

const HEIGHT = 98;
const MARGIN = { left: 36, right: 44, top: 10, bottom: 20 };
/** What the name of the line of the pictures held back needs more. */
const WIDER = 16;
const LABEL_GAP = 13;

interface Props {
  run: RunState;
  /** Another run, whose lines stand behind. */
  other?: readonly EpochRecord[];
}

const NONE: readonly EpochRecord[] = [];

/** The curves of a run. */
export const Curves = memo(function Curves({ run, other = NONE }: Props): ReactElement {
  const t = useT();
  const [ref, width] = useWidth<HTMLElement>();
  const [epoch, setEpoch] = useState<number | null>(null);
  const epochs = axisEnd(run, isActive(run), other);
  const isHeldBack = run.history.some((record) => record.validation_loss !== null);
  const right = MARGIN.right + (isHeldBack ? WIDER : 0);
  const picked = epoch === null ? null : nearest(run.history, epoch);
  const frame: Frame = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: Math.max(40, width - MARGIN.left - right),
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") setEpoch(null);
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const last = run.history.length;
    setEpoch(Math.min(last, Math.max(1, (picked?.epoch ?? last + 1) + step)));
  };
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    // The canvas may be zoomed by the page: measure in the pixels of the drawing.
    const scale = box.width > 0 ? width / box.width : 1;
    setEpoch((((event.clientX - box.left) * scale - frame.left) / frame.width) * epochs);
  };
  return (
    <figure
      ref={ref}
      className="bm-curves"
      data-testid="blockml-curves"
      data-epochs={run.history.length}
      // The read-out can be moved with the arrow keys, so the figure takes the focus.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      aria-label={summary(t, run)}
      onKeyDown={press}
      onBlur={() => setEpoch(null)}
    >
      {charts(run, other).map((chart) => (
        <div key={chart.measure} className="bm-curves-chart">
          <Caption chart={chart} picked={picked} planned={epochs < run.epochs ? run.epochs : null} />
          <svg
            width={width}
            height={HEIGHT}
            viewBox={`0 0 ${width} ${HEIGHT}`}
            aria-hidden="true"
            onPointerMove={point}
            onPointerLeave={() => setEpoch(null)}
          >
            <Axes chart={chart} frame={frame} epochs={epochs} />
            {chart.others.map((line) => (
              <g key={line.name} className={`bm-curves-other bm-curves-other-${line.name}`}>
                <path d={path(frame, chart, epochs, line.points)} />
              </g>
            ))}
            <path className="bm-curves-trace" d={path(frame, chart, epochs, chart.trace)} />
            {[...chart.lines].reverse().map((line) => (
              <g key={line.name} className={`bm-curves-${line.name}`}>
                <path d={path(frame, chart, epochs, line.points)} />
                {dots(run, line.points).map(([at, value]) => (
                  <circle key={at} cx={across(frame, epochs, at)} cy={down(frame, chart, value)} r="2" />
                ))}
              </g>
            ))}
            <Best run={run} chart={chart} frame={frame} epochs={epochs} />
            <Labels chart={chart} frame={frame} epochs={epochs} />
            {picked ? <ReadOut chart={chart} frame={frame} epochs={epochs} epoch={picked.epoch} /> : null}
          </svg>
        </div>
      ))}
    </figure>
  );
});

type Translate = ReturnType<typeof useT>;

function summary(t: Translate, run: RunState): string {
  const last = run.history.at(-1);
  if (last === undefined) return t("ui.curves.empty");
  return t("ui.curves.summary", {
    epoch: last.epoch,
    epochs: run.epochs,
    train_loss: figure(last.train_loss),
    test_loss: figure(last.test_loss),
    train_accuracy: percent(last.train_accuracy),
    test_accuracy: percent(last.test_accuracy),
  });
}

/** Marks on single epochs while they are few; later the line alone is clearer. */
function dots<T>(run: RunState, points: T[]): T[] {
  return run.history.length <= 30 ? points : points.slice(-1);
}

function written(measure: Chart["measure"], value: number): string {
  return measure === "loss" ? figure(value) : percent(value);
}

interface CaptionProps {
  chart: Chart;
  picked: EpochRecord | null;
  /** Epochs of the whole training, where the axis ends before them. */
  planned: number | null;
}

function Caption({ chart, picked, planned }: CaptionProps): ReactElement {
  const t = useT();
  const { measure } = chart;
  return (
    <div className="bm-curves-caption">
      <strong>{t(`ui.curves.${measure}`)}</strong>
      <span className="bm-curves-values" aria-live="polite">
        {picked ? (
          <>
            <span>{t("ui.curves.epoch", { epoch: picked.epoch })}</span>
            <span className="bm-curves-train">
              {t("ui.curves.train")} <b>{written(measure, picked[`train_${measure}`])}</b>
            </span>
            {picked[`validation_${measure}`] === null ? null : (
              <span className="bm-curves-validation">
                {t("ui.curves.validation")} <b>{written(measure, picked[`validation_${measure}`] ?? 0)}</b>
              </span>
            )}
            <span className="bm-curves-test">
              {t("ui.curves.test")} <b>{written(measure, picked[`test_${measure}`])}</b>
            </span>
          </>
        ) : planned !== null && measure === "loss" ? (
          <span>{t("ui.curves.planned", { epochs: planned })}</span>
        ) : null}
      </span>
    </div>
  );
}

interface PartProps {
  chart: Chart;
  frame: Frame;
  epochs: number;
}

function Axes({ chart, frame, epochs }: PartProps): ReactElement {
  const t = useT();
  const bottom = frame.top + frame.height;
  return (
    <g className="bm-curves-axes">
      {chart.ticks.map((tick) => {
        // Half a pixel, so that a line of one pixel is one pixel.
        const y = Math.round(down(frame, chart, tick)) + 0.5;
        return (
          <g key={tick}>
            <line x1={frame.left} x2={frame.left + frame.width} y1={y} y2={y} />
            <text x={frame.left - 6} y={y + 3.5} textAnchor="end">
              {chart.measure === "loss" ? String(Number(tick.toPrecision(3))) : `${tick * 100}%`}
            </text>
          </g>
        );
      })}
      {epochTicks(epochs).map((tick, index) => (
        <text key={tick} x={across(frame, epochs, tick)} y={bottom + 14} textAnchor="middle">
          {index === 0 && epochs > 1 ? t("ui.curves.epoch", { epoch: tick }) : tick}
        </text>
      ))}
    </g>
  );
}

/** A mark on the epoch whose weights are kept. */
function Best({ run, chart, frame, epochs }: PartProps & { run: RunState }): ReactElement | null {
  const t = useT();
  const line = chart.lines.find((each) => each.name === "validation");
  const point = line?.points.find(([epoch]) => epoch === run.best_epoch);
  if (point === undefined) return null;
  const [x, y] = [across(frame, epochs, point[0]), down(frame, chart, point[1])];
  return (
    <g className="bm-curves-best">
      <line x1={x} x2={x} y1={frame.top} y2={frame.top + frame.height} />
      <circle cx={x} cy={y} r="4" />
      {chart.measure === "loss" ? (
        <text x={x} y={frame.top - 1} textAnchor="middle">
          {t("ui.curves.best")}
        </text>
      ) : null}
    </g>
  );
}

/** The names of the lines, at their ends; another run may go on behind them. */
function Labels({ chart, frame, epochs }: PartProps): ReactElement {
  const t = useT();
  const ends = chart.lines.flatMap((line) => {
    const end = line.points.at(-1);
    return end ? [{ name: line.name, x: across(frame, epochs, end[0]), y: down(frame, chart, end[1]) }] : [];
  });
  const places = spread(
    ends.map((end) => end.y),
    LABEL_GAP,
    frame.top,
    frame.top + frame.height - 4,
  );
  return (
    <g className="bm-curves-names">
      {ends.map((end, index) => (
        <text
          key={end.name}
          className={`bm-curves-${end.name}`}
          x={end.x + 7}
          y={(places[index] ?? end.y) + 4}
        >
          {t(`ui.curves.${end.name}`)}
        </text>
      ))}
    </g>
  );
}

function ReadOut({ chart, frame, epochs, epoch }: PartProps & { epoch: number }): ReactElement {
  const x = Math.round(across(frame, epochs, epoch)) + 0.5;
  const values = chart.lines.flatMap((line) => line.points.filter(([at]) => at === epoch));
  return (
    <g className="bm-curves-readout">
      <line x1={x} x2={x} y1={frame.top} y2={frame.top + frame.height} />
      {values.map(([, value], index) => (
        <circle key={chart.lines[index]?.name} cx={x} cy={down(frame, chart, value)} r="3.5" />
      ))}
    </g>
  );
}
