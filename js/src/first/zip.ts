/** Files as a zip, not made smaller: pictures are that already. */

/** Widths of the fields of the two headers that each file has, in bytes; see APPNOTE 4.3.7 and 4.3.12. */
const LOCAL = [4, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2] as const;
const CENTRAL = [4, 2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4] as const;
const END = [4, 2, 2, 2, 2, 4, 4, 2] as const;

const VERSION = 20;
/** Names are UTF-8. */
const UTF8 = 0x800;
/** The first of January 1980, the earliest day that a zip knows. */
const DAY = 0x21;

/** Put fewer than 65,536 files into a zip. */
export async function packed(files: readonly { path: string; file: Blob }[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const list: BlobPart[] = [];
  let [at, listed] = [0, 0];
  for (const { path, file } of files) {
    const name = new TextEncoder().encode(path);
    const sum = crc(new Uint8Array(await file.arrayBuffer()));
    const common = [VERSION, UTF8, 0, 0, DAY, sum, file.size, file.size, name.length, 0];
    const local = fields(LOCAL, [0x04034b50, ...common]);
    const central = fields(CENTRAL, [0x02014b50, VERSION, ...common, 0, 0, 0, 0, at]);
    parts.push(local, name, file);
    list.push(central, name);
    at += local.length + name.length + file.size;
    listed += central.length + name.length;
  }
  const count = files.length;
  return new Blob([...parts, ...list, fields(END, [0x06054b50, 0, 0, count, count, listed, at, 0])]);
}

function fields(widths: readonly number[], values: readonly number[]): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(widths.reduce((sum, width) => sum + width, 0));
  const view = new DataView(made.buffer);
  let at = 0;
  widths.forEach((width, index) => {
    const value = values[index] ?? 0;
    if (width === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += width;
  });
  return made;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The check sum that a zip keeps of each file (CRC-32). */
function crc(content: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of content) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 0xff] ?? 0);
  return (sum ^ 0xffffffff) >>> 0;
}
