// Cuts Tabler's style sheet to what pages can use, for `make styles`; needs purgecss and @tabler/core beside it.
// A word anywhere in templates, scripts or Python counts as a use of the class, element or custom property of its name.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

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
writeFileSync(inside(`static/vendor/tabler-${version}/tabler.min.css`), `${cut.css}\n`);

const classes = new Set([...css.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map((found) => found[1]));
writeFileSync(inside("tests/tabler_classes.txt"), `${[...classes].sort().join("\n")}\n`);
