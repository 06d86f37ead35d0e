/** The bar above the canvas: name, data, undo and redo, language, file, run. */

import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useState } from "react";
import { useActions, useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { rename } from "../document";
import { Icon, type IconName } from "../icons";
import { DataMenu } from "../panels/DataMenu";
import { FileMenu } from "../panels/FileMenu";
import { RunControls } from "../panels/RunControls";
import { tidy } from "./actions";
import { HelpMenu } from "./HelpMenu";
import { useName } from "./useName";

interface Props {
  /** What stands first and last: buttons of the layout around. */
  start?: ReactNode;
  end?: ReactNode;
  /** What changes between the canvas and the outline. */
  view?: ReactNode;
}

/** The bar above. */
export function TopBar({ start, end, view }: Props): ReactElement {
  const t = useT();
  // Where there is no room for one of them it is in the menu of help instead.
  const fold = (name: string, tool: ReactNode): ReactElement => (
    <span className={`bm-fold bm-fold-${name}`}>{tool}</span>
  );
  const outline = fold("view", view);
  const redo = fold("redo", <Redo />);
  const order = fold("tidy", <Tidy />);
  return (
    <section className="bm-top" aria-label={t("ui.access.bar")}>
      {start}
      <Name />
      <DataMenu />
      <span className="bm-top-space" />
      {outline}
      <Undo />
      {redo}
      {order}
      <LanguageButton />
      <HelpMenu>
        {outline}
        {redo}
        {order}
      </HelpMenu>
      <FileMenu />
      <RunControls />
      {end}
    </section>
  );
}

/** The name of the experiment, to be changed in place. */
function Name(): ReactElement {
  const t = useT();
  const shown = useName();
  const { edit } = useActions();
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const keep = (): void => {
    const next = text.trim().slice(0, MAX_NAME);
    setText(next || shown);
    if (next && next !== shown) edit((document) => rename(document, next));
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") event.currentTarget.blur();
    if (event.key === "Escape") setText(shown);
  };
  return (
    <span className="bm-name" data-text={text}>
      <input
        aria-label={t("ui.top.name")}
        title={t("ui.top.rename")}
        data-testid="blockml-name"
        // The text behind it gives the width.
        size={1}
        autoComplete="off"
        spellCheck={false}
        maxLength={MAX_NAME}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
        onBlur={keep}
      />
    </span>
  );
}

/** Longest name that a document may hold. */
const MAX_NAME = 200;

function Undo(): ReactElement {
  const canUndo = useCanvas((canvas) => canvas.canUndo);
  return <ToolButton name="undo" disabled={!canUndo} onClick={useActions().undo} />;
}

function Redo(): ReactElement {
  const canRedo = useCanvas((canvas) => canvas.canRedo);
  return <ToolButton name="redo" disabled={!canRedo} onClick={useActions().redo} />;
}

/** Puts the blocks in order; a selection of several alone. */
function Tidy(): ReactElement {
  const store = useCanvasStore();
  const press = (button: HTMLElement): void => {
    const root = button.closest<HTMLElement>(".blockml");
    if (root) void tidy({ store, root });
  };
  return <ToolButton name="tidy" disabled={false} onClick={press} />;
}

interface ToolProps {
  /** Icon, test id, and key of the label under `ui.top`. */
  name: Extract<IconName, "undo" | "redo" | "tidy">;
  disabled: boolean;
  onClick: (button: HTMLElement) => void;
}

function ToolButton({ name, disabled, onClick }: ToolProps): ReactElement {
  const t = useT();
  return (
    <button
      type="button"
      className="bm-tool"
      data-testid={`blockml-${name}`}
      aria-label={t(`ui.top.${name}`)}
      title={t(`ui.top.${name}_keys`)}
      // Not `disabled`: the button would lose the focus, and the keys for undo with it.
      aria-disabled={disabled}
      onClick={(event) => {
        if (!disabled) onClick(event.currentTarget);
      }}
    >
      <Icon name={name} />
      <span>{t(`ui.top.${name}`)}</span>
    </button>
  );
}

/** Changes to the other language; it is named in that language. */
function LanguageButton(): ReactElement {
  const t = useT();
  const language = useLanguage();
  const { setLanguage } = useActions();
  const other = language === "ko" ? "en" : "ko";
  return (
    <button
      type="button"
      className="bm-tool bm-tool-text"
      data-testid="blockml-language"
      title={t("ui.top.language")}
      lang={other}
      onClick={() => setLanguage(other)}
    >
      {other === "ko" ? "한국어" : "English"}
    </button>
  );
}
