/** The settings of the training: four for everyone, the others in groups behind a button. */

import { type ReactElement, useId } from "react";
import { useActions, useCanvas, useT } from "../context";
import { Icon } from "../icons";
import { isActive } from "./RunControls";
import { RateFinder } from "./recipe/RateFinder";
import { Changed, Fields, RecipeGroup, Reset } from "./recipe/RecipeGroup";
import { changed, grouped } from "./recipe/recipe";

/** The form of the recipe; each change is one step of undo. */
export function RecipeForm(): ReactElement {
  const t = useT();
  const params = useCanvas((canvas) => canvas.catalogue.recipe);
  const recipe = useCanvas((canvas) => canvas.document.recipe);
  const active = useCanvas((canvas) => isActive(canvas.run));
  const groups = grouped(params);
  const basic = groups.filter((group) => group.name === "basic");
  const rest = groups.filter((group) => group.name !== "basic");
  return (
    <section className="bm-recipe" aria-label={t("ui.recipe.title")}>
      <header className="bm-section-head">
        <h2>{t("ui.recipe.title")}</h2>
        {basic.map((group) =>
          changed(group.params, { ...recipe }).length > 0 ? <Reset key={group.name} group={group} /> : null,
        )}
      </header>
      {active ? <p className="bm-section-note">{t("ui.recipe.next_run")}</p> : null}
      {basic.map((group) => (
        <Fields key={group.name} group={group} />
      ))}
      <RateFinder />
      {rest.length > 0 ? <More groups={rest} /> : null}
    </section>
  );
}

/** The settings that beginners can leave alone. */
function More({ groups }: { groups: ReturnType<typeof grouped> }): ReactElement {
  const t = useT();
  const id = useId();
  const open = useCanvas((canvas) => canvas.folds.recipe ?? false);
  const { fold } = useActions();
  const recipe = useCanvas((canvas) => canvas.document.recipe);
  const count = groups.reduce((sum, group) => sum + changed(group.params, { ...recipe }).length, 0);
  return (
    <div className="bm-recipe-more">
      <button
        type="button"
        className="bm-group-head bm-recipe-toggle"
        data-testid="blockml-recipe-more"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => fold("recipe", !open)}
      >
        <Icon name="chevron" size={14} />
        <span>{t("ui.recipe.more")}</span>
        <Changed count={count} />
      </button>
      {open ? (
        <div id={id} className="bm-groups">
          {groups.map((group) => (
            <RecipeGroup key={group.name} group={group} />
          ))}
        </div>
      ) : null}
    </div>
  );
}
