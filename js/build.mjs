// Builds both front ends: blockml/static/widget.{js,css}, and lib/lab/index.js for the JupyterLab extension.
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

const widget = {
  ...shared,
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

// JupyterLab brings its own packages; the builder only wraps what is left.
const lab = {
  ...shared,
  entryPoints: { index: "src/lab/index.ts" },
  outdir: "lib/lab",
  external: ["@jupyterlab/*"],
};

const wanted = process.argv.includes("--lab") ? lab : widget;
if (process.argv.includes("--watch")) {
  await (await context(wanted)).watch();
} else {
  await build(wanted);
}
