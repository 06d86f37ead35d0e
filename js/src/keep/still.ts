/** Keeps the picture beside the canvas up to date where the kernel cannot: in a page that was loaded again. */

import type { Store } from "../store";

/** The event with which the page hands JupyterLab the picture; whoever can use it prevents the default. */
const PICTURE = "blockml:picture";

/** How long, in milliseconds, the picture waits for further changes: it is for the notebook, not for now. */
const PAUSE = 2500;

/** Hand the picture over after each change, as long as a view is there. */
export function keepPicture(store: Store, view: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const offer = (detail: string): boolean =>
    !view.dispatchEvent(new CustomEvent(PICTURE, { bubbles: true, cancelable: true, detail }));
  const draw = (): void => {
    timer = undefined;
    const { request, presence } = store.getState();
    if (presence !== "here" || !offer("")) return;
    // A picture that does not come is no loss: the notebook has the one before.
    request("picture").then(
      ({ svg }) => offer(svg),
      () => undefined,
    );
  };
  const stop = store.subscribe((now, before) => {
    const isOther = now.analysis !== before.analysis || now.run.status !== before.run.status;
    if (isOther) timer ??= setTimeout(draw, PAUSE);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
