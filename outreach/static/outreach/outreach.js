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

// A sentence ends with exactly one mark, as in outreach/rendering.py: the one written after it, or its own.
function ended(sentence, after) {
  if (/^[ \u00a0\u202f]?[.,;:!?…]/.test(after)) return sentence.replace(/\.+$/, "");
  return /[!?…]$/.test(sentence) ? sentence : sentence.replace(/\.*$/, ".");
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

document.addEventListener("DOMContentLoaded", () => {
  const given = document.getElementById("placeholder-values");
  if (!given) return;
  const values = JSON.parse(given.textContent);
  const sentences = JSON.parse(document.getElementById("placeholder-sentences").textContent);
  const form = document.querySelector("form.cw-form");
  let field = form.elements.body;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[name=subject], [name=body]")) field = event.target;
  });
  form.addEventListener("input", () => preview(form, values, sentences));
  for (const button of document.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", () => insert(button.dataset.insert, field));
  }
  preview(form, values, sentences);
});
