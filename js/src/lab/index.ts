/** The JupyterLab side: a tile, a menu entry and a command that open a canvas in a new notebook. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { ILauncher } from "@jupyterlab/launcher";
import { IMainMenu } from "@jupyterlab/mainmenu";
import { INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { ITranslator } from "@jupyterlab/translation";
import { LabIcon } from "@jupyterlab/ui-components";
import en from "../../../blockml/locale/en.json";
import ko from "../../../blockml/locale/ko.json";
import svgstr from "./icon.svg";
import { keepCanvases } from "./keep";

const NEW_MODEL = "blockml:new-model";
const icon = new LabIcon({ name: "blockml:model", svgstr });

/** What the first cell of the new notebook says. */
const CELL = "import blockml as bm\n\ncanvas = bm.Canvas()\ncanvas";

function newId(): string {
  return Array.from({ length: 16 }, () => Math.floor(Math.random() * 36).toString(36)).join("");
}

/** Make a notebook with a canvas in a folder, open it and run its cell. */
async function openCanvas(app: JupyterFrontEnd, folder: string): Promise<NotebookPanel | undefined> {
  const { contents, kernelspecs } = app.serviceManager;
  await kernelspecs.ready;
  const name = kernelspecs.specs?.default ?? "python3";
  const spec = kernelspecs.specs?.kernelspecs[name];
  const model = await contents.newUntitled({ path: folder, type: "notebook" });
  await contents.save(model.path, {
    type: "notebook",
    format: "json",
    content: {
      cells: [
        // The drawing is kept under this id, so no two notebooks may have the same.
        { cell_type: "code", id: newId(), metadata: {}, execution_count: null, outputs: [], source: CELL },
      ],
      metadata: {
        kernelspec: { name, display_name: spec?.display_name ?? name, language: spec?.language ?? "python" },
      },
      nbformat: 4,
      nbformat_minor: 5,
    },
  });
  const panel = (await app.commands.execute("docmanager:open", {
    path: model.path,
    factory: "Notebook",
  })) as NotebookPanel | undefined;
  if (!panel) return undefined;
  await panel.context.ready;
  await panel.sessionContext.ready;
  // A kernel that is only just starting would lose the request to run.
  await panel.sessionContext.session?.kernel?.info;
  panel.content.activeCellIndex = 0;
  await NotebookActions.run(panel.content, panel.sessionContext);
  return panel;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: "blockml:plugin",
  description: "Opens a blockml canvas in a new notebook.",
  autoStart: true,
  optional: [ILauncher, ICommandPalette, IMainMenu, ITranslator, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    menu: IMainMenu | null,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null,
  ): void => {
    const texts = translator?.languageCode.toLowerCase().startsWith("ko") ? ko.lab : en.lab;
    app.commands.addCommand(NEW_MODEL, {
      label: (args) => (args.isLauncher ? texts.tile : texts.new_model),
      caption: texts.caption,
      icon,
      execute: (args) => openCanvas(app, typeof args.cwd === "string" ? args.cwd : ""),
    });
    if (notebooks) keepCanvases(notebooks, texts.run_cell);
    // The cards of this category show a picture by its address, and a letter without one.
    const kernelIconUrl = `data:image/svg+xml;base64,${btoa(svgstr)}`;
    launcher?.add({
      command: NEW_MODEL,
      category: "Notebook",
      rank: 10,
      args: { isLauncher: true },
      kernelIconUrl,
    });
    palette?.addItem({ command: NEW_MODEL, category: "blockml" });
    menu?.fileMenu.newMenu.addGroup([{ command: NEW_MODEL }], 30);
  },
};

export default plugin;
