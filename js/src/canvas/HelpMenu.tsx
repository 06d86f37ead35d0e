/** Help: the guided first network, whether there are hints, the keys, and what the bar has no room for. */

import type { ReactElement, ReactNode } from "react";
import { useCanvas, useT } from "../context";
import { Icon, type IconName } from "../icons";
import { Menu } from "../panels/Menu";
import { useDeskStore } from "./desk";
import { guide, learn, useLearned } from "./learned";

export function HelpMenu({ children }: { children: ReactNode }): ReactElement {
  const t = useT();
  const { tour, step, hints } = useLearned((learned) => learned);
  const key = useCanvas((canvas) => canvas.draft.key);
  const desk = useDeskStore();
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
            <Item
              name="tour-resume"
              icon="play"
              text={t("ui.help.resume", { step: step + 1 })}
              onClick={() => {
                close();
                guide(key);
              }}
            />
          ) : null}
          <Item
            name="tour-start"
            icon={isLeft ? "restart" : "play"}
            text={t(tour === "new" ? "ui.help.tour" : "ui.help.again")}
            onClick={() => {
              close();
              guide(key, 0);
            }}
          />
          <Item
            name="hints"
            icon={hints ? "check" : null}
            pressed={hints}
            text={t("ui.help.hints")}
            onClick={() => learn(hints ? { hints: false } : { hints: true, done: {} })}
          />
          <Item
            name="help-keys"
            icon="keys"
            text={t("ui.keys.title")}
            onClick={() => {
              close();
              desk.setState({ help: true });
            }}
          />
          {children}
        </>
      )}
    </Menu>
  );
}

interface ItemProps {
  /** End of its test id. */
  name: string;
  /** Without one the words stand below those that have one. */
  icon: IconName | null;
  text: string;
  pressed?: boolean;
  onClick: () => void;
}

function Item({ name, icon, text, pressed, onClick }: ItemProps): ReactElement {
  return (
    <button
      type="button"
      className={`bm-menu-item bm-${name}`}
      data-testid={`blockml-${name}`}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {icon ? <Icon name={icon} /> : <span className="bm-icon" />}
      <span>{text}</span>
    </button>
  );
}
