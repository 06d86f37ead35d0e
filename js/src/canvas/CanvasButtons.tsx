/** Buttons beside those of the zoom. */

import { ControlButton } from "@xyflow/react";
import type { ReactElement } from "react";
import { useT } from "../context";
import { Icon, type IconName } from "../icons";
import { useDesk, useDeskStore } from "./desk";

interface Props {
  /** Whether the small map shows. */
  map: boolean;
  /** Put a note down. */
  note: () => void;
}

export function CanvasButtons({ map, note }: Props): ReactElement {
  const desk = useDeskStore();
  const boxing = useDesk((state) => state.boxing);
  return (
    <>
      <Button name="select" pressed={boxing} onClick={() => desk.setState({ boxing: !boxing })} />
      <Button name="map" pressed={map} onClick={() => desk.setState({ map: !map })} />
      <Button name="note" onClick={note} />
      <Button name="keys" onClick={() => desk.setState({ help: true })} />
    </>
  );
}

interface ButtonProps {
  /** Icon, key of the label under `ui.edit.buttons`, and test id. */
  name: Extract<IconName, "select" | "map" | "note" | "keys">;
  pressed?: boolean;
  onClick: () => void;
}

function Button({ name, pressed, onClick }: ButtonProps): ReactElement {
  const t = useT();
  const label = t(`ui.edit.buttons.${name}`);
  return (
    <ControlButton
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      data-testid={`blockml-${name}`}
      onClick={onClick}
    >
      <Icon name={name} />
    </ControlButton>
  );
}
