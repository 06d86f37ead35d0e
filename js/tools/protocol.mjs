// Generates src/protocol.ts from blockml/protocol/; with --check it fails when the file is stale.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = fileURLToPath(new URL("../src/protocol.ts", import.meta.url));
const python =
  process.env.PYTHON ?? (existsSync(`${root}/.venv/bin/python`) ? `${root}/.venv/bin/python` : "python3");

const schema = JSON.parse(execFileSync(python, ["-m", "blockml.protocol"], { cwd: root, encoding: "utf8" }));
const definitions = schema.$defs;
delete definitions.JsonValue;
// pydantic writes tuples as draft 2020 does; the generator knows the older word.
const tuples = (value) => {
  if (typeof value !== "object" || value === null) return;
  if (value.prefixItems) {
    value.items = value.prefixItems;
    delete value.prefixItems;
  }
  Object.values(value).forEach(tuples);
};
tuples(definitions);
for (const definition of Object.values(definitions)) {
  // The kernel always sends every field; what is optional in Python has a default there.
  if (definition.properties) {
    definition.required = Object.keys(definition.properties);
    definition.additionalProperties = false;
    delete definition.title;
    for (const property of Object.values(definition.properties)) {
      delete property.title;
      delete property.default;
    }
  }
}
const text = JSON.stringify({
  title: "Protocol",
  type: "object",
  additionalProperties: false,
  properties: Object.fromEntries(Object.keys(definitions).map((name) => [name, { $ref: `#/$defs/${name}` }])),
  required: Object.keys(definitions),
  $defs: definitions,
}).replaceAll('{"$ref":"#/$defs/JsonValue"}', '{"tsType":"JsonValue"}');
const compiled = await compile(JSON.parse(text), "Protocol", {
  additionalProperties: false,
  bannerComment:
    "// Do not edit: generated from blockml/protocol/ by `npm run protocol`.\n\n" +
    "export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };",
  format: true,
  maxItems: 3,
});

if (process.argv.includes("--check")) {
  if (!existsSync(target) || readFileSync(target, "utf8") !== compiled) {
    process.stderr.write("src/protocol.ts is stale: run `npm run protocol`\n");
    process.exit(1);
  }
} else {
  writeFileSync(target, compiled);
}
