// Builds the widget bundle: blockml/static/widget.js and widget.css.
import { build, context } from "esbuild";

const options = {
  entryPoints: { widget: "src/widget.tsx" },
  outdir: "../blockml/static",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  // Korean as it is, not as escapes of six letters.
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  loader: { ".svg": "text" },
  define: { "process.env.NODE_ENV": '"production"' },
  // Preact behind React's interface halves the bundle, and every saved notebook carries it.
  alias: {
    react: "preact/compat",
    "react-dom": "preact/compat",
    "react-dom/client": "preact/compat/client",
    "react/jsx-runtime": "preact/jsx-runtime",
  },
  logLevel: "info",
};

if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
