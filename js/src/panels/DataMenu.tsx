/** The chip of the data: what the network learns from, and the sheet to choose and look at it. */

import type { ReactElement } from "react";
import { useCanvas, useLanguage, useT } from "../context";
import { factsOf } from "../data";
import { shape } from "../format";
import { Icon } from "../icons";
import { Part } from "../parts";
import { Menu } from "./Menu";

/** The chip and its sheet. */
export function DataMenu(): ReactElement {
  const t = useT();
  const language = useLanguage();
  const entries = useCanvas((canvas) => canvas.catalogue.data);
  const data = useCanvas((canvas) => canvas.document.data);
  // The sheet may be closed meanwhile.
  const reading = useCanvas((canvas) => (canvas.jobs.read?.going ? String(canvas.jobs.read.asked) : null));
  const facts = factsOf(data, entries, language);
  const title = facts?.title ?? data.name;
  return (
    <div className="bm-data-menu">
      <Menu
        name={t("ui.data.menu", { data: title })}
        testid="blockml-data"
        className={facts ? "bm-data-chip" : "bm-data-chip bm-data-chip-wrong"}
        label={
          <>
            <Icon name={facts ? "data" : "warning"} size={14} />
            <span className="bm-data-name">{title}</span>
            <span className="bm-data-facts">
              {reading !== null
                ? t("ui.task.read", { subject: reading })
                : facts
                  ? [shape(facts.shape), t("ui.data.classes", { count: facts.classes.length })].join(" · ")
                  : t("ui.data.unknown")}
            </span>
          </>
        }
      >
        {() => <Part name="data" />}
      </Menu>
    </div>
  );
}
