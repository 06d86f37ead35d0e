/** The Learn tab: the page of the block that is selected, or of any other. */

import type { ReactElement } from "react";
import { useCanvas } from "../context";
import { nodeOf } from "../document";
import { BlockPage } from "../learn/BlockPage";
import { PageList } from "../learn/PageList";
import css from "./learn.css";

export { css };

/** The page that is open, or the list of all. */
export default function Learn(): ReactElement {
  const node = useCanvas((canvas) =>
    canvas.selection.length === 1 ? nodeOf(canvas.view.graph, canvas.selection[0]) : undefined,
  );
  const reading = useCanvas((canvas) => canvas.reading);
  const block = reading ?? node?.block ?? "";
  return block ? (
    <BlockPage key={block} block={block} node={node?.block === block ? node : null} />
  ) : (
    <PageList />
  );
}
