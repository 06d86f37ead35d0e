/** The whole widget: bars above and below, palette, canvas and panel between. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  useEffect,
  useRef,
  useState,
} from "react";
import { StoreProvider, useActions, useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { Icon } from "../icons";
import { KeepLine } from "../keep/KeepLine";
import { recall, remember } from "../keep/memory";
import { SidePanel } from "../panels/SidePanel";
import { Part, usePartsSoon } from "../parts";
import type { PartName } from "../parts/fetch";
import type { Store } from "../store";
import type { Ask } from "./ask";
import { BottomBar } from "./BottomBar";
import { Boundary } from "./Boundary";
import { Canvas, HELD } from "./Canvas";
import { createDesk, DeskContext, useDesk, useDeskStore } from "./desk";
import { createDragStore, DragContext, type DragStore } from "./drag";
import { focusCard } from "./focus";
import { type Drawer, press } from "./keys";
import { Narrator } from "./Narrator";
import { OutlineButton, useOutline } from "./OutlineButton";
import { Palette } from "./Palette";
import { TopBar } from "./TopBar";
import { Tour } from "./Tour";
import { useTheme } from "./useTheme";
import { roomAround } from "./viewRoom";

/** Widths, in pixels, under which the panel is a drawer and the palette a button. */
const MEDIUM = 900;
const NARROW = 640;

/** Heights of the canvas that a hand can drag it to, the one it starts with, and what stays free around that one. */
const HEIGHTS = { least: 420, first: 620, most: 1200, around: 24 };

/** The same for the width of the panel, and what stays beside it for the palette and the canvas. */
const WIDTHS = { least: 280, first: 320, most: 800, beside: 470 };

/** The width of the panel that was chosen last, within its limits; everything else is the first one. */
function chosenWidth(): number {
  const kept = Number(recall("panel"));
  return kept >= WIDTHS.least && kept <= WIDTHS.most ? kept : WIDTHS.first;
}

/** Parts that most people need in their first minutes. */
const SOON: readonly PartName[] = ["finder", "toolbox", "clip", "train", "code", "data", "ask"];

/** The widget for one view. */
export function App({ store }: { store: Store }): ReactElement {
  const [drags] = useState(createDragStore);
  const [desk] = useState(createDesk);
  return (
    <StoreProvider store={store}>
      <DragContext.Provider value={drags}>
        <DeskContext.Provider value={desk}>
          <Boundary>
            <ReactFlowProvider>
              <Frame drags={drags} />
            </ReactFlowProvider>
          </Boundary>
        </DeskContext.Provider>
      </DragContext.Provider>
    </StoreProvider>
  );
}

