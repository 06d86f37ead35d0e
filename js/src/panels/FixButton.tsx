/** The button of a repair. */

import type { ReactElement } from "react";
import { useActions, useCanvas, useLanguage } from "../context";
import { applyPatch } from "../patch";
import type { BlockEntry, Diagnostic, Fix, Param } from "../protocol";
import { fixLabel, type Language, pick, problemText } from "../texts";

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
  const { editWhole } = useActions();
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
      title={(props.cut ? `${label}\n` : "") + problemText(problem, "hint", language)}
      onClick={() => {
        editWhole((document) => applyPatch(document, fix.patch));
        props.onDone?.();
      }}
    >
      {label}
    </button>
  );
}

/** The plain word for what a repair sets, as its field on the block or in the recipe has it. */
function plainParam(
  fix: Fix,
  blocks: readonly BlockEntry[],
  recipe: readonly Param[],
  language: Language,
): Fix["values"] {
  const block = blocks.find((entry) => entry.name === fix.patch.nodes[0]?.block);
  const param = (block?.params ?? recipe).find((each) => each.name === fix.values.param);
  return param ? { param: pick(param.title, language) } : {};
}
