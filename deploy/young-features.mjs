// Writes what browsers of a version do not know yet, by MDN's data: names of CSS, JavaScript and HTML that came later.
// tests/test_old_browsers.py holds our files against it; run by `make styles`.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [file, version] = process.argv.slice(2);
const require = createRequire(path.join(process.cwd(), "package.json"));
const data = require("@mdn/browser-compat-data");

// The version that brought a feature under its own name; Infinity where none has, null where nothing is said.
const since = (compat) => {
  if (!compat?.support?.chrome) return null;
  const ways = [compat.support.chrome].flat().filter((way) => !way.flags && !way.prefix && !way.alternative_name && !way.version_removed);
  const versions = ways.map(({ version_added: added }) => (typeof added === "string" ? parseFloat(added.replace("≤", "")) || Infinity : Infinity));
  return versions.length ? Math.min(...versions) : Infinity;
};

const found = {};
const note = (kind, name, compat) => {
  const first = since(compat);
  if (first === null || /^-(moz|ms|webkit)-/.test(name) || name.includes("_")) return;
  found[kind] ??= {};
  found[kind][name] = Math.min(found[kind][name] ?? Infinity, first); // a name that means several things: the oldest
};
const each = (tree, act) => Object.entries(tree).filter(([name]) => name !== "__compat").forEach(([name, below]) => act(name, below));

each(data.css.properties, (property, tree) => {
  note("property", property, tree.__compat);
  each(tree, (value, { __compat }) => note("value", `${property}:${value}`, __compat));
});
each(data.css.selectors, (name, { __compat }) => note("selector", name, __compat));
each(data.css["at-rules"], (name, { __compat }) => note("at-rule", name, __compat));
const types = (tree) =>
  each(tree, (name, below) => {
    note("function or unit", name, below.__compat);
    types(below);
  });
types(data.css.types);
["dvh", "dvw", "svh", "svw", "lvh", "lvw", "dvb", "dvi", "cqw", "cqh", "cqi", "cqb"].forEach((unit) => (found["function or unit"][unit] = 108));
[data.api, data.javascript.builtins].forEach((tree) =>
  each(tree, (name, below) => {
    note("global", name, below.__compat);
    each(below, (member, { __compat }) => note("member", member.replace(/_(static|event)$/, ""), __compat));
  }),
);
each(data.html.global_attributes, (name, { __compat }) => note("attribute", name, __compat));
each(data.html.elements, (name, tree) => {
  note("element", name, tree.__compat);
  each(tree, (attribute, { __compat }) => note("attribute", attribute, __compat));
});

const lines = Object.entries(found).map(([kind, names]) => {
  const young = Object.keys(names).filter((name) => names[name] > Number(version));
  return `${kind}: ${young.sort().join(" ")}\n`;
});
writeFileSync(file, lines.join(""));