function Frame({ drags }: { drags: DragStore }): ReactElement {
  const t = useT();
  const theme = useTheme();
  const store = useCanvasStore();
  const desk = useDeskStore();
  const flow = useReactFlow();
  const language = useLanguage();
  const called = useCanvas((canvas) => canvas.called);
  const root = useRef<HTMLDivElement>(null);
  const { size, height, setHeight } = useRoom(root);
  const [width, setWidth] = useState(chosenWidth);
  const [drawer, setDrawer] = useState<Drawer>(null);
  const [ask, setAsk] = useState<Ask | null>(null);
  const { outline, turn } = useOutline(root);
  const isFirst = useRef(true);
  usePartsSoon(SOON);

  // On a narrow page whatever calls for the panel (Run, a tab, the code) opens it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the call for the panel that opens it
  useEffect(() => {
    if (!isFirst.current) setDrawer("panel");
    isFirst.current = false;
  }, [called]);

  const help = useDesk((state) => state.help);
  const closeHelp = (): void => {
    desk.setState({ help: false });
    root.current?.querySelector<HTMLElement>(".bm-canvas")?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const view = { store, desk, flow, openDrawer: setDrawer, ask: setAsk, turn };
    if (root.current) press(event.nativeEvent, { ...view, root: root.current });
    // JupyterLab would take the keys for the notebook. Those that are held while a card is pressed React Flow listens
    // for at the window.
    if (!HELD.includes(event.key)) event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts of the whole widget
    <div
      ref={root}
      className="blockml"
      data-testid="blockml-canvas"
      data-theme={theme}
      data-size={size}
      data-drawer={drawer ?? ""}
      data-lm-suppress-shortcuts="true"
      data-jp-suppress-context-menu="true"
      lang={language}
      // Sheets that hang from the bar end above the lower one.
      style={{ height, "--bm-sheet": `${height - 100}px`, "--bm-side": `${width}px` } as CSSProperties}
      onKeyDown={onKeyDown}
      // Notebook 7 hears keys before the page does, and leaves alone only what says so itself.
      onFocus={({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true")}
      onContextMenu={(event) => event.stopPropagation()}
    >
      <TopBar
        view={<OutlineButton outline={outline} turn={turn} />}
        start={size === "narrow" ? <Toggle name="palette" drawer={drawer} set={setDrawer} /> : null}
        end={
          <>
            <FullWindow root={root} />
            {size === "wide" ? null : <Toggle name="panel" drawer={drawer} set={setDrawer} />}
          </>
        }
      />
      <KeepLine />
      <div className="bm-middle">
        <Palette />
        <section className="bm-stage" aria-label={t("ui.canvas.title")}>
          <Boundary>{outline ? <Part name="outline" ask={setAsk} /> : <Canvas />}</Boundary>
          {ask ? (
            <Part
              name="ask"
              ask={ask}
              close={(id: string | null) => {
                setAsk(null);
                if (root.current) focusCard(root.current, flow, id ?? "");
              }}
            />
          ) : null}
        </section>
        <SidePanel
          edge={
            <Edge
              side="left"
              label={t("ui.panel.width")}
              limits={WIDTHS}
              value={width}
              set={(wish) => {
                const room = (root.current?.clientWidth ?? 0) - (size === "wide" ? WIDTHS.beside : 0);
                const next = Math.max(WIDTHS.least, Math.min(wish, room));
                remember("panel", String(next));
                setWidth(next);
              }}
            />
          }
        />
      </div>
      <BottomBar />
      <Notice />
      <Narrator root={root} />
      <Tour root={root} />
      <Ghost drags={drags} />
      {help ? <Part name="keys" close={closeHelp} /> : null}
      <Edge side="bottom" label={t("ui.canvas.height")} limits={HEIGHTS} value={height} set={setHeight} />
    </div>
  );
}

type Size = "wide" | "medium" | "narrow";

interface Room {
  size: Size;
  height: number;
  setHeight: (height: number) => void;
}

/** How wide the widget is, and how high: what the page shows at once when it comes, and then as it is dragged. */
function useRoom(root: React.RefObject<HTMLDivElement | null>): Room {
  const [size, setSize] = useState<Size>("wide");
  const [height, setHeight] = useState(HEIGHTS.first);
  useEffect(() => {
    const widget = root.current;
    if (!widget || typeof ResizeObserver === "undefined") return;
    let isFitted = false;
    const observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? MEDIUM;
      setSize(width >= MEDIUM ? "wide" : width >= NARROW ? "medium" : "narrow");
      // Some pages draw it before it has a place in them.
      if (isFitted || width === 0) return;
      isFitted = true;
      const room = roomAround(widget) - HEIGHTS.around;
      setHeight(Math.max(HEIGHTS.least, Math.min(HEIGHTS.first, room)));
    });
    observer.observe(widget);
    return () => observer.disconnect();
  }, [root]);
  return { size, height, setHeight };
}

interface ToggleProps {
  name: "palette" | "panel";
  drawer: Drawer;
  set: (drawer: Drawer) => void;
}

/** Opens what has no room of its own on a narrow page. */
function Toggle({ name, drawer, set }: ToggleProps): ReactElement {
  const t = useT();
  const open = drawer === name;
  return (
    <button
      type="button"
      className="bm-tool"
      title={t(`ui.canvas.${name}`)}
      aria-label={t(`ui.canvas.${name}`)}
      aria-expanded={open}
      data-testid={`blockml-toggle-${name}`}
      onClick={() => set(open ? null : name)}
    >
      <Icon name={name} />
    </button>
  );
}

/** Shows the widget on the whole screen, and back. */
function FullWindow({ root }: { root: React.RefObject<HTMLDivElement | null> }): ReactElement {
  const t = useT();
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = (): void => setFull(document.fullscreenElement === root.current);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, [root]);
  const press = (): void => {
    void (full ? document.exitFullscreen() : root.current?.requestFullscreen());
  };
  const label = t(full ? "ui.canvas.leave_full" : "ui.canvas.full");
  return (
    <button type="button" className="bm-tool" title={label} aria-label={label} onClick={press}>
      <Icon name={full ? "shrink" : "expand"} size={16} />
    </button>
  );
}

