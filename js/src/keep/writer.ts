/** Who writes: several pages may change one canvas, and the kernel brings their changes together. */

import type { ExperimentState } from "../protocol";

/** A state of the document as it comes; older kernels do not say who wrote it. */
export type SharedState = Pick<ExperimentState, "revision" | "document"> & Partial<ExperimentState>;

/** This page, as a writer of the document. */
export interface Writer {
  /** What goes with a change, so that the kernel knows on what ground it was made. */
  sign(revision: number): Pick<ExperimentState, "writer" | "base">;
  /** Whether a state is to be taken over. One that lacks a change of this page is followed by another. */
  accepts(state: SharedState): boolean;
}

/** Make the writer of a page, which begins with a state of the kernel. */
export function createWriter(first: SharedState): Writer {
  const name = Math.random().toString(36).slice(2, 12);
  let base = first.revision;
  let sent = 0;
  return {
    sign: (revision) => {
      sent = revision;
      return { writer: name, base };
    },
    accepts: ({ revision, writer, seen }) => {
      // What another page said is on its way to the kernel, whose answer counts.
      if (writer) return false;
      if (seen && (seen[name] ?? 0) < sent) return false;
      base = revision;
      return true;
    },
  };
}
