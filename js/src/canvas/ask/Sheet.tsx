/** A sheet over the canvas: Escape, a press elsewhere and the button close it. */

import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { useT } from "../../context";
import { Icon } from "../../icons";

interface Props {
  title: string;
  testid: string;
  onClose: () => void;
  children: ReactNode;
}

export function Sheet({ title, testid, onClose, children }: Props): ReactElement {
  const t = useT();
  const root = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!event.composedPath().includes(root.current as EventTarget)) close.current();
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, []);
  return (
    <div
      ref={root}
      className="bm-ask"
      role="dialog"
      aria-label={title}
      data-testid={testid}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <header className="bm-ask-head">
        <h2>{title}</h2>
        <button type="button" className="bm-tool" aria-label={t("ui.canvas.close")} onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </header>
      {children}
    </div>
  );
}
