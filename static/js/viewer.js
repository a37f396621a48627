// Evidence beside a report: one item at a time under its tab, larger, smaller, turned, on the whole screen.
// Without this script all items stand one below the other.
(() => {
  "use strict";
  const SCALES = [50, 75, 100, 150, 200, 300]; // per cent of the width
  const viewer = () => document.querySelector("[data-viewer]");
  const shown = () => viewer()?.querySelector(".item:not([hidden])");

  const show = (link) => {
    const box = viewer();
    const links = [...box.querySelectorAll("[data-shows]")];
    links.forEach((one) => {
      if (one === link) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
      document.getElementById(one.dataset.shows).hidden = one !== link;
    });
    box.querySelector("[data-which]").textContent = `第${links.indexOf(link) + 1}项，共${links.length}项`;
    box.querySelector(".viewer-stage").scrollTop = 0;
    box.querySelector("[data-tools]").hidden = !shown().querySelector(".sheet");
    scale(shown(), 100);
    document.dispatchEvent(new CustomEvent("page:shown"));
  };

  const scale = (item, per_cent) => {
    item.dataset.scale = per_cent;
    const sheet = item.querySelector(".sheet");
    if (sheet) sheet.style.width = per_cent === 100 ? "" : `${per_cent}%`;
    viewer().querySelector("[data-scale]").textContent = per_cent === 100 ? "适合宽度" : `${per_cent}%`;
  };

  // A picture, and each drawn page, is drawn anew a quarter further.
  const turn = (item) =>
    item.querySelectorAll(".sheet img, .sheet canvas").forEach((old) => {
      const [width, height] = [old.naturalWidth || old.width, old.naturalHeight || old.height];
      const turned = document.createElement("canvas");
      [turned.width, turned.height] = [height, width];
      const drawing = turned.getContext("2d");
      drawing.translate(height, 0);
      drawing.rotate(Math.PI / 2);
      drawing.drawImage(old, 0, 0, width, height);
      turned.setAttribute("role", "img");
      turned.setAttribute("aria-label", old.alt || old.getAttribute("aria-label"));
      old.replaceWith(turned);
    });

  const begin = () => {
    const first = viewer()?.querySelector("[data-shows]");
    if (first && !viewer().dataset.begun) {
      viewer().dataset.begun = "1";
      show(first);
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-shows]");
    if (link) {
      event.preventDefault();
      show(link);
    }
    const zoom = event.target.closest("[data-zoom]");
    if (zoom) {
      const at = SCALES.indexOf(Number(shown().dataset.scale)) + Number(zoom.dataset.zoom);
      if (SCALES[at]) scale(shown(), SCALES[at]);
    }
    if (event.target.closest("[data-turn]")) turn(shown());
    if (event.target.closest("[data-whole-screen]")) viewer().querySelector(".viewer-stage").requestFullscreen();
  });
  document.addEventListener("page:replaced", begin);
  begin();
})();
