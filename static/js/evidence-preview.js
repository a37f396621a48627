// PDF evidence is drawn into the page, so that nothing of it runs in the browser and no plug-in is needed.
const here = new URL("../vendor/pdfjs-6.5.438/", import.meta.url);
const PAGES_AT_ONCE = 5;
const TRIES = 10;

async function draw(page, box) {
  const wide = Math.min(box.clientWidth, 900);
  const natural = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: (wide / natural.width) * Math.min(window.devicePixelRatio || 1, 2) });
  const canvas = document.createElement("canvas");
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${box.dataset.title} 第${page.pageNumber}页`);
  box.append(canvas);
  await page.render({ canvas, viewport }).promise;
}

async function drawSome(pdf, box, from) {
  const last = Math.min(from + PAGES_AT_ONCE - 1, pdf.numPages);
  for (let number = from; number <= last; number += 1) await draw(await pdf.getPage(number), box);
  if (last === pdf.numPages) return;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "btn";
  more.textContent = `继续显示（共${pdf.numPages}页）`;
  more.addEventListener("click", () => {
    more.remove();
    drawSome(pdf, box, last + 1);
  });
  box.append(more);
}

function tell(box, text) {
  const sentence = document.createElement("p");
  sentence.className = "form-hint not-shown";
  sentence.textContent = text;
  box.replaceChildren(sentence);
}

// An Office file is made into PDF by the server, which may be at another one just now.
async function fetched(address) {
  for (let tries = 0; ; tries += 1) {
    const response = await fetch(address, { credentials: "same-origin" });
    if (response.ok) return response.arrayBuffer();
    const why = response.headers.get("Content-Type")?.startsWith("text/plain") ? await response.text() : "";
    if (response.status !== 503 || tries === TRIES) throw new Error(why);
    await new Promise((done) => setTimeout(done, 2000));
  }
}

async function open(box, library) {
  try {
    const loading = library.getDocument({
      data: await fetched(box.dataset.pdf),
      cMapUrl: new URL("cmaps/", here).href,
      standardFontDataUrl: new URL("standard_fonts/", here).href,
      wasmUrl: new URL("wasm/", here).href,
      isEvalSupported: false,
      enableXfa: false,
    });
    const pdf = await loading.promise;
    box.replaceChildren();
    await drawSome(pdf, box, 1);
    box.dataset.drawn = "1";
  } catch (error) {
    tell(box, (error.name === "Error" && error.message) || "该PDF无法在页面中显示，请下载后查看。");
  }
}

// What is not to be seen yet, in closed details or under another tab, is fetched once it is.
async function showAll() {
  const boxes = [...document.querySelectorAll("[data-pdf]:not([data-begun])")].filter((box) => box.offsetParent);
  if (!boxes.length) return;
  boxes.forEach((box) => (box.dataset.begun = "1"));
  const library = await import(new URL("pdf.min.mjs", here).href).catch(() => null); // older browsers cannot read it
  if (!library) {
    boxes.forEach((box) => tell(box, "浏览器版本较旧，不能在页面中显示，请下载后查看。"));
    return;
  }
  library.GlobalWorkerOptions.workerSrc = new URL("pdf.worker.min.mjs", here).href;
  for (const box of boxes) await open(box, library);
}

document.addEventListener("toggle", showAll, true);
document.addEventListener("page:shown", showAll);
showAll();
