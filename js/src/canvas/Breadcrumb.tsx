/** Where the canvas is: the groups that are open, the way out of them, and their ports. */

import type { ReactElement } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { nodeOf } from "../document";
import { Icon } from "../icons";
import { addPort, type End } from "../ports";
import type { Experiment } from "../protocol";
import { inside, type Scope } from "../scope";
import { blockName, type Language } from "../texts";
import { useName } from "./useName";

interface Crumb {
  /** As its card shows it. */
  name: string;
  repeat: number;
}

/** The groups of a scope, from the outside in. */
export function crumbsOf(document: Experiment, scope: Scope, language: Language): Crumb[] {
  return scope.map((id, depth) => {
    const node = nodeOf(inside(document, scope.slice(0, depth)).graph, id);
    return { name: blockName(node?.title || id, language), repeat: node?.repeat ?? 1 };
  });
}

/** The path above the canvas while a group is open. */
export function Breadcrumb(): ReactElement | null {
  const t = useT();
  const scope = useCanvas((canvas) => canvas.scope);
  const document = useCanvas((canvas) => canvas.document);
  const name = useName();
  const language = useLanguage();
  const { leave } = useActions();
  if (scope.length === 0) return null;
  const crumbs = crumbsOf(document, scope, language);
  const copies = crumbs.reduce((product, crumb) => product * crumb.repeat, 1);
  const titles = [name, ...crumbs.map((crumb) => crumb.name)];
  return (
    <div className="bm-crumbs" data-testid="blockml-crumbs">
      <nav aria-label={t("ui.group.crumbs")}>
        <button
          type="button"
          className="bm-crumbs-up"
          data-testid="blockml-crumbs-up"
          title={t("ui.group.up")}
          aria-label={t("ui.group.up")}
          onClick={() => leave()}
        >
          <Icon name="leave" size={14} />
        </button>
        <ol>
          {titles.map((title, depth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the depth is what a step of the path is
            <li key={depth}>
              {depth === scope.length ? (
                <span aria-current="location">{title}</span>
              ) : (
                <button type="button" data-testid={`blockml-crumb-${depth}`} onClick={() => leave(depth)}>
                  {title}
                </button>
              )}
            </li>
          ))}
        </ol>
      </nav>
      {copies > 1 ? (
        <span className="bm-crumbs-note" title={t("ui.group.first", { count: copies })}>
          {t("ui.group.copy", { count: copies })}
        </span>
      ) : null}
      <span className="bm-crumbs-ports">
        <AddPort end="inputs" />
        <AddPort end="outputs" />
      </span>
    </div>
  );
}

function AddPort({ end }: { end: End }): ReactElement {
  const t = useT();
  const { edit } = useActions();
  return (
    <button
      type="button"
      data-testid={`blockml-add-${end}`}
      title={t(`ui.group.add_${end}`)}
      onClick={() => edit((view) => addPort(view, end))}
    >
      + {t(end === "inputs" ? "ui.group.input" : "ui.group.output")}
    </button>
  );
}
