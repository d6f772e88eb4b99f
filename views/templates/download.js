// Copies of what is shown. Each carries its title, date, source and coverage.

function save(blob, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${page.file_name}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const FORMULA = /^[=+\-@\t]/;

function csvCell(text) {
  const safe = FORMULA.test(text) ? `'${text}` : String(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function drawCsv() {
  const lines = [page.title, ...captionLines()].map((line) => [`# ${line}`]);
  lines.push(page.csv_columns);
  const inside = new Map(selectItems(state).map((s) => [s.item, s]));
  for (const item of orderItems(page.items)) if (inside.has(item)) lines.push(csvRow(inside.get(item)));
  return `${lines.map((cells) => cells.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

function csvTieRow({ item, contracts }) {
  const proofs = contracts.flatMap((c) => c.proofs);
  const join = (texts) => [...new Set(texts)].join(" | ");
  return [item.source_name, item.tie_name, item.target_name, item.role, item.via_name,
    contracts.map((c) => [c.ref, c.where, c.term].filter(Boolean).join(", ")).join("; "), item.note,
    join(proofs.map((p) => `${p.title}, ${p.locator}`)), join(proofs.flatMap((p) => p.printed)), join(proofs.flatMap((p) => p.judgements))];
}

function csvRow(one) {
  if (page.rows === "ties") return csvTieRow(one);
  const { item, contracts } = one;
  const proof = item.evidence || { title: "", locator: "", printed: [], judgements: [] };
  return [item.lead_name, item.lot_name, item.region_name, item.value === null ? "unknown" : String(item.value),
    item.value_kind, insideWords(one) || "whole", item.areas,
    contracts.map((c) => `${c.ref}: ${c.where}, ${c.term}`).join("; "),
    proof.title, proof.locator, proof.printed.join(" | "), proof.judgements.join(" | ")];
}

async function drawPng() {
  const address = URL.createObjectURL(new Blob([drawSvg()], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  const factor = Math.min(2, 8000 / Math.max(image.naturalWidth, image.naturalHeight));
  canvas.width = Math.round(image.naturalWidth * factor);
  canvas.height = Math.round(image.naturalHeight * factor);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return addPngText(new Uint8Array(await blob.arrayBuffer()), "Description", [page.title, ...captionLines()].join("\n"));
}

// A PNG text chunk, so that the caption stays readable to programs.
function addPngText(png, key, text) {
  const encode = new TextEncoder();
  const body = [...encode.encode("iTXt"), ...encode.encode(key), 0, 0, 0, 0, 0, ...encode.encode(text)];
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(body.length + 4, crc(body));
  const headEnd = 33;
  return new Blob([png.slice(0, headEnd), chunk, png.slice(headEnd)], { type: "image/png" });
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let n = 0; n < 8; n += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return (sum ^ 0xffffffff) >>> 0;
}

async function saveAs(kind) {
  if (kind === "csv") save(new Blob(["\ufeff", drawCsv()], { type: "text/csv;charset=utf-8" }), "csv");
  if (kind === "svg") save(new Blob([drawSvg()], { type: "image/svg+xml" }), "svg");
  if (kind === "png") save(await drawPng(), "png");
}

async function copyLink() {
  const note = byId("copied");
  try {
    await navigator.clipboard.writeText(location.href);
    note.textContent = "Link copied.";
  } catch (problem) {
    note.textContent = `Copy this address: ${location.href}`;
  }
}
