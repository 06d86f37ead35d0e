/** What part of a network is shown in the room there is. */

import type { Rect, Viewport } from "@xyflow/react";

/** Room, in pixels, that the path of open groups takes above. */
export const CRUMBS = 40;

/** Room, in pixels, that the buttons of the view take at the left. */
export const BUTTONS = 46;

/** Pixels around a network that is shown whole. */
const MARGIN = 28;

/** Smallest zoom at which a network is shown whole; under it the small print of its cards cannot be read. */
const READABLE = 0.87;

/** Zoom at which the beginning of a longer network is shown. */
const NEAR = 0.9;

/** How often a network is as long as the view, or as wide, from where on the small map helps. */
const FAR_BEYOND = 4;

interface Room {
  width: number;
  height: number;
}

/** The view of a network that has just come: the whole of it, or its beginning where it is too large to read. */
export function opened(bounds: Rect, room: Room, above: number): Viewport {
  const across = (room.width - BUTTONS - 2 * MARGIN) / bounds.width;
  const whole = Math.min(1, across, (room.height - above - 2 * MARGIN) / bounds.height);
  const isWhole = whole >= READABLE;
  const zoom = isWhole ? whole : Math.min(NEAR, Math.max(READABLE, across));
  const free = room.height - above - bounds.height * zoom;
  return {
    // In the middle, but not under the buttons.
    x: clear((room.width - bounds.width * zoom) / 2, bounds.width * zoom, room.width) - bounds.x * zoom,
    y: above + (isWhole ? free / 2 : MARGIN) - bounds.y * zoom,
    zoom,
  };
}

/** The view after the room became another: its middle stays in the middle, its upper edge where it is. */
export function resized(view: Viewport, bounds: Rect, from: number, to: number): Viewport {
  const { x, y, zoom } = view;
  const left = x + bounds.x * zoom;
  const moved = left + (to - from) / 2;
  // What stood beside the buttons does not end under them.
  const next = left < BUTTONS ? moved : clear(moved, bounds.width * zoom, to);
  return { x: next - bounds.x * zoom, y, zoom };
}

/** Whether so little of a network is seen that it shall have its small map at once. */
export function isFarBeyond(bounds: Rect, room: Room, zoom: number): boolean {
  return Math.max(bounds.width / room.width, bounds.height / room.height) * zoom > FAR_BEYOND;
}

/** The left edge of something so wide, moved out from under the buttons where there is room for it. */
function clear(left: number, width: number, room: number): number {
  return Math.max(left, Math.min(BUTTONS + MARGIN, room - width));
}

/** The height that the page around shows at once: of what scrolls there, or of the window. */
export function roomAround(widget: HTMLElement): number {
  const { style } = widget;
  const before = style.height;
  // What grows with what stands in it shows all of it, so it is no limit.
  style.height = "9999px";
  // The frame that an output has of its own in some pages grows with it, too.
  let room = window.parent === window ? window.innerHeight : Number.POSITIVE_INFINITY;
  for (let at: Node | null = widget; at; at = at.parentNode ?? (at as ShadowRoot).host)
    if (at instanceof HTMLElement && getComputedStyle(at).overflowY !== "visible")
      room = Math.min(room, at.clientHeight || room);
  style.height = before;
  return room;
}
