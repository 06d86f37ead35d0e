/** Own pictures from the computer of the person: found in what was dropped or chosen, and sent as one zip. */

import type { AnswerOf } from "../model";
import type { Diagnostic, JsonValue } from "../protocol";
import { packed } from "./zip";

/** Pictures with the folders they lie in, or a zip that holds them already. */
export interface Bundle {
  name: string;
  content: Blob;
}

type Ask = (
  name: "bring",
  payload: Record<string, JsonValue>,
  buffers: ArrayBuffer[],
) => Promise<AnswerOf<"bring">>;

/** Bytes of one piece: servers take messages of some megabytes. */
const PIECE = 2 * 1024 * 1024;

/** Most files that are looked at. */
const MOST = 50_000;

/** Also photos that the kernel cannot read: it says so of each, and nobody misses them without a word. */
const PICTURE = /\.(png|jpe?g|webp|gif|bmp|tiff?|heic|heif)$/i;

/** Send a bundle piece by piece; gives the path under which it lies beside the notebook. */
export async function send(
  ask: Ask,
  { name, content }: Bundle,
  tell: (done: number, total: number) => void,
): Promise<string> {
  for (let start = 0; ; start += PIECE) {
    const piece = content.slice(start, start + PIECE);
    const last = start + piece.size >= content.size;
    tell(start, content.size);
    const { path } = await ask("bring", { name, start, last }, [await piece.arrayBuffer()]);
    if (last) return path;
  }
}

/** What files of a chooser hold: one zip, or the pictures of a folder. */
export async function chosen(files: FileList | null): Promise<Bundle> {
  const list = [...(files ?? [])];
  return bundle(list.map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** What was dropped: one zip, a folder of class folders, or the class folders themselves. */
export async function dropped(data: DataTransfer): Promise<Bundle> {
  // The list is empty again as soon as the event has passed.
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, found);
  return bundle(found);
}

interface Found {
  path: string;
  file: File;
}

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (found.length >= MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return;
    for (const each of some) await walk(each, found);
  }
}

async function bundle(found: readonly Found[]): Promise<Bundle> {
  const [first] = found;
  if (found.length === 1 && first && /\.zip$/i.test(first.file.name))
    return { name: first.file.name.replace(/\.zip$/i, ""), content: first.file };
  const pictures = found.filter(({ path }) => PICTURE.test(path) && !/(^|\/)\./.test(path));
  // The folder right around a picture names its class.
  const classes = new Set(pictures.map(({ path }) => path.split("/").at(-2)));
  if (pictures.length === 0 || classes.size < 2 || classes.has(undefined)) throw noClasses();
  const tops = new Set(pictures.map(({ path }) => path.split("/")[0]));
  const name = tops.size === 1 ? [...tops].join() : "pictures";
  return { name, content: await packed(pictures) };
}

function noClasses(): Diagnostic {
  const none = { node: null, port: null, param: null, fixes: [] };
  return { code: "bring-no-classes", severity: "error", values: {}, ...none };
}
