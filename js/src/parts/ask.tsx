/** Small sheets for what a hand does by pointing: connecting, choosing a block, mending a problem. */

import { type ReactElement, useMemo } from "react";
import css from "../../style/ask.css";
import type { Ask } from "../canvas/ask";
import { fitting, insertBeside } from "../canvas/ask/insert";
import { links } from "../canvas/ask/links";
import { Picker } from "../canvas/ask/Picker";
import { ProblemSheet } from "../canvas/ask/ProblemSheet";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { blockName, pick } from "../texts";

export { css };

interface Props {
  ask: Ask;
  /** Close the sheet; the node named gets the focus. */
  close: (focus: string | null) => void;
}

export default function AskSheet({ ask, close }: Props): ReactElement {
  if (ask.kind === "problem") return <ProblemSheet problem={ask.problem} close={close} />;
  if (ask.kind === "insert") return <Insert ask={ask} close={close} />;
  return <Connect node={ask.node} close={close} />;
}

function Connect({ node, close }: { node: string; close: Props["close"] }): ReactElement {
  const t = useT();
  const { edit } = useActions();
  const view = useCanvas((canvas) => canvas.view);
  const analysis = useCanvas((canvas) => canvas.analysis);
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const scope = useCanvas((canvas) => canvas.scope);
  const options = useMemo(
    () => links(node, { view, blocks, analysis, scope }, t),
    [node, view, blocks, analysis, scope, t],
  );
  return (
    <Picker
      title={t("ui.access.ask.connect", { node })}
      none={t("ui.access.ask.connect_none")}
      options={options}
      onPick={({ change }) => {
        edit(change);
        close(node);
      }}
      onClose={() => close(node)}
    />
  );
}

function Insert({
  ask,
  close,
}: {
  ask: Extract<Ask, { kind: "insert" }>;
  close: Props["close"];
}): ReactElement {
  const t = useT();
  const { node, side } = ask;
  const language = useLanguage();
  const { edit, select } = useActions();
  const heights = useCanvas((canvas) => canvas.heights);
  const view = useCanvas((canvas) => canvas.view);
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const options = useMemo(
    () =>
      fitting(blocks, view).map((entry) => ({
        id: entry.name,
        label: blockName(entry.name, language),
        note: pick(entry.summary, language),
        words: [pick(entry.summary, language), t(`families.${entry.family}`), ...entry.keywords].join(" "),
        family: entry.family,
        entry,
      })),
    [blocks, view, language, t],
  );
  return (
    <Picker
      title={t(`ui.access.ask.insert_${side}`, { node })}
      none={t("ui.access.ask.insert_none")}
      options={options}
      onPick={({ entry }) => {
        let made = node;
        edit((document) => {
          const added = insertBeside(document, blocks, entry, node, side, heights);
          made = added.id;
          return added.document;
        });
        select([made]);
        close(made);
      }}
      onClose={() => close(node)}
    />
  );
}
