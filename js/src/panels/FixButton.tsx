/** The button of a repair. */

import type { ReactElement, SyntheticEvent } from "react";
import { nodeId } from "../canvas/ids";
import { useActions, useCanvas, useLanguage } from "../context";
import { closeGap, own } from "../document";
import { effects } from "../effects";
import { applyPatch } from "../patch";
import type { BlockEntry, Diagnostic, Fix, JsonValue, Param, Patch } from "../protocol";
import { pathOf, type Scope } from "../scope";
import { fixLabel, type Language, pick, problemText, shown } from "../texts";

interface Props {
  problem: Diagnostic;
  fix: Fix;
  testid?: string;
  tabIndex?: number;
  /** Id of a text that says what it changes. */
  describedBy?: string;
  onDone?: () => void;
  /** Whether there may be no room for all that stands on it. */
  cut?: boolean;
}

/** Mends a problem in one click; what it does stands on it. */
export function FixButton(props: Props): ReactElement {
  const { problem, fix, testid, tabIndex } = props;
  const language = useLanguage();
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const recipe = useCanvas((canvas) => canvas.catalogue.recipe);
  const document = useCanvas((canvas) => canvas.document);
  const scope = useCanvas((canvas) => canvas.scope);
  const { editWhole } = useActions();
  const told = effects(document, fix.patch, blocks, language);
  const mark = (event: SyntheticEvent): void => point(event.currentTarget, scope, fix.patch);
  const unmark = (event: SyntheticEvent): void => point(event.currentTarget, scope, null);
  const label = fixLabel(
    { ...fix, values: { ...fix.values, ...plainParam(fix, blocks, recipe, language) } },
    language,
  );
  return (
    <button
      type="button"
      className="bm-fix nodrag nopan"
      data-severity={problem.severity}
      data-testid={testid}
      tabIndex={tabIndex}
      aria-describedby={props.describedBy}
      title={[...(props.cut ? [label] : []), ...told].join("\n") || problemText(problem, "hint", language)}
      onPointerEnter={mark}
      onPointerLeave={unmark}
      onFocus={mark}
      onBlur={unmark}
      onClick={(event) => {
        unmark(event);
        editWhole((document) => closeGap(document, applyPatch(document, fix.patch)));
        props.onDone?.();
      }}
    >
      {label}
    </button>
  );
}

/** Show on the canvas which cards a repair changes; with `null` none any more. */
function point(button: Element, scope: Scope, patch: Patch | null): void {
  const paths = patch ? [...patch.nodes.map((node) => node.id), ...patch.remove_nodes] : [];
  for (const card of button.closest(".blockml")?.querySelectorAll<HTMLElement>(".react-flow__node") ?? [])
    card.classList.toggle("bm-will-change", paths.includes(pathOf(scope, nodeId(card.dataset.id ?? ""))));
}

/** The plain word for what a repair sets, as its field on the block or in the recipe has it. */
function plainParam(
  fix: Fix,
  blocks: readonly BlockEntry[],
  recipe: readonly Param[],
  language: Language,
): Fix["values"] {
  const block = blocks.find((entry) => entry.name === fix.patch.nodes[0]?.block);
  const title = (name: JsonValue | undefined): string | undefined => {
    const param = (block?.params ?? recipe).find((each) => each.name === name);
    return param && pick(param.title, language);
  };
  const names = Array.isArray(fix.values.params) ? fix.values.params : [];
  const param = title(fix.values.param);
  const set = fix.patch.nodes[0]?.params ?? {};
  const settings = names.map((name) => {
    const value = own(set, String(name)) ?? block?.params.find((each) => each.name === name)?.default;
    return `${title(name) ?? name} ${shown(value ?? "")}`;
  });
  return { ...(param ? { param } : {}), ...(names.length > 0 ? { settings: settings.join(", ") } : {}) };
}
