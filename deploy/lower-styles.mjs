// Works out what browsers down to Chromium 87 do not know of a style sheet: the light half of light-dark(), colours of
// oklch() and color-mix() as hex by the values that custom properties have at the root, older names of properties and of
// the button of a file, and rules of their own for selectors that would make such a browser drop the whole list.

import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "package.json"));
const postcss = require("postcss");
const { converter, formatHex, formatHex8, interpolate, parse } = require("culori");

const YOUNG = /oklch\(|light-dark\(|color-mix\(/;
const YOUNG_SELECTORS = /:has\(|::file-selector-button|:is\(|:where\(/;

// The first function of this name in a value: where it stands, and its arguments.
const callOf = (value, name) => {
  const start = value.search(new RegExp(`(?<![\\w-])${name}\\(`));
  if (start < 0) return null;
  const parts = [""];
  let depth = 0;
  for (let place = start + name.length; place < value.length; place += 1) {
    const sign = value[place];
    if (sign === "(" && ++depth === 1) continue;
    if (sign === ")" && --depth === 0) return { start, end: place + 1, parts: parts.map((part) => part.trim()) };
    if (sign === "," && depth === 1) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return null;
};

const replace = (value, { start, end }, text) => value.slice(0, start) + text + value.slice(end);

// Put the values of custom properties in place; null where one is not known.
const known = (value, names) => {
  let text = value;
  for (let call = callOf(text, "var"); call; call = callOf(text, "var")) {
    const [name, ...otherwise] = call.parts;
    const found = names[name] ?? (otherwise.length ? otherwise.join(",") : null);
    if (found === null) return null;
    text = replace(text, call, found);
  }
  return text;
};

const share = (text) => {
  const product = /calc\(\s*([\d.]+)\s*\*\s*100%\s*\)$/.exec(text);
  if (product) return Number(product[1]);
  const percent = /([\d.]+)%$/.exec(text);
  return percent ? Number(percent[1]) / 100 : null;
};

const written = (color) => (color.alpha === undefined || color.alpha >= 1 ? formatHex(color) : formatHex8(color));

const mixed = ([space, one, other], names) => {
  if (space !== "in oklab") return null;
  const [first, second] = [one, other].map((text) => {
    const plain = known(text, names);
    const part = plain && share(plain);
    const color = plain && lowered(plain.replace(/\s*(calc\([^()]*\)|[\d.]+%)\s*$/, ""), names);
    return color && { color, part };
  });
  if (!first || !second) return null;
  const weight = first.part ?? (second.part === null ? 0.5 : 1 - second.part);
  if (second.color === "transparent") {
    const color = parse(first.color);
    return color && written({ ...color, alpha: (color.alpha ?? 1) * weight });
  }
  const colors = [second.color, first.color].map((text) => parse(text));
  return colors.every(Boolean) ? written(interpolate(colors, "oklab")(weight)) : null;
};

const inOklch = ([text], names) => {
  const from = /^from (.+) calc\(l ([+-]) ([\d.]+)\) c h$/.exec(text);
  if (!from) {
    const color = parse(`oklch(${text})`);
    return color ? written(color) : null;
  }
  const plain = known(from[1], names);
  const base = plain && converter("oklch")(lowered(plain, names));
  return base ? written({ ...base, l: base.l + Number(from[2] + from[3]) }) : null;
};

// Return the value as Chromium 87 reads it, null where it depends on what is known at the element alone.
const lowered = (value, names) => {
  let text = value;
  for (let call = callOf(text, "light-dark"); call; call = callOf(text, "light-dark")) text = replace(text, call, call.parts[0]);
  for (const [name, work] of [["color-mix", mixed], ["oklch", inOklch]]) {
    for (let call = callOf(text, name); call; call = callOf(text, name)) {
      const color = work(call.parts, names);
      if (!color) return null;
      text = replace(text, call, color);
    }
  }
  // a colour inside the address of a picture
  return text.replace(/oklch%28(.+?)%29/g, (_, inner) => encodeURIComponent(formatHex(`oklch(${decodeURIComponent(inner)})`)));
};

const ROOTS = new Set([":root", ":host", "html", "body", "[data-bs-theme=light]"]);

// What custom properties are at the root, by the sheets in the order in which pages load them.
const atRoot = (sheets) => {
  const names = {};
  sheets.forEach((sheet) =>
    sheet.walkRules((rule) => {
      if (rule.parent.type !== "root" || !rule.selectors.some((one) => ROOTS.has(one))) return;
      rule.walkDecls(/^--/, ({ prop, value }) => (names[prop] = value));
    }),
  );
  return names;
};

// Return the sheet for old browsers, and what could not be worked out.
export const lower = (css, overrides) => {
  const sheet = postcss.parse(css);
  const names = atRoot([sheet, ...overrides.map((text) => postcss.parse(text))]);
  const left = [];
  const seen = new Set();
  sheet.walkRules((rule) => {
    if (rule.selectors.every((one) => one.includes("data-bs-theme=dark"))) return rule.remove();
    if (!rule.nodes.length) return rule.remove();
    if (rule.selector.includes("::file-selector-button") && !seen.has(rule)) {
      const old = rule.clone({ selector: rule.selector.replace(/::file-selector-button/g, "::-webkit-file-upload-button") });
      seen.add(rule);
      rule.before(old);
    }
    const young = rule.selectors.filter((one) => YOUNG_SELECTORS.test(one));
    if (young.length && rule.selectors.length > 1) {
      young.reverse().forEach((selector) => rule.after(rule.clone({ selector })));
      const old = rule.selectors.filter((one) => !young.includes(one));
      if (!old.length) return rule.remove();
      rule.selectors = old;
    }
    rule.walkDecls(/^mask-/, (line) => void line.before({ prop: `-webkit-${line.prop}`, value: line.value }));
    rule.walkDecls("float", (line) => (line.value = line.value.replace("inline-start", "left").replace("inline-end", "right")));
    rule.walkDecls((line) => {
      if (!YOUNG.test(line.value) && !line.value.includes("oklch%28")) return;
      const value = lowered(line.value, names);
      if (value === null) left.push(`${rule.selector} { ${line.prop}: ${line.value} }`);
      else line.value = value;
    });
    return undefined;
  });
  return { css: sheet.toString(), left };
};
