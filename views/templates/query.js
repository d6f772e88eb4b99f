(function () {
"use strict";
const field = document.getElementById("query-text");
const paint = document.getElementById("query-paint");
const words = "base prefix select distinct reduced construct describe ask from named where limit offset order by asc desc group having values undef union optional graph minus service bind as filter not exists in true false a count sum min max avg sample group_concat separator str lang langmatches datatype bound iri uri bnode rand abs ceil floor round concat strlen ucase lcase encode_for_uri contains strstarts strends strbefore strafter year month day hours minutes seconds timezone tz now uuid struuid md5 sha1 sha256 sha384 sha512 coalesce if strlang strdt sameterm isiri isuri isblank isliteral isnumeric regex substr replace";
const keywords = new Set(words.split(" "));
const token = /(<[^<>"{}|^`\\\s]*>)|(#[^\n]*)|("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([?$]\w+)|(\b\d+(?:\.\d+)?\b)|([A-Za-z][\w-]*:?[\w-]*)/g;
const kinds = ["iri", "comment", "string", "variable", "number", "keyword"];

function draw() {
  const text = field.value;
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(token)) {
    const kind = kinds[found.slice(1).findIndex((part) => part !== undefined)];
    if (kind === "keyword" && !keywords.has(found[0].toLowerCase())) { continue; }
    const span = document.createElement("span");
    span.className = "tok-" + kind;
    span.textContent = found[0];
    parts.push(text.slice(at, found.index), span);
    at = found.index + found[0].length;
  }
  paint.replaceChildren(...parts, text.slice(at) + "\n ");
}

document.documentElement.classList.add("js");
field.parentElement.classList.add("painted");
field.addEventListener("input", draw);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { field.form.requestSubmit(); }
});
draw();
})();
