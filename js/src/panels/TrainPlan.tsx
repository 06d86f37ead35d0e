/** Before the first run: what Run will do, and about how long it takes. */

import type { ReactElement } from "react";
import { count } from "../format";
import type { DataEntry, Recipe } from "../protocol";
import { useCanvas, useT } from "../store";
import { pick } from "../texts";

/** Operations a second and seconds a step that a plain processor reaches; only the order of magnitude counts. */
const OPERATIONS = 2e10;
const STEP = 0.002;

/** Learning costs about three times what answering does: forward, and backward for signals and weights. */
const LEARNING = 3;

/** How long training may take, as a word: a guess that is off by a factor of two is still right. */
export function roughly(flops: number, data: Pick<DataEntry, "train_size">, recipe: Recipe): string {
  const steps = Math.ceil(data.train_size / recipe.batch_size);
  const seconds = recipe.epochs * (steps * STEP + (data.train_size * flops * LEARNING) / OPERATIONS);
  if (seconds < 20) return "seconds";
  if (seconds < 120) return "minute";
  if (seconds < 1800) return "minutes";
  return seconds < 7200 ? "hour" : "hours";
}

/** What a run will do, in two sentences. */
export function TrainPlan(): ReactElement {
  const t = useT();
  const language = useCanvas((canvas) => canvas.language);
  const name = useCanvas((canvas) => canvas.document.data.name);
  const data = useCanvas((canvas) => canvas.catalogue.data).find((entry) => entry.name === name);
  const recipe = useCanvas((canvas) => canvas.document.recipe);
  const analysis = useCanvas((canvas) => canvas.analysis);
  const problems = analysis?.diagnostics.filter((each) => each.severity === "error").length ?? 0;
  if (data === undefined) return <p className="bm-plan">{t("ui.plan.no_data")}</p>;
  const facts = {
    data: pick(data.title, language),
    epochs: count(recipe.epochs),
    pictures: count(data.train_size),
    batch: count(recipe.batch_size),
    tests: count(data.test_size),
  };
  return (
    <div className="bm-plan">
      <p>{t("ui.plan.what", facts)}</p>
      {problems > 0 ? (
        <p className="bm-plan-blocked">{t("ui.plan.blocked", { count: problems })}</p>
      ) : analysis?.complete ? (
        <p>{t(`ui.plan.${roughly(analysis.flops, data, recipe)}`)}</p>
      ) : null}
      <p>{t("ui.plan.safe")}</p>
    </div>
  );
}
