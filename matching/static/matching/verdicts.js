// Judging the people of a match list where they stand: by click, or with the keys j k f n c u. Without this script every
// button sends its form, and the page comes back at the same person.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("verdicts");
  const rows = [...document.querySelectorAll("tr[data-match]")];
  if (!form || !rows.length) return;
  const dialog = document.getElementById("why");
  const note = dialog.querySelector("#why-note");
  const status = document.getElementById("verdict-said");
  let asked = null; // whom the dialog asks about, and which verdict: {row, judged}

  const announce = (text) => {
    status.textContent = "";
    requestAnimationFrame(() => { status.textContent = text; }); // the same words twice are said twice
  };

  async function send(row, judged, said = {}) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries({ judged, ...said })) body.set(name, value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "verdict" } });
      const text = await answer.text();
      if (!answer.ok || answer.redirected) {
        const isSaid = answer.headers.get("Content-Type")?.startsWith("text/plain");
        return announce(isSaid ? text : dialog.dataset.failed);
      }
      const cell = row.querySelector("[data-verdict]");
      const wasInside = cell.contains(document.activeElement);
      cell.innerHTML = text;
      announce(cell.querySelector("[data-said]")?.dataset.said ?? "");
      if (wasInside) (cell.querySelector(`[value="${judged}"]`) ?? row).focus();
    } catch {
      announce(dialog.dataset.failed);
    }
  }

  function judge(row, judged) {
    const verdict = judged.split(".")[1];
    if (!(verdict in dialog.dataset)) return send(row, judged);
    asked = { row, judged };
    dialog.querySelector("#why-asked").textContent = dialog.dataset[verdict].replace("{name}", row.dataset.name);
    note.value = "";
    dialog.showModal();
  }

  function step(row, by) {
    const place = rows.indexOf(row);
    const next = rows[place < 0 ? (by > 0 ? 0 : rows.length - 1) : place + by];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  rows.forEach((row, place) => { row.tabIndex = place ? -1 : 0; });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("tr[data-match]");
    if (row) rows.forEach((one) => { one.tabIndex = one === row ? 0 : -1; });
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[form=verdicts][name=judged], a[data-why]");
    if (!button) return;
    event.preventDefault();
    judge(button.closest("tr"), button.dataset.why ?? button.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    if (dialog.open || target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], [role=dialog]")) return;
    const row = target.closest("tr[data-match]");
    const way = { j: 1, k: -1 }[key] ?? (target === row ? { ArrowDown: 1, ArrowUp: -1 }[key] : undefined);
    if (way) {
      if (!row && target !== document.body) return;
      step(row, way);
    } else {
      const button = /^[a-z]$/.test(key) && row?.querySelector(`[data-verdict] button[aria-keyshortcuts="${key}"]`);
      if (!button) return;
      judge(row, button.value);
    }
    event.preventDefault();
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.target === note) {
      if (event.key === "Enter") event.preventDefault(); // the reason is chosen, not fallen into
      return;
    }
    const choice = /^[1-9]$/.test(event.key) && dialog.querySelector(`[aria-keyshortcuts="${event.key}"]`);
    if (!choice || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    choice.click();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  // Only a button judges: what Escape leaves as the dialog's answer differs from browser to browser.
  dialog.querySelector("form").addEventListener("submit", (event) => {
    const { row, judged } = asked;
    send(row, judged, { reason: event.submitter?.value ?? "", note: note.value });
  });
});
