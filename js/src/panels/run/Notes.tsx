/** Sentences about a run that are needed now and then, each with what can be done. */

import { type ReactElement, useState } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../../context";
import { applyPatch } from "../../patch";
import type { Fix, Param } from "../../protocol";
import { fixLabel, pick } from "../../texts";
import { ProblemNote } from "../Problem";
import { isActive, isChanged } from "../RunControls";
import { useAct } from "../useProblems";

/** The notes. */
export function Notes(): ReactElement {
  const t = useT();
  const run = useCanvas((canvas) => canvas.run);
  return (
    <>
      {/* A problem ends a run or holds it; until it has, the run still looks as if it were going. */}
      {run.problem && (run.status === "paused" || !isActive(run)) ? (
        <ProblemNote problem={run.problem}>
          {run.status === "paused" ? <Continue /> : null}
          {isActive(run)
            ? null
            : run.problem.fixes.map((fix) => <Retry key={JSON.stringify(fix)} fix={fix} />)}
        </ProblemNote>
      ) : null}
      {run.status === "interrupted" ? <p className="bm-note">{t("ui.train.interrupted")}</p> : null}
      {isChanged(run) ? (
        <p className="bm-note">{t(isActive(run) ? "ui.train.changed_active" : "ui.train.changed")}</p>
      ) : null}
    </>
  );
}

/** Goes on with a run that was paused by a problem, once that is out of the way. */
function Continue(): ReactElement {
  const t = useT();
  const act = useAct();
  const { request } = useActions();
  return (
    <button type="button" className="bm-button" onClick={() => act(() => request("resume"))}>
      {t("ui.run.resume")}
    </button>
  );
}

/** Mends what made the run fail, and runs again: one click, and one undo takes the change back. */
function Retry({ fix }: { fix: Fix }): ReactElement {
  const t = useT();
  const act = useAct();
  const language = useLanguage();
  const recipe = useCanvas((canvas) => canvas.catalogue.recipe);
  const { editWhole, request } = useActions();
  const [busy, setBusy] = useState(false);
  const setting = onlySetting(fix, recipe);
  const label = setting
    ? t("ui.train.retry_setting", { name: pick(setting.param.title, language), value: String(setting.value) })
    : t("ui.train.retry", { fix: fixLabel(fix, language) });
  const press = async (): Promise<void> => {
    setBusy(true);
    editWhole((document) => applyPatch(document, fix.patch));
    await act(() => request("train"));
    setBusy(false);
  };
  return (
    <button type="button" className="bm-button" data-testid="blockml-retry" disabled={busy} onClick={press}>
      {label}
    </button>
  );
}

/** The setting of the recipe that a repair changes, if that is all that it does. */
export function onlySetting(fix: Fix, recipe: readonly Param[]): { param: Param; value: unknown } | null {
  const { nodes, remove_nodes, edges, remove_edges, data } = fix.patch;
  const entries = Object.entries(fix.patch.recipe);
  const [name, value] = entries[0] ?? [];
  const isAll =
    [nodes, remove_nodes, edges, remove_edges].every((part) => part.length === 0) && data === null;
  const param = recipe.find((each) => each.name === name);
  return param && isAll && entries.length === 1 ? { param, value } : null;
}
