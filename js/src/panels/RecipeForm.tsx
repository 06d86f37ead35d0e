/** The settings of the training. */

import type { ReactElement } from "react";
import { setRecipe } from "../document";
import { useCanvas, useT } from "../store";
import { ParamField } from "./ParamField";
import { isActive } from "./RunControls";
import { same, valueIn } from "./values";

/** The form of the recipe; each change is one step of undo. */
export function RecipeForm(): ReactElement {
  const t = useT();
  const params = useCanvas((canvas) => canvas.catalogue.recipe);
  const values = useCanvas((canvas) => canvas.document.recipe);
  const recipe: Readonly<Record<string, unknown>> = { ...values };
  const edit = useCanvas((canvas) => canvas.edit);
  const active = useCanvas((canvas) => isActive(canvas.run));
  const changed = params.filter(
    (param) => !same(valueIn(param, recipe[param.name]), valueIn(param, undefined)),
  );
  return (
    <section className="bm-recipe" aria-label={t("ui.recipe.title")}>
      <header className="bm-section-head">
        <h3>{t("ui.recipe.title")}</h3>
        {changed.length > 0 ? (
          <button
            type="button"
            className="bm-link"
            onClick={() =>
              edit((document) =>
                changed.reduce(
                  (next, param) => setRecipe(next, param.name, valueIn(param, undefined)),
                  document,
                ),
              )
            }
          >
            {t("ui.recipe.reset")}
          </button>
        ) : null}
      </header>
      {active ? <p className="bm-section-note">{t("ui.recipe.next_run")}</p> : null}
      {params.map((param) => (
        <ParamField
          key={param.name}
          param={param}
          value={recipe[param.name]}
          // The document refuses a recipe that is out of range, so it never gets there.
          strict
          testid={`blockml-recipe-${param.name}`}
          onChange={(value) =>
            edit((document) => setRecipe(document, param.name, value), `recipe.${param.name}`)
          }
        />
      ))}
    </section>
  );
}
