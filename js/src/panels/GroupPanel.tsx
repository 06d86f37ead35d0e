/** What can be done with a group. */

import type { ReactElement } from "react";
import { useRepeatParam } from "../canvas/GroupCard";
import { keepGroup, unpackChosen } from "../canvas/groupActions";
import { useCanvasStore, useT } from "../context";
import { Icon, type IconName } from "../icons";
import { mayRepeat, setRepeat, setTitle } from "../ports";
import type { Node } from "../protocol";
import { graphOf } from "../scope";
import { ParamField } from "./ParamField";

/** The part of the panel about the group that is selected. */
export function GroupPanel({ node }: { node: Node }): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const param = useRepeatParam();
  const { edit, enter } = store.getState();
  const graph = graphOf(node);
  const isRepeatable = (graph !== null && mayRepeat(graph)) || node.repeat > 1;
  return (
    <div className="bm-group-panel">
      <div className="bm-field">
        <label className="bm-field-row">
          <span className="bm-field-name">{t("ui.group.title")}</span>
          <input
            className="bm-group-name"
            data-testid="blockml-group-name"
            autoComplete="off"
            spellCheck={false}
            maxLength={60}
            placeholder={t("ui.names.Group")}
            value={node.title}
            onChange={({ currentTarget: { value } }) =>
              edit((view) => setTitle(view, node.id, value), `title.${node.id}`)
            }
          />
        </label>
      </div>
      {isRepeatable ? (
        <ParamField
          param={param}
          value={node.repeat}
          strict
          onChange={(value) => edit((view) => setRepeat(view, node.id, Number(value)), `repeat.${node.id}`)}
        />
      ) : (
        <p className="bm-section-note">{t("ui.group.repeat_not")}</p>
      )}
      <div className="bm-actions">
        <Act name="open" icon="enter" onClick={() => enter(node.id)} />
        <Act name="unpack" icon="unpack" onClick={() => unpackChosen({ store })} />
        <Act name="keep" icon="keep" onClick={() => keepGroup(store, node.id)} />
      </div>
    </div>
  );
}

interface ActProps {
  /** Key of the label under `ui.group`, and test id. */
  name: "open" | "unpack" | "keep";
  icon: IconName;
  onClick: () => void;
}

function Act({ name, icon, onClick }: ActProps): ReactElement {
  const t = useT();
  return (
    <button
      type="button"
      className="bm-button"
      title={t(`ui.group.${name}_help`)}
      data-testid={`blockml-group-${name}`}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span>{t(`ui.group.${name}`)}</span>
    </button>
  );
}
