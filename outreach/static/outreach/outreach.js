// Small helps on the pages of campaigns: copying, inserting placeholders, and the preview of a template while one types.
"use strict";

const HOLE = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

async function copy(button) {
  const field = document.querySelector(button.dataset.copy);
  const text = "value" in field ? field.value : field.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers give no clipboard to pages without https: select the text, so that a key press copies it.
    const range = document.createRange();
    range.selectNodeContents(field);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (!document.execCommand("copy")) return;
  }
  button.querySelector("[data-copied]")?.remove();
  const done = document.createElement("span");
  done.dataset.copied = "";
  done.setAttribute("role", "status");
  done.textContent = `✓ ${button.dataset.done}`;
  button.append(done);
  setTimeout(() => done.remove(), 2500);
}

function insert(hole, field) {
  field.setRangeText(hole, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// A sentence ends with exactly one mark, as in outreach/rendering.py: the one written after it, or its own, which may
// stand within the quotation marks that close it.
function ended(sentence, after) {
  if (/^[ \u00a0\u202f]?[.,;:!?…]/.test(after)) return sentence.replace(/\.+$/, "");
  return /[!?…][ \u00a0\u202f]?[”»“]?$/.test(sentence) ? sentence : sentence.replace(/\.*$/, ".");
}

function filled(text, values, sentences) {
  return text.replace(HOLE, (hole, name, start) => {
    if (!values[name]) return hole;
    return sentences.includes(name) ? ended(values[name], text.slice(start + hole.length)) : values[name];
  });
}

function preview(form, values, sentences) {
  for (const shown of document.querySelectorAll("[data-preview]")) {
    const field = form.elements[shown.dataset.preview];
    shown.textContent = filled(field.value, values, sentences);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

// What the holes say for whoever is chosen, in the language and form of address that are being written in.
async function tried(form, select) {
  const asked = new URLSearchParams({ on: select.value });
  for (const name of ["language", "register"]) {
    if (form.elements[name]) asked.set(name, form.elements[name].value);
  }
  const answer = await fetch(`${select.dataset.on}?${asked}`, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

function offer(select, told) {
  select.replaceChildren(
    ...told.offered.map(([pk, label]) => new Option(label, pk, false, pk === told.on)),
  );
  select.closest(".cw-field").hidden = !told.offered.length;
}

function show(values, heading) {
  for (const shown of document.querySelectorAll("[data-value]")) {
    const value = values[shown.dataset.value];
    shown.textContent = value || shown.dataset.unknown;
    shown.classList.toggle("cw-quiet", !value);
  }
  if (heading) document.querySelector("[data-as-read]").textContent = heading;
}

document.addEventListener("DOMContentLoaded", () => {
  const given = document.getElementById("placeholder-values");
  if (!given) return;
  let values = JSON.parse(given.textContent);
  const sentences = JSON.parse(document.getElementById("placeholder-sentences").textContent);
  const form = document.querySelector("form.cw-form");
  const select = document.querySelector("[data-on]");
  let field = form.elements.body;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[name=subject], [name=body]")) field = event.target;
  });
  form.addEventListener("input", () => preview(form, values, sentences));
  for (const button of document.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", () => insert(button.dataset.insert, field));
  }
  let asked = 0;
  const retry = async () => {
    const mine = (asked += 1);
    const told = await tried(form, select);
    if (!told || mine !== asked) return; // somebody else was chosen meanwhile
    values = told.values;
    offer(select, told);
    show(values, told.heading);
    preview(form, values, sentences);
  };
  if (select) {
    select.addEventListener("change", retry);
    form.addEventListener("change", (event) => {
      if (event.target.matches("[name=language], [name=register]")) retry();
    });
  }
  preview(form, values, sentences);
});
