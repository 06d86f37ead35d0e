/** Help: the guided first network, and whether there are hints. */

import type { ReactElement } from "react";
import { Icon } from "../icons";
import { Menu } from "../panels/Menu";
import { useT } from "../store";
import { learn, useLearned } from "./learned";

export function HelpMenu(): ReactElement {
  const t = useT();
  const { tour, step, hints } = useLearned((learned) => learned);
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
        </>
      )}
    </Menu>
  );
}
