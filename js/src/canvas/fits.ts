/** Which blocks go with a loose end of a connection. */

import type { BlockEntry } from "../protocol";

/** A loose end: what flows there, or the block that waits for something. */
export type Loose =
  | { end: "source"; shape: readonly number[] | undefined }
  | { end: "target"; goal: BlockEntry | undefined };

/**
 * Whether a block, as it comes from the palette, can be connected to a loose end without an error there.
 *
 * What nobody knows speaks for the block: no shape has come yet, or the block does not say what it takes.
 */
export function fitsAt(entry: BlockEntry, loose: Loose): boolean {
  if (loose.end === "target") {
    if (entry.outputs.length === 0) return false;
    const wanted = loose.goal?.fits ?? [];
    if (entry.fits.length === 0 || wanted.length === 0) return true;
    return entry.fits.some(({ gives }) => wanted.some(({ takes }) => takes === gives));
  }
  if (entry.inputs.length === 0) return false;
  const { shape } = loose;
  if (entry.fits.length === 0 || shape === undefined) return true;
  const side = Math.min(...shape.slice(1), Number.POSITIVE_INFINITY);
  return entry.fits.some(({ takes, least }) => takes === shape.length && least <= side);
}
