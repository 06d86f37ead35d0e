/** Whether the kernel is there: as JupyterLab and Notebook know it, whose widget manager has the kernel. */

import type { AnyModel } from "@anywidget/types";
import type { Traits } from "../model";

/** `away` may come back with everything; `gone` is a kernel that knows nothing of this canvas any more. */
export type Presence = "here" | "away" | "gone";

interface Signal {
  connect(slot: () => void): unknown;
  disconnect(slot: () => void): unknown;
}

/** What is used of a kernel connection of JupyterLab. */
interface Connection {
  status?: string;
  connectionStatus?: string;
  isDisposed?: boolean;
  statusChanged?: Signal;
  connectionStatusChanged?: Signal;
}

const LOST = ["restarting", "autorestarting", "dead", "terminating"];

/** Watch the kernel of a model; other hosts tell nothing, and there it counts as present. */
export function watchPresence(model: AnyModel<Traits>, changed: (presence: Presence) => void): () => void {
  const manager = model.widget_manager as { kernel?: Connection | null } | undefined;
  const kernel = manager?.kernel;
  let told: Presence = "here";
  const look = (): void => {
    if (told === "gone") return;
    const lost = kernel?.isDisposed || LOST.includes(kernel?.status ?? "");
    const next = lost ? "gone" : (kernel?.connectionStatus ?? "connected") === "connected" ? "here" : "away";
    if (next === told) return;
    told = next;
    changed(next);
  };
  const signals = [kernel?.statusChanged, kernel?.connectionStatusChanged];
  for (const signal of signals) signal?.connect(look);
  look();
  return () => {
    for (const signal of signals) signal?.disconnect(look);
  };
}
