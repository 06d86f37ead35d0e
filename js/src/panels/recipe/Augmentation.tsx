/** The same pictures before and after they are changed at random, in step with the settings. */

import type { ReactElement } from "react";
import { useCanvas, useLanguage, useT } from "../../context";
import { factsOf, isSmall } from "../../data";
import { ProblemNote } from "../Problem";
import { Strip } from "../Strip";
import { JobLine } from "../TaskLine";
import { useAuto } from "../useAuto";
import { changed, grouped } from "./recipe";

/** The strip. It is drawn only while its group is open, so only then are pictures made. */
export function Augmentation(): ReactElement | null {
  const t = useT();
  const language = useLanguage();
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const params = useCanvas((canvas) => canvas.catalogue.recipe);
  const { data, recipe } = useCanvas((canvas) => canvas.document);
  const job = useCanvas((canvas) => canvas.jobs.augmented);
  const isLoaded = useCanvas((canvas) => canvas.run.history.length > 0 || canvas.jobs.preview?.outcome);
  const begin = useCanvas((canvas) => canvas.begin);
  const mine = grouped(params).find((group) => group.name === "augmentation")?.params ?? [];
  const settings: Readonly<Record<string, unknown>> = { ...recipe };
  const about = { data, settings: mine.map((param) => settings[param.name]) };
  const facts = factsOf(data, entries, language);
  const isReady = facts !== null && (isSmall(facts) || facts.own || Boolean(isLoaded));
  const isOff = changed(mine, settings).length === 0;
  useAuto("augmented", about, isReady && !isOff);

  if (isOff) return <p className="bm-section-note">{t("ui.augmented.off")}</p>;
  const outcome = job?.outcome;
  return (
    <div className="bm-augmented" data-testid="blockml-augmented" aria-busy={job?.going ?? false}>
      {outcome ? (
        <dl data-stale={job.going}>
          <dt>{t("ui.augmented.before")}</dt>
          <dd>
            <Strip pictures={outcome.before} count={outcome.shown} label={t("ui.augmented.before")} />
          </dd>
          <dt>{t("ui.augmented.after")}</dt>
          <dd>
            <Strip pictures={outcome.after} count={outcome.shown} label={t("ui.augmented.after")} />
          </dd>
        </dl>
      ) : null}
      {outcome ? null : <JobLine name="augmented" />}
      {job?.problem && job.problem.code !== "task-active" ? <ProblemNote problem={job.problem} /> : null}
      {isReady || job?.going || outcome ? null : (
        <button type="button" className="bm-button" onClick={() => begin("augmented", about)}>
          {t("ui.augmented.show")}
        </button>
      )}
    </div>
  );
}
