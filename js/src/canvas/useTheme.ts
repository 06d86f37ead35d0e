import { useEffect, useState } from "react";

export type Theme = "light" | "dark";

/** The theme of the page around: JupyterLab says it on its body, elsewhere the system does. */
function current(): Theme {
  const lab = document.body.dataset.jpThemeLight;
  if (lab !== undefined) return lab === "false" ? "dark" : "light";
  if (document.body.matches(".vscode-dark, .vscode-high-contrast, .dark, .dark-theme")) return "dark";
  return window.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The theme, also when it changes. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(current);
  useEffect(() => {
    const look = (): void => setTheme(current());
    const body = new MutationObserver(look);
    body.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
    const system = window.matchMedia?.("(prefers-color-scheme: dark)");
    system?.addEventListener("change", look);
    return () => {
      body.disconnect();
      system?.removeEventListener("change", look);
    };
  }, []);
  return theme;
}
