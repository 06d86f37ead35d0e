/** The first screen: what this is, and three ways in. */

import type { ReactElement } from "react";
import css from "../../style/first.css";
import { useT } from "../context";
import { EmptyDoor } from "../first/EmptyDoor";
import { OwnDoor } from "../first/OwnDoor";
import { Starters } from "../first/Starters";

export { css };

export default function FirstScreen(): ReactElement {
  const t = useT();
  return (
    <section className="bm-first nowheel" aria-label={t("ui.start.title")} data-testid="blockml-first">
      <p className="bm-first-lead">{t("ui.start.what")}</p>
      <Starters />
      <div className="bm-first-doors">
        <EmptyDoor />
        <OwnDoor />
      </div>
    </section>
  );
}
