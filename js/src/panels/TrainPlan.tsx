/** Before the first run: what Run will do, and about how long it takes. */

import type { ReactElement } from "react";
import { isBeginning } from "../canvas/beginning";
import { useCanvas, useLanguage, useT } from "../context";
import { factsOf } from "../data";
import { count } from "../format";
import type { Recipe } from "../protocol";

/** Operations a second and seconds a step that a plain processor reaches; only the order of magnitude counts. */
const OPERATIONS = 2e10;
const STEP = 0.002;

/** Learning costs about three times what answering does: forward, and backward for signals and weights. */
const LEARNING = 3;

/** How long training may take, as a word: a guess that is off by a factor of two is still right. */
export function roughly(flops: number, pictures: number, recipe: Recipe): string {
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
        <p>{t(`ui.plan.${roughly(analysis.flops, pictures, recipe)}`)}</p>
      ) : null}
      <p>{t("ui.plan.safe")}</p>
    </div>
  );
}
