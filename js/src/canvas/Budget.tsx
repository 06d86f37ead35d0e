/** What the network costs, in the bar below the canvas; the table of its blocks; the heat colours. */

import { type ReactElement, useRef, useState } from "react";
import { QUANTITIES, type Quantity, roughly } from "../budget";
import { useActions, useCanvas, useT } from "../context";
import { bytes, count, flops } from "../format";
import { Icon } from "../icons";
import { isChanged } from "../panels/RunControls";
import { Part } from "../parts";
import type { RunState } from "../protocol";

/** Seconds an epoch takes, measured with this very network; `null` where it was not. The first epoch makes ready, too. */
export function measured(run: RunState): number | null {
  const times = run.history.map((record) => record.seconds).sort((one, other) => one - other);
  return isChanged(run) ? null : (times[Math.floor((times.length - 1) / 2)] ?? null);
}

export function Budget(): ReactElement | null {
  const t = useT();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const hasHeat = useCanvas((canvas) => canvas.heat !== null);
  const isKnown = useCanvas(
    ({ analysis }) => analysis !== null && (analysis.complete || analysis.parameters > 0),
  );
  if (!isKnown) return null;
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the sheet, wherever in it the focus is
    <div
      className="bm-budget-area"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <Totals />
      <HeatButton />
      <button
        ref={button}
        type="button"
        className="bm-tool"
        data-testid="blockml-budget"
        aria-expanded={open}
        title={t("ui.budget.open")}
        aria-label={t("ui.budget.open")}
        onClick={() => setOpen(!open)}
      >
        <Icon name="bars" size={16} />
      </button>
      {open ? (
        <section className="bm-budget-sheet nowheel" role="dialog" aria-label={t("ui.budget.title")}>
          <Part name="budget" close={close} />
        </section>
      ) : null}
      {hasHeat ? <Part name="budget" /> : null}
    </div>
  );
}

function Totals(): ReactElement | null {
  const t = useT();
  const analysis = useCanvas((canvas) => canvas.analysis);
  const stale = useCanvas((canvas) => canvas.stale);
  const real = useCanvas((canvas) => measured(canvas.run));
  if (!analysis) return null;
  // What is not known yet is not in the sums; they are what they are at least.
  const least = analysis.complete ? "" : "≥ ";
  const parts: [string, string][] = [
    ["weights", t("ui.budget.weights", { count: least + count(analysis.parameters) })],
    ["flops", least + flops(analysis.flops)],
    ["memory", least + bytes(analysis.memory)],
  ];
  if (real !== null) {
    parts.push([
      "epoch",
      t("ui.budget.epoch", { seconds: real.toFixed(real < 0.1 ? 2 : real < 10 ? 1 : 0) }),
    ]);
  } else if (analysis.seconds !== null) {
    const { unit, count: said } = roughly(analysis.seconds);
    parts.push(["seconds", t(`ui.budget.about.${unit}`, { count: said })]);
  }
  return (
    <ul className="bm-budget" data-stale={stale} aria-label={t("ui.budget.title")}>
      {parts.map(([name, text]) => (
        <li key={name} title={t(`ui.budget.${name}_help`)} data-testid={`blockml-budget-${name}`}>
          {text}
        </li>
      ))}
    </ul>
  );
}

/** The next heat colours; after the last there are none. */
export function nextHeat(heat: Quantity | null, hasTime: boolean): Quantity | null {
  const offered = QUANTITIES.filter((each) => each !== "seconds" || hasTime);
  return offered[heat ? offered.indexOf(heat) + 1 : 0] ?? null;
}

function HeatButton(): ReactElement {
  const t = useT();
  const heat = useCanvas((canvas) => canvas.heat);
  const { setHeat } = useActions();
  const hasTime = useCanvas((canvas) => (canvas.analysis?.seconds ?? null) !== null);
  const label = t("ui.budget.heat.button", {
    now: t(heat ? `ui.budget.table.${heat}` : "ui.budget.heat.off"),
  });
  return (
    <button
      type="button"
      className="bm-tool"
      data-testid="blockml-heat"
      data-on={heat !== null}
      title={label}
      aria-label={label}
      onClick={() => setHeat(nextHeat(heat, hasTime))}
    >
      <Icon name="heat" size={16} />
    </button>
  );
}
