/** Help: the guided first network, whether there are hints, the keys, and the language where the bar has no room for it. */

import type { ReactElement } from "react";
import { Icon } from "../icons";
import { Menu } from "../panels/Menu";
import { useCanvas, useT } from "../store";
import { useDeskStore } from "./desk";
import { learn, useLearned } from "./learned";

export function HelpMenu(): ReactElement {
  const t = useT();
  const { tour, step, hints } = useLearned((learned) => learned);
  const desk = useDeskStore();
  const other = useCanvas((canvas) => (canvas.language === "ko" ? "en" : "ko"));
  const setLanguage = useCanvas((canvas) => canvas.setLanguage);
  const isLeft = tour === "on" || tour === "later";
  return (
    <Menu
      name={t("ui.help.title")}
      title={t("ui.help.title")}
      testid="blockml-help"
      className="bm-tool"
      label="?"
    >
      {(close) => (
        <>
          {isLeft ? (
            <button
              type="button"
              className="bm-menu-item"
              data-testid="blockml-tour-resume"
              onClick={() => {
                close();
                learn({ tour: "on" });
              }}
            >
              <Icon name="play" />
              <span>{t("ui.help.resume", { step: step + 1 })}</span>
            </button>
          ) : null}
          <button
            type="button"
            className="bm-menu-item"
            data-testid="blockml-tour-start"
            onClick={() => {
              close();
              learn({ tour: "on", step: 0 });
            }}
          >
            <Icon name={isLeft ? "restart" : "play"} />
            <span>{t(tour === "new" ? "ui.help.tour" : "ui.help.again")}</span>
          </button>
          <button
            type="button"
            className="bm-menu-item"
            data-testid="blockml-hints"
            aria-pressed={hints}
            onClick={() => learn(hints ? { hints: false } : { hints: true, done: {} })}
          >
            {hints ? <Icon name="check" /> : <span className="bm-icon" />}
            <span>{t("ui.help.hints")}</span>
          </button>
          <button
            type="button"
            className="bm-menu-item"
            data-testid="blockml-help-keys"
            onClick={() => {
              close();
              desk.setState({ help: true });
            }}
          >
            <Icon name="keys" />
            <span>{t("ui.keys.title")}</span>
          </button>
          <button
            type="button"
            className="bm-menu-item bm-help-language"
            data-testid="blockml-help-language"
            lang={other}
            onClick={() => {
              close();
              setLanguage(other);
            }}
          >
            <span className="bm-icon" />
            <span>{other === "ko" ? "한국어" : "English"}</span>
          </button>
        </>
      )}
    </Menu>
  );
}
