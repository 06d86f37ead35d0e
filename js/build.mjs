// Builds both front ends: blockml/static/widget.{js,css}, and lib/lab/index.js for the JupyterLab extension.
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build, context } from "esbuild";

const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  loader: { ".svg": "text" },
  logLevel: "info",
};

/** The sentences of the catalogue that the source of the bundle names: by groups, and by beginnings of their keys. */
async function saidOf(ui) {
  const { plugins: _, ...plain } = widget;
  const { metafile } = await build({ ...plain, write: false, metafile: true, logLevel: "error" });
  const said = [];
  for (const path of Object.keys(metafile.inputs).filter((each) => each.startsWith("src/"))) {
    const text = await readFile(path, "utf8");
    // A key may end in what is only known later: `ui.top.${name}`, `ui.edit.nothing_${flag}`.
    for (const [, group, key = "", end] of text.matchAll(/\bui\.(\w+)(?:\.(\w*))?(.?)/g))
      said.push([group, key, end === "$" || key === ""]);
  }
  const isSaid = (group, key) =>
    said.some(([of, start, isOpen]) => of === group && (isOpen ? key.startsWith(start) : key === start));
  const kept = Object.entries(ui).map(([group, texts]) => [
    group,
    Object.fromEntries(Object.entries(texts).filter(([key]) => isSaid(group, key))),
  ]);
  return Object.fromEntries(kept.filter(([, texts]) => Object.keys(texts).length > 0));
}

/** Methods of d3 that change elements, in the list of all methods. */
const DRAWS =
  /^ {2}(?:append|attr|attrTween|classed|clone|data|easeVarying|enter|exit|html|insert|join|lower|merge|order|raise|remove|sort|style(?=: t)|styleTween|text|textTween): \w+,$/gm;

// Every saved notebook carries the bundle, so what the canvas never uses stays out of it.
const lean = {
  name: "lean",
  setup(plan) {
    // React Flow wraps each component, also those nobody imports, in a call that a bundler has to keep.
    plan.onLoad({ filter: /@xyflow[\\/]react[\\/]dist[\\/]esm[\\/]index\.m?js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text
        .replace(
          /^((?:const|let|var) \w+ = )((?:memo|forwardRef|fixedForwardRef|createContext)\()/gm,
          "$1/* @__PURE__ */ $2",
        )
        .replace(/^\w+\.displayName = .*;$/gm, "");
      return { contents, loader: "js" };
    });
    // What is said about problems, and by parts, is a part; these problems are those that keep parts from coming.
    plan.onLoad({ filter: /locale[\\/]en\.json$/ }, async ({ path }) => {
      const { families, problems, ui } = JSON.parse(await readFile(path, "utf8"));
      const { internal, "no-answer": away, "no-part": missing } = problems;
      const kept = {
        families,
        problems: { internal, "no-answer": away, "no-part": missing },
        ui: await saidOf(ui),
      };
      return { contents: JSON.stringify(kept), loader: "json" };
    });
    // React Flow follows the pointer and moves the view with d3; all that draws with d3 is never called.
    plan.onLoad({ filter: /d3-(selection|transition)\.mjs$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replace(DRAWS, "");
      if (contents === text) throw new Error(`${path} has no methods that draw, or they stand elsewhere`);
      return { contents, loader: "js" };
    });
    // It is there for colours that change over time; the canvas moves with d3 and colours with CSS.
    plan.onResolve({ filter: /^d3-color$/ }, () => ({ path: "d3-color", namespace: "lean" }));
    plan.onLoad({ filter: /.*/, namespace: "lean" }, () => ({
      contents:
        "export default function color() { return null; } export { color, color as rgb, color as hsl, color as lab, color as hcl, color as cubehelix };",
    }));
  },
};

const widget = {
  ...shared,
  plugins: [lean],
  entryPoints: { widget: "src/widget.tsx" },
  outdir: "../blockml/static",
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
  // Preact behind React's interface halves the bundle, and every saved notebook carries it.
  alias: {
    react: "preact/compat",
    "react-dom": "preact/compat",
    "react-dom/client": "preact/compat/client",
    "react/jsx-runtime": "preact/jsx-runtime",
  },
};

// Parts take these from the bundle, where they hold the state of the page.
const sharing = await readFile("src/parts/shared.ts", "utf8");
const common = new Set([...sharing.matchAll(/^ {2}"?([\w/-]+)"?(?:: \w+)?,$/gm)].map(([, name]) => name));

const borrow = {
  name: "borrow",
  setup(plan) {
    plan.onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
      kind !== "entry-point" && common.has(path) ? { path, external: true } : null,
    );
    plan.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const name = relative("src", join(resolveDir, path));
      return common.has(name) ? { path: name, external: true } : null;
    });
  },
};

const parts = {
  ...shared,
  plugins: [borrow],
  entryPoints: (await readdir("src/parts"))
    .filter((name) => !["fetch.ts", "shared.ts"].includes(name) && /\.tsx?$/.test(name))
    .map((name) => join("src/parts", name)),
  outdir: "../blockml/static/parts",
  // A module that makes the part once the page has handed over what they share.
  format: "cjs",
  banner: { js: "export default (require, module) => {" },
  footer: { js: "};" },
  loader: { ...shared.loader, ".css": "text" },
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
};

// JupyterLab brings its own packages; the builder only wraps what is left.
const lab = {
  ...shared,
  entryPoints: { index: "src/lab/index.ts" },
  outdir: "lib/lab",
  external: ["@jupyterlab/*"],
};

const wanted = process.argv.includes("--lab") ? [lab] : [widget, parts];
for (const each of wanted) {
  if (process.argv.includes("--watch")) await (await context(each)).watch();
  else await build(each);
}
