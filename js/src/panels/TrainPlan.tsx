/** Before the first run: what Run will do, and about how long it takes. */

import type { ReactElement } from "react";
import { roughly } from "../budget";
import { isBeginning } from "../canvas/beginning";
import { useCanvas, useLanguage, useT } from "../context";
import { factsOf } from "../data";
import { count } from "../format";
import type { AnalysisState, Recipe } from "../protocol";

/** Operations a second and seconds a step that a plain processor reaches; only the order of magnitude counts. */
const OPERATIONS = 2e10;
const STEP = 0.002;

/** Learning costs about three times what answering does: forward, and backward for signals and weights. */
const LEARNING = 3;

/** How long training may take where nothing was measured, as a word: off by a factor of two it is still right. */
export function guess(flops: number, pictures: number, recipe: Recipe): string {
  const steps = Math.ceil(pictures / recipe.batch_size);
  const seconds = recipe.epochs * (steps * STEP + (pictures * flops * LEARNING) / OPERATIONS);
  if (seconds < 20) return "seconds";
  if (seconds < 120) return "minute";
  if (seconds < 1800) return "minutes";
  return seconds < 7200 ? "hour" : "hours";
}

/** Pictures that a run learns from: some may be held back, or only a few be wanted. */
export function trained(there: number, recipe: Recipe): number {
  const isJudged = recipe.best_epoch || recipe.patience > 0;
  const kept = isJudged ? Math.round(there * (1 - recipe.validation)) : there;
  return recipe.examples > 0 ? Math.min(recipe.examples, kept) : kept;
}

/** The time of a whole training, as a sentence: that of the measured device, and until there is one a guess. */
function Time({ analysis, pictures }: { analysis: AnalysisState; pictures: number }): ReactElement {
  const t = useT();
  const recipe = useCanvas((canvas) => canvas.document.recipe);
  if (analysis.seconds === null) {
    return <p>{t(`ui.plan.${guess(analysis.flops, pictures, recipe)}`)}</p>;
  }
  const { unit, count: said } = roughly(analysis.seconds * recipe.epochs);
  return <p>{t(`ui.plan.about.${unit}`, { count: said })}</p>;
}

/** What a run will do, in two sentences. */
export function TrainPlan(): ReactElement {
  const t = useT();
  const language = useLanguage();
  const chosen = useCanvas((canvas) => canvas.document.data);
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const data = factsOf(chosen, entries, language);
  const recipe = useCanvas((canvas) => canvas.document.recipe);
  const analysis = useCanvas((canvas) => canvas.analysis);
  const begins = useCanvas(isBeginning);
  const problems = analysis?.diagnostics.filter((each) => each.severity === "error").length ?? 0;
  if (data === null) return <p className="bm-plan">{t("ui.plan.no_data")}</p>;
  const pictures = trained(data.train - chosen.exclude.length, recipe);
  const facts = {
    data: data.title,
    epochs: count(recipe.epochs),
    pictures: count(pictures),
    batch: count(recipe.batch_size),
    tests: count(data.test),
  };
  return (
    <div className="bm-plan">
      <p>{t("ui.plan.what", facts)}</p>
      {begins ? (
        <p>{t("ui.plan.begin")}</p>
      ) : problems > 0 ? (
        <p className="bm-plan-blocked">{t("ui.plan.blocked", { count: problems })}</p>
      ) : analysis?.complete ? (
        <Time analysis={analysis} pictures={pictures} />
      ) : null}
      <p>{t("ui.plan.safe")}</p>
    </div>
  );
}
