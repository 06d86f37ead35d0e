/** The guided first network: a ring around a control, and a bubble with a sentence. */

import { type ReactElement, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { learn, useLearned } from "../canvas/learned";
import { announce } from "../canvas/live";
import { useCanvasStore, useLanguage, useT } from "../context";
import { Icon } from "../icons";
import { release } from "./owner";
import { type Around, type Box, beside, type Point } from "./place";
import { COUNT, type Entry, entryAt, following, type Look, reached, type Sign, STEPS } from "./steps";

/** How often, in milliseconds, it is looked where things are and what was done. */
const LOOK = 150;

/** What is wrong, and what mends it: it is to be seen at every step. */
const PROBLEMS = '.bm-node-problem, .bm-canvas [data-testid="blockml-fix"]';

/** So many boxes of each kind, the nearest ones, are kept free. */
const MOST = 12;

/** What a bubble says, and where it points. */
interface Shown {
  text: string;
  values: Sign["values"];
  target: Box | null;
  around: Around;
}

const NOTHING: Shown = { text: "", values: undefined, target: null, around: { watched: [], rest: [] } };

interface Props {
  root: RefObject<HTMLElement | null>;
  /** Called when the tour is over or left. */
  leave: () => void;
}

export function Guide({ root, leave }: Props): ReactElement | null {
  const t = useT();
  const store = useCanvasStore();
  const language = useLanguage();
  const at = Math.min(
    useLearned((learned) => learned.step),
    STEPS.length - 1,
  );
  const [sign, setSign] = useState(NOTHING);
  const entry = useRef<{ step: number; entry: Entry } | null>(null);
  const shown = useRef<Element | null>(null);
  const step = STEPS[at];

  useEffect(() => {
    // Whoever is shown around has seen the first screen.
    store.getState().fold("start", false);
  }, [store]);

  useEffect(() => {
    const look = (): void => {
      const widget = root.current;
      if (!step || !widget) return;
      const now: Look = { canvas: store.getState(), root: widget };
      const back = reached(at, now.canvas);
      if (back !== at) {
        learn({ step: back });
        return;
      }
      if (entry.current?.step !== at) entry.current = { step: at, entry: entryAt(now) };
      const since = entry.current.entry;
      since.seen ||= step.sees?.(now) ?? false;
      if (step.done(now, since)) {
        learn({ step: at + 1 });
        return;
      }
      if (isCovered(now)) {
        setSign(NOTHING);
        return;
      }
      const { target, text, values } = step.sign(now);
      if (target !== shown.current) {
        shown.current = target;
        bring(target, now);
      }
      const box = target ? within(target.closest(".bm-pill") ?? target, widget) : null;
      const next = { text, values, target: box, around: aroundOf(target, box, widget) };
      setSign((old) => (same(old, next) ? old : next));
    };
    look();
    const timer = setInterval(look, LOOK);
    return () => clearInterval(timer);
  }, [at, root, step, store]);

  const sentence = sign.text === "" ? "" : t(`ui.tour.${sign.text}`, sign.values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another language is said anew, too
  useEffect(() => {
    if (sentence !== "") announce(`${title(t, at)} ${sentence}`, "tour");
  }, [sentence, at, language]);

  if (!step || sentence === "") return null;
  const end = (state: "later" | "done"): void => {
    learn({ tour: state });
    release();
    leave();
  };
  return (
    <div className="bm-tour">
      {sign.target ? (
        <i
          className="bm-tour-ring"
          style={{
            transform: `translate(${sign.target.x - 4}px, ${sign.target.y - 4}px)`,
            width: sign.target.width + 8,
            height: sign.target.height + 8,
          }}
        />
      ) : null}
      <Bubble target={sign.target} around={sign.around} root={root} key={at}>
        <h2>{title(t, at)}</h2>
        <p>{sentence}</p>
        <div className="bm-tour-actions">
          {at < COUNT ? (
            <>
              <button
                type="button"
                className="bm-link"
                data-testid="blockml-tour-later"
                onClick={() => end("later")}
              >
                {t("ui.tour.later")}
              </button>
              <span className="bm-tour-dots" aria-hidden="true">
                {STEPS.slice(0, COUNT).map((each, index) => (
                  <i key={each.name} data-done={index < at} data-now={index === at} />
                ))}
              </span>
              <button
                type="button"
                className={step.reads ? "bm-button bm-button-primary" : "bm-button"}
                data-testid={step.reads ? "blockml-tour-next" : "blockml-tour-skip"}
                onClick={() => learn({ step: following(at, store.getState()) })}
              >
                {t(step.reads ? "ui.tour.next" : "ui.tour.skip")}
              </button>
            </>
          ) : (
            <button
              type="button"
              className="bm-button bm-button-primary"
              data-testid="blockml-tour-done"
              onClick={() => end("done")}
            >
              <Icon name="check" size={14} />
              {t("ui.tour.done")}
            </button>
          )}
        </div>
      </Bubble>
    </div>
  );
}

function title(t: ReturnType<typeof useT>, at: number): string {
  return at < COUNT ? t("ui.tour.step", { step: at + 1, steps: COUNT }) : t("ui.tour.last");
}

interface BubbleProps {
  target: Box | null;
  around: Around;
  root: RefObject<HTMLElement | null>;
  children: ReactElement[];
}

/** The bubble, beside what it points at. It never takes the focus; Tab comes to it after the widget. */
function Bubble({ target, around, root, children }: BubbleProps): ReactElement {
  const t = useT();
  const bubble = useRef<HTMLElement>(null);
  const [at, setAt] = useState<Point | null>(null);
  const put = (): void => {
    const [own, room] = [bubble.current, root.current];
    if (!own || !room) return;
    const size = { width: own.offsetWidth, height: own.offsetHeight };
    const space = { width: room.clientWidth, height: room.clientHeight };
    // What is not laid out yet, or hidden just now, has no size to go by.
    if (Math.min(size.width, size.height, space.width, space.height) === 0) return;
    const place = target ?? { x: space.width / 2, y: space.height - 40, width: 0, height: 0 };
    const next = beside(place, size, space, around);
    if (at?.x !== next.x || at.y !== next.y) setAt(next);
  };
  const latest = useRef(put);
  latest.current = put;
  useLayoutEffect(put);
  // Its own size and that of the widget change also while the target stays: with another theme, or a drawn edge.
  useEffect(() => {
    const timer = setInterval(() => latest.current(), LOOK);
    return () => clearInterval(timer);
  }, []);
  return (
    <section
      ref={bubble}
      className="bm-tour-bubble"
      data-testid="blockml-tour"
      aria-label={t("ui.tour.title")}
      style={{ transform: `translate(${at?.x ?? 0}px, ${at?.y ?? 0}px)`, opacity: at ? 1 : 0 }}
    >
      {children}
    </section>
  );
}

/** Bring what a step points at into view. */
function bring(target: Element | null, { canvas, root }: Look): void {
  const node = target?.closest<HTMLElement>(".react-flow__node");
  const area = root.querySelector(".bm-canvas");
  if (!target || !area) return;
  if (!node) {
    // With room below: that is where the bubble goes, and what follows from a press.
    const inPanel = target.closest(".bm-panel-body") !== null;
    target.scrollIntoView({ block: inPanel ? "center" : "nearest", inline: "nearest" });
    return;
  }
  const [card, room] = [target.getBoundingClientRect(), area.getBoundingClientRect()];
  if (card.top >= room.top && card.bottom <= room.bottom) return;
  const id = node.querySelector('[data-testid^="blockml-node-"]')?.getAttribute("data-testid");
  if (id) canvas.jump([...canvas.scope, id.replace("blockml-node-", "")].join("/"));
}

/** Whether a sheet is open that the tour does not speak of: it would be in its way. */
function isCovered({ root }: Look): boolean {
  return [...root.querySelectorAll('[role="dialog"], dialog, .bm-finder')].some(
    (sheet) => !sheet.closest(".bm-data-menu"),
  );
}

function within(target: Element, root: HTMLElement): Box | null {
  const [box, room] = [target.getBoundingClientRect(), root.getBoundingClientRect()];
  if (box.width === 0 && box.height === 0) return null;
  return {
    x: Math.round(box.left - room.left - root.clientLeft),
    y: Math.round(box.top - room.top - root.clientTop),
    width: Math.round(box.width),
    height: Math.round(box.height),
  };
}

/** What the bubble leaves free: beside a card also its neighbours, and the sizes on the lines. */
function aroundOf(target: Element | null, box: Box | null, root: HTMLElement): Around {
  const area = root.querySelector(".bm-canvas");
  const clip = area ? within(area, root) : null;
  const near = (selector: string): Box[] => {
    const found: Box[] = [];
    for (const each of root.querySelectorAll(selector)) {
      const own = within(each, root);
      const seen = own && clip && each.closest(".bm-canvas") ? common(own, clip) : own;
      if (seen) found.push(seen);
    }
    const away = (one: Box): number => (box ? Math.hypot(one.x - box.x, one.y - box.y) : 0);
    return found.sort((one, other) => away(one) - away(other)).slice(0, MOST);
  };
  const bar = near(".bm-bottom");
  const card = target?.closest(".react-flow__node");
  if (!card) return { watched: [...bar, ...near(PROBLEMS)], rest: near(".bm-top, .bm-panel, .bm-palette") };
  const own = within(card, root);
  const watched = [...bar, ...near(`${PROBLEMS}, .bm-edge-shape`), ...(own ? [own] : [])];
  return { watched, rest: near(".react-flow__node, .bm-palette") };
}

/** What two boxes have in common. */
function common(one: Box, other: Box): Box | null {
  const [x, y] = [Math.max(one.x, other.x), Math.max(one.y, other.y)];
  const width = Math.min(one.x + one.width, other.x + other.width) - x;
  const height = Math.min(one.y + one.height, other.y + other.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function same(one: Shown, other: Shown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
