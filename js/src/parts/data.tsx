/** The sheet of the data: what there is to learn from, and a look at what was chosen. */

import type { ReactElement } from "react";
import { ChosenData } from "../panels/data/ChosenData";
import { NamedSets } from "../panels/data/NamedSets";
import { OwnPictures } from "../panels/data/OwnPictures";

export default function DataSheet(): ReactElement {
  return (
    <div className="bm-data-sheet">
      <div className="bm-data-choose">
        <NamedSets />
        <OwnPictures />
      </div>
      <ChosenData />
    </div>
  );
}