/** A sentence for the person; an error stays until it is put away, a mere remark until the next press. */
export function Notice(): ReactElement {
  const t = useT();
  const notice = useCanvas((canvas) => canvas.notice);
  const { notify } = useActions();
  useEffect(() => {
    if (notice?.kind !== "info") return;
    // What can be pressed stays as long as it takes to read it and decide.
    const timer = setTimeout(() => notify(null), notice.action ? 10_000 : 4000);
    const next = (): void => notify(null);
    if (!notice.action) document.addEventListener("pointerdown", next, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerdown", next, true);
    };
  }, [notice, notify]);
  return (
    <div className="bm-notice-place" role="status" aria-live="polite">
      {notice ? (
        <div className={`bm-notice bm-notice-${notice.kind}`}>
          <span>{notice.text}</span>
          {notice.action ? (
            <button type="button" className="bm-notice-action" onClick={notice.action.run}>
              {notice.action.text}
            </button>
          ) : null}
          <button type="button" aria-label={t("ui.canvas.close")} onClick={() => notify(null)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ) : null}
    </div>
  );
}

/** The block that hangs on the pointer while it is dragged from the palette. */
function Ghost({ drags }: { drags: DragStore }): ReactElement {
  const [drag, setDrag] = useState(drags.getState().drag);
  useEffect(() => drags.subscribe((state) => setDrag(state.drag)), [drags]);
  const place = useRef<HTMLDivElement>(null);
  // Not fixed to the window: a page around that moves its parts by CSS would move the block away.
  const { left = 0, top = 0 } = place.current?.getBoundingClientRect() ?? {};
  const at = drag && `translate(${drag.x - left}px, ${drag.y - top}px)`;
  return (
    <div ref={place} className="bm-ghost-place" aria-hidden="true">
      {drag && at ? (
        <div className="bm-ghost" style={{ transform: at }}>
          {drag.entry.name}
        </div>
      ) : null}
    </div>
  );
}

interface EdgeProps {
  side: "left" | "bottom";
  label: string;
  limits: { least: number; most: number };
  value: number;
  set: (value: number) => void;
}

/** An edge with which a hand or the arrow keys change the size of what it belongs to. */
function Edge({ side, label, limits, value, set }: EdgeProps): ReactElement {
  const clamp = (wish: number): void => set(Math.max(limits.least, Math.min(limits.most, wish)));
  const isLeft = side === "left";
  // On a smaller page the panel is not as wide as was wished.
  const now = (grip: HTMLElement): number => (isLeft && grip.parentElement?.offsetWidth) || value;
  const start = (event: PointerEvent<HTMLElement>): void => {
    const from = event.nativeEvent;
    const grip = event.currentTarget;
    const first = now(grip);
    grip.setPointerCapture(event.pointerId);
    const move = ({ clientX, clientY }: globalThis.PointerEvent): void =>
      clamp(first + (isLeft ? from.clientX - clientX : clientY - from.clientY));
    const end = (): void => grip.removeEventListener("pointermove", move);
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", end, { once: true });
    grip.addEventListener("pointercancel", end, { once: true });
  };
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const steps: Record<string, number> = isLeft
      ? { ArrowLeft: 20, ArrowRight: -20 }
      : { ArrowUp: -20, ArrowDown: 20 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    clamp(now(event.currentTarget) + step);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule that is moved has no element of its own
    <div
      className={`bm-edge bm-edge-${side}`}
      role="separator"
      tabIndex={0}
      aria-orientation={isLeft ? "vertical" : "horizontal"}
      aria-label={label}
      aria-valuemin={limits.least}
      aria-valuemax={limits.most}
      aria-valuenow={value}
      onPointerDown={start}
      onKeyDown={press}
    />
  );
}
