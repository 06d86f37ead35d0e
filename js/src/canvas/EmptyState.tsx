/** What an empty canvas says: how to begin, and three networks that work. */

import type { ReactElement } from "react";
import { familyColour } from "../families";
import { order } from "../order";
import type { Template } from "../protocol";
import { useCanvas, useT } from "../store";
import { pick } from "../texts";

/** Starters that are shown as pictures, the simplest ones; the others are named below. */
const CARDS = 3;

/** Height of a bar of a picture and of the gap below it, in pixels. */
const BAR = 6;
const GAP = 3;
const WIDTH = 56;

/** The invitation. Presses outside of the starters go to the canvas behind. */
export function EmptyState(): ReactElement {
  const t = useT();
  const language = useCanvas((canvas) => canvas.language);
  const templates = useCanvas((canvas) => canvas.catalogue.templates);
  const editWhole = useCanvas((canvas) => canvas.editWhole);
  // One change, so that one undo brings the empty canvas back; the name stays the person's.
  const begin = (template: Template): void =>
    editWhole((document) => ({ ...template.experiment, name: document.name }));
  return (
    <div className="bm-start">
      <p className="bm-start-lead">{t("ui.start.lead")}</p>
      <p>{t("ui.start.or")}</p>
      <ul className="bm-start-list">
        {templates.slice(0, CARDS).map((template) => (
          <li key={template.name}>
            <button
              type="button"
              className="bm-start-card nodrag nopan"
              data-testid={`blockml-template-${template.name}`}
              onClick={() => begin(template)}
            >
              <Picture template={template} />
              <strong>{pick(template.title, language)}</strong>
              <span>{pick(template.summary, language)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="bm-start-more">
        <span>{t("ui.start.more")}</span>
        {templates.slice(CARDS).map((template) => (
          <button
            key={template.name}
            type="button"
            className="bm-start-small nodrag nopan"
            data-testid={`blockml-template-${template.name}`}
            title={pick(template.summary, language)}
            onClick={() => begin(template)}
          >
            {pick(template.title, language)}
          </button>
        ))}
      </p>
    </div>
  );
}

/** A network as a stack of bars in the colours of the families. */
function Picture({ template }: { template: Template }): ReactElement {
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const { graph } = template.experiment;
  const rows = order(graph).map((id) => {
    const node = graph.nodes.find((each) => each.id === id);
    return { id, family: blocks.find((entry) => entry.name === node?.block)?.family };
  });
  const height = rows.length * (BAR + GAP) - GAP;
  return (
    <svg
      className="bm-start-picture"
      width={WIDTH}
      height={height}
      viewBox={`0 0 ${WIDTH} ${height}`}
      aria-hidden="true"
    >
      <path d={`M${WIDTH / 2} 0V${height}`} />
      {rows.map(({ id, family }, index) => (
        <rect
          key={id}
          style={familyColour(family)}
          y={index * (BAR + GAP)}
          width={WIDTH}
          height={BAR}
          rx={BAR / 2}
        />
      ))}
    </svg>
  );
}
