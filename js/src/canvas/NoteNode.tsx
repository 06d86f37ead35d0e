/** A note on the canvas: plain text that is edited in place. */

import type { NodeProps } from "@xyflow/react";
import { memo, type ReactElement, useState } from "react";
import { useT } from "../context";
import { Part } from "../parts";
import type { Size } from "../parts/note";
import type { Note } from "../protocol";
import { useDesk, useDeskStore } from "./desk";

/** A note. Double-click or Enter edits it, Escape ends that. */
export const NoteNode = memo(function NoteNode({ data, selected }: NodeProps): ReactElement {
  const note = data.note as Note;
  const t = useT();
  const desk = useDeskStore();
  const writing = useDesk((state) => state.writing === note.id);
  const [size, setSize] = useState<Size | null>(null);
  const { width, height } = size ?? note;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the node around has the focus, and Enter does the same
    <div
      className={`bm-paper bm-paper-${note.color}${selected ? " bm-paper-selected" : ""}`}
      data-testid={`blockml-note-${note.id}`}
      style={{ width, height }}
      onDoubleClick={() => desk.setState({ writing: note.id })}
    >
      {writing ? null : <p className="bm-paper-text">{note.text || <i>{t("ui.edit.note_empty")}</i>}</p>}
      {writing || selected ? (
        <Part name="note" note={note} writing={writing} selected={selected} size={size} set={setSize} />
      ) : null}
    </div>
  );
});
