// Cuts Tabler's style sheet to what pages can use and old browsers read, for `make styles`; needs purgecss, culori and
// @tabler/core beside it.
// A word anywhere in templates, scripts or Python counts as a use of the class, element or custom property of its name.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { lower } from "./lower-styles.mjs";

const [root, version] = process.argv.slice(2);
const require = createRequire(path.join(process.cwd(), "package.json"));
const { PurgeCSS } = require("purgecss");

const whole = readFileSync("node_modules/@tabler/core/dist/css/tabler.min.css", "utf8");
const css = whole.replace(/\/\*# sourceMappingURL=.*?\*\//, "");
const words = (text) => text.match(/[\w-]+/g) || [];
const inside = (glob) => path.join(root, glob);

const [cut] = await new PurgeCSS().purge({
  content: [
    ...["templates/**/*.html", "static/js/*.js", "static/css/*.css"].map(inside),
    ...["api", "departments", "reports", "tasks", "wenshang_disclosure"].map((app) => inside(`${app}/**/*.py`)),
  ],
  css: [{ raw: css }],
  defaultExtractor: words,
  variables: true,
  keyframes: true,
  fontFace: true,
});
const ours = ["app", "frame"].map((name) => readFileSync(inside(`static/css/${name}.css`), "utf8"));
const { css: lowered, left } = lower(cut.css, ours);
writeFileSync(inside(`static/vendor/tabler-${version}/tabler.min.css`), `${lowered}\n`);
left.forEach((line) => console.log(`left for new browsers alone: ${line}`));

const classes = new Set([...css.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map((found) => found[1]));
writeFileSync(inside("tests/tabler_classes.txt"), `${[...classes].sort().join("\n")}\n`);
