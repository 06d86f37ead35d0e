/** A button that opens a small sheet below it. */

import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { inFocus } from "../canvas/focus";

interface Props {
  /** What stands on the button. */
  label: ReactNode;
  /** Name of button and sheet for a screen reader. */
  name: string;
  className?: string;
  title?: string;
  testid?: string;
  onOpen?: () => void;
  /** What stands on the sheet; `close` closes it. */
  children: (close: () => void) => ReactNode;
}

/** A menu. It closes by Escape, by a press elsewhere, and when the focus leaves it. */
export function Menu(props: Props): ReactElement {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  const close = useCallback((): void => {
    setOpen(false);
    button.current?.focus();
  }, []);
  useEffect(() => {
    if (!open) return;
    const sheet = root.current?.querySelector<HTMLElement>(".bm-menu-sheet");
    (focusable(sheet)[0] ?? sheet)?.focus();
    const outside = (event: Event): void => {
      if (!event.composedPath().includes(root.current as EventTarget)) setOpen(false);
    };
    // A button that was pressed and does nothing for now has lost the focus, and with it the keys.
    const lost = (event: globalThis.KeyboardEvent): void => {
      if (event.key === "Escape" && document.activeElement === document.body) close();
    };
    // In the capture phase: the canvas keeps some presses to itself.
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("keydown", lost);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("keydown", lost);
    };
  }, [open, close]);

  const press = (event: KeyboardEvent): void => {
    if (!open) return;
    event.stopPropagation();
    if (event.key === "Escape") close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const items = focusable(root.current?.querySelector(".bm-menu-sheet"));
    const now = items.indexOf(inFocus() as HTMLElement);
    items[(now + step + items.length) % items.length]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and focus of the button and the sheet inside
    <div
      ref={root}
      className="bm-menu"
      onKeyDown={press}
      onBlur={(event) => {
        if (open && event.relatedTarget && !root.current?.contains(event.relatedTarget as Node))
          setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        className={props.className ?? "bm-button"}
        title={props.title}
        aria-label={props.name}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        data-testid={props.testid}
        onClick={() => {
          if (!open) props.onOpen?.();
          setOpen(!open);
        }}
      >
        {props.label}
      </button>
      {open ? (
        <div id={id} className="bm-menu-sheet nowheel" role="dialog" aria-label={props.name} tabIndex={-1}>
          {props.children(close)}
        </div>
      ) : null}
    </div>
  );
}

function focusable(element: Element | null | undefined): HTMLElement[] {
  const found = element?.querySelectorAll<HTMLElement>(
    "button:not(:disabled), input:not(:disabled), [tabindex='0']",
  );
  // What is folded away takes no focus. Where nothing is laid out, all counts as seen.
  return [...(found ?? [])].filter((each) => each.checkVisibility?.() !== false);
}
