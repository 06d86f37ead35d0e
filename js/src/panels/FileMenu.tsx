/** Save, open and download. Opening is one change that can be undone, so nothing is lost by it. */

import { type ReactElement, useRef, useState } from "react";
import { useActions, useCanvas, useT } from "../context";
import { Icon } from "../icons";
import type { Experiment } from "../protocol";
import { download } from "./files";
import { Menu } from "./Menu";
import { useAct } from "./useProblems";

/** The save button and the menu of files. */
export function FileMenu(): ReactElement {
  const t = useT();
  const act = useAct();
  const { request, notify } = useActions();
  const lastSaved = useCanvas((canvas) => canvas.lastSaved);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    await act(async () => {
      const { path } = await request("save");
      // The name may not be the expected one: files of other notebooks are not written over.
      notify({ kind: "info", text: t("ui.file.saved_as", { path }) });
    });
    setBusy(false);
  };
  return (
    <div className="bm-file">
      <button
        type="button"
        className="bm-button bm-save"
        data-testid="blockml-save"
        data-saved={lastSaved !== null}
        aria-busy={busy}
        aria-label={t(lastSaved === null ? "ui.file.save" : "ui.file.saved")}
        title={lastSaved === null ? t("ui.file.save_help") : t("ui.file.saved_as", { path: lastSaved })}
        onClick={save}
      >
        <Icon name={lastSaved === null ? "save" : "check"} />
        <span aria-live="polite">{t(lastSaved === null ? "ui.file.save" : "ui.file.saved")}</span>
      </button>
      <Menu name={t("ui.file.menu")} className="bm-button bm-button-narrow" label={<Icon name="chevron" />}>
        {(close) => <FileSheet close={close} />}
      </Menu>
    </div>
  );
}

function FileSheet({ close }: { close: () => void }): ReactElement {
  const t = useT();
  const act = useAct();
  const { request, editWhole, notify } = useActions();
  const document = useCanvas((canvas) => canvas.document);
  const chooser = useRef<HTMLInputElement>(null);
  const [paths, setPaths] = useState<readonly string[] | null>(null);

  const show = (opened: Experiment, from: string): void => {
    editWhole(() => opened);
    notify({ kind: "info", text: t("ui.file.opened", { name: from }) });
    close();
  };
  const openPath = (path: string): Promise<void> =>
    act(async () => show((await request("open", { path })).document, path));
  const openFile = (file: File | undefined): Promise<void> =>
    act(async () => {
      if (file) show((await request("open", { text: await file.text() })).document, file.name);
    });
  const take = async (): Promise<void> => {
    close();
    await act(async () => {
      const text = await request("save").then(
        (saved) => ({ name: saved.path.split(/[\\/]/).at(-1) ?? saved.path, text: saved.text }),
        // Without a kernel, or where nothing can be written, the person still gets the work.
        () => ({ name: "network.blockml", text: JSON.stringify(document, null, 1) }),
      );
      download(text.name, text.text, "application/json");
    });
  };
  const list = (): Promise<void> => act(async () => setPaths((await request("files")).paths));

  return (
    <>
      {paths === null ? (
        <button type="button" className="bm-menu-item" onClick={list}>
          <Icon name="folder" />
          <span>{t("ui.file.open")}</span>
        </button>
      ) : (
        <Paths paths={paths} onOpen={openPath} />
      )}
      <button type="button" className="bm-menu-item" onClick={() => chooser.current?.click()}>
        <Icon name="file" />
        <span>{t("ui.file.from_computer")}</span>
      </button>
      <input
        ref={chooser}
        type="file"
        hidden
        accept=".blockml,.json,application/json"
        data-testid="blockml-open-file"
        onChange={(event) => openFile(event.currentTarget.files?.[0])}
      />
      <button type="button" className="bm-menu-item" onClick={take}>
        <Icon name="download" />
        <span>{t("ui.file.download")}</span>
      </button>
    </>
  );
}

function Paths({
  paths,
  onOpen,
}: {
  paths: readonly string[];
  onOpen: (path: string) => void;
}): ReactElement {
  const t = useT();
  if (paths.length === 0) return <p className="bm-menu-note">{t("ui.file.none")}</p>;
  return (
    <ul className="bm-menu-list" aria-label={t("ui.file.beside")}>
      {paths.map((path) => (
        <li key={path}>
          <button type="button" className="bm-menu-item" onClick={() => onOpen(path)}>
            <Icon name="file" />
            <span>{path}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
