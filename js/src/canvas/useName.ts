/** The name of the network as it is shown. */

import { useCanvas, useLanguage, useT } from "../context";
import { pick } from "../texts";

/** Names that an empty canvas has, with their keys under `ui.top.given`. */
const GIVEN: ReadonlyMap<string, "first" | "untitled"> = new Map([
  ["my first network", "first"],
  ["untitled", "untitled"],
]);

/** A name that no person chose follows the language; any other is as it is. */
export function useName(): string {
  const t = useT();
  const language = useLanguage();
  const name = useCanvas((canvas) => canvas.document.name);
  const title = useCanvas(
    (canvas) => canvas.catalogue.templates.find((each) => each.title.en === name)?.title,
  );
  const given = GIVEN.get(name);
  if (given) return t(`ui.top.given.${given}`);
  return title ? pick(title, language) : name;
}
