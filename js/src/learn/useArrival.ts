import { type RefObject, useEffect } from "react";

/** A page that opens begins at its top; where the link that led to it is gone, the page has the focus. */
export function useArrival(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const panel = page.current?.closest(".bm-panel-body");
    if (panel) panel.scrollTop = 0;
    if (document.activeElement === document.body) page.current?.focus({ preventScroll: true });
  }, [page]);
}
