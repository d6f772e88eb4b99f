// Text for SVG: escaped, and broken into lines.

function escapeXml(text) {
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (sign) => signs[sign]);
}

function wrapText(text, width) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const pieces = word.match(new RegExp(`.{1,${width}}`, "gu")) || [];
    for (const piece of pieces) {
      const last = lines[lines.length - 1];
      if (last && last.length + piece.length + 1 > width) lines.push(piece);
      else lines[lines.length - 1] = last ? `${last} ${piece}` : piece;
    }
  }
  return lines;
}
