/** A sheet to draw on, with mouse, pen, finger or the arrow keys. */

import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { useCanvasStore, useT } from "../../context";
import { drawn, KNOWN, type Point, paint, SIDE } from "./strokes";
import { tried } from "./tried";

interface Props {
  /** Takes the drawing as a picture. */
  read: (file: File) => void;
  /** Names of the classes; where they are digits, somebody else can draw one. */
  classes: readonly string[];
}

/** Pause, in milliseconds, after a stroke before the drawing is read: a digit may have a second one. */
const PAUSE = 350;

/** How far an arrow key moves the pen, and with Shift, as a share of the side. */
const STEP = 0.05;
const SMALL = 0.0125;

const ARROWS: Record<string, Point | undefined> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

export function DrawPad({ read, classes }: Props): ReactElement {
  const t = useT();
  const sheet = useRef<HTMLCanvasElement>(null);
  const store = useCanvasStore();
  const [strokes, setStrokes] = useState(() => tried(store).strokes);
  const first = useRef(strokes);
  const going = useRef<Point[] | null>(null);
  const [pen, setPen] = useState<{ at: Point; down: boolean } | null>(null);
  const digits = classes.filter((name) => KNOWN.includes(name));

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new drawing is read, not a new reader
  useEffect(() => {
    const context = sheet.current?.getContext("2d");
    if (!context) return;
    paint(context, strokes);
    tried(store).strokes = strokes;
    // A drawing that was here before was read then, and perhaps another picture since.
    if (strokes === first.current) return;
    if (strokes.length === 0 || pen?.down || going.current) return;
    const timer = setTimeout(() => {
      sheet.current?.toBlob((blob) => {
        if (blob) read(new File([blob], t("ui.draw.name"), { type: "image/png" }));
      });
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [strokes, pen?.down]);

  const point = (event: PointerEvent<HTMLCanvasElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const grow = (at: Point, fresh: boolean): void => {
    going.current = fresh || !going.current ? [at] : [...going.current, at];
    const now = going.current;
    setStrokes((old) => (fresh ? [...old, now] : [...old.slice(0, -1), now]));
  };
  const end = (): void => {
    if (!going.current) return;
    going.current = null;
    setStrokes((old) => [...old]);
  };
  const clear = (): void => {
    going.current = null;
    setStrokes([]);
    setPen((now) => now && { ...now, down: false });
  };
  const press = (event: KeyboardEvent): void => {
    const at = pen?.at ?? [0.5, 0.2];
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? SMALL : STEP;
      const next: Point = [inside(at[0] + arrow[0] * step), inside(at[1] + arrow[1] * step)];
      setPen({ at: next, down: pen?.down ?? false });
      if (pen?.down) grow(next, false);
    } else if (event.key === " ") {
      const down = !pen?.down;
      setPen({ at, down });
      if (down) grow(at, true);
      else end();
    } else if (event.key === "Backspace" || event.key === "Delete") clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="bm-draw">
      <div className="bm-draw-sheet">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: arrow keys move the pen in it */}
        <canvas
          ref={sheet}
          width={SIDE}
          height={SIDE}
          data-testid="blockml-test-draw"
          role="application"
          tabIndex={0}
          aria-label={t("ui.draw.sheet")}
          title={t("ui.draw.keys")}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setPen(null);
            grow(point(event), true);
          }}
          onPointerMove={(event) => {
            if (going.current && event.buttons !== 0) grow(point(event), false);
          }}
          onPointerUp={end}
          onPointerCancel={end}
          onKeyDown={press}
          onBlur={() => {
            end();
            setPen(null);
          }}
        />
        {strokes.length === 0 && !pen ? <span aria-hidden="true">{t("ui.draw.here")}</span> : null}
        {pen ? (
          <i
            data-down={pen.down}
            style={{ left: `${pen.at[0] * 100}%`, top: `${pen.at[1] * 100}%` }}
            aria-hidden="true"
          />
        ) : null}
      </div>
      <div className="bm-draw-tools">
        <button type="button" className="bm-button" data-testid="blockml-draw-clear" onClick={clear}>
          {t("ui.draw.clear")}
        </button>
        {digits.length > 0 ? (
          <button
            type="button"
            className="bm-button"
            data-testid="blockml-draw-example"
            onClick={() => {
              const name = digits[Math.floor(Math.random() * digits.length)] ?? "";
              going.current = null;
              setStrokes(drawn(name) ?? []);
            }}
          >
            {t("ui.draw.example")}
          </button>
        ) : null}
        <p className="bm-draw-keys">{t("ui.draw.keys")}</p>
      </div>
    </div>
  );
}

function inside(value: number): number {
  return Math.max(0.04, Math.min(0.96, value));
}
