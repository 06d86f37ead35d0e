/** Own pictures, as they are found in what a person chooses. */

import { expect, test } from "vitest";
import "./render";
import { chosen } from "../src/first/bring";

function files(...paths: string[]): FileList {
  const made = paths.map((path) => {
    const file = new File(["x"], path.split("/").at(-1) ?? path);
    Object.defineProperty(file, "webkitRelativePath", { value: path });
    return file;
  });
  return made as unknown as FileList;
}

test("photos of phones are sent too, so that the kernel can say why they are not read", async () => {
  const { name, content } = await chosen(files("pets/cat/1.HEIC", "pets/dog/1.png", "pets/dog/notes.txt"));
  const text = await content.text();
  expect(name).toBe("pets");
  expect(text).toContain("pets/cat/1.HEIC");
  expect(text).not.toContain("notes.txt");
  await expect(chosen(files("pets/cat/1.txt"))).rejects.toMatchObject({ code: "bring-no-classes" });
});
