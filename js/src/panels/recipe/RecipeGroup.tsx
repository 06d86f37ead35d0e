/** One group of settings that can be opened. */

import { type ReactElement, useId } from "react";
import { useActions, useCanvas, useT } from "../../context";
import { setRecipe } from "../../document";
import { Icon } from "../../icons";
import { ParamField } from "../ParamField";
import { valueIn } from "../values";
import { Augmentation } from "./Augmentation";
import { applies, changed, type Group } from "./recipe";
import { Schedule } from "./Schedule";

/** The head with the number of settings that differ; open, the settings. */
export function RecipeGroup({ group }: { group: Group }): ReactElement {
  const t = useT();
  const id = useId();
  const key = `recipe.${group.name}`;
  const open = useCanvas((canvas) => canvas.folds[key] ?? false);
  const { fold } = useActions();
  const recipe = useCanvas((canvas) => canvas.document.recipe);
  const count = changed(group.params, { ...recipe }).length;
  return (
    <section className="bm-group">
      <button
        type="button"
        className="bm-group-head"
        data-testid={`blockml-recipe-group-${group.name}`}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => fold(key, !open)}
      >
        <Icon name="chevron" size={14} />
        <span>{t(`ui.recipe.groups.${group.name}`)}</span>
        <Changed count={count} />
      </button>
      {open ? (
        <div id={id} className="bm-group-body">
          {group.name === "augmentation" ? <Augmentation /> : null}
          {group.name === "schedule" ? <Schedule /> : null}
          <Fields group={group} />
          {count > 0 ? <Reset group={group} /> : null}
        </div>
      ) : null}
    </section>
  );
}

/** How many settings differ: a number, so that the title has room, and a sentence behind it. */
export function Changed({ count }: { count: number }): ReactElement | null {
  const t = useT();
  if (count === 0) return null;
  const text = t("ui.recipe.differ", { count });
  return (
    <small title={text}>
      <span aria-hidden="true">{count}</span>
      <span className="bm-hidden">{text}</span>
    </small>
  );
}

/** The settings of a group that do something beside the others. */
export function Fields({ group }: { group: Group }): ReactElement {
  const values = useCanvas((canvas) => canvas.document.recipe);
  const { edit } = useActions();
  const recipe: Readonly<Record<string, unknown>> = { ...values };
  return (
    <>
      {group.params
        .filter((param) => applies(param, recipe))
        .map((param) => (
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
    </>
  );
}

/** Puts the settings of a group back; also those that do nothing now, or they would come back later. */
export function Reset({ group }: { group: Group }): ReactElement {
  const t = useT();
  const { edit } = useActions();
  return (
    <button
      type="button"
      className="bm-link"
      data-testid={`blockml-recipe-reset-${group.name}`}
      onClick={() =>
        edit((document) =>
          group.params.reduce(
            (next, param) => setRecipe(next, param.name, valueIn(param, undefined)),
            document,
          ),
        )
      }
    >
      {t("ui.recipe.reset")}
    </button>
  );
}
