/** Around what is drawn: a mistake of ours leaves a sentence and a way on, not an empty page. */

import { Component, type ReactElement, type ReactNode } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { useTheme } from "./useTheme";

interface Props {
  children: ReactNode;
}

interface State {
  broken: { error: unknown } | null;
}

/** Shows what stands in it, or why that cannot be. The document is in the store, outside. */
export class Boundary extends Component<Props, State> {
  override state: State = { broken: null };

  static getDerivedStateFromError(error: unknown): State {
    return { broken: { error } };
  }

  override render(): ReactNode {
    const { broken } = this.state;
    if (broken === null) return this.props.children;
    return <Broken error={broken.error} again={() => this.setState({ broken: null })} />;
  }
}

function Broken({ error, again }: { error: unknown; again: () => void }): ReactElement {
  const t = useT();
  const theme = useTheme();
  const language = useLanguage();
  const canUndo = useCanvas((canvas) => canvas.canUndo);
  const { undo } = useActions();
  return (
    <div className="blockml bm-broken" data-theme={theme} data-testid="blockml-broken" lang={language}>
      <div role="alert">
        <p>{t("ui.broken.text")}</p>
        <pre>{String(error)}</pre>
      </div>
      <button type="button" className="bm-button bm-button-primary" onClick={again}>
        {t("ui.broken.again")}
      </button>
      {canUndo ? (
        <button
          type="button"
          className="bm-button"
          onClick={() => {
            undo();
            again();
          }}
        >
          {t("ui.top.undo")}
        </button>
      ) : null}
    </div>
  );
}
