// Keys of the inbox. Whatever they do, a button or a link on the page does too: a key only presses it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const rows = [...document.querySelectorAll("#result_list tbody tr")].filter((row) => row.querySelector("a[href*='/change/']"));
  const form = document.getElementById("inbox-form"); // on the list, for those who may
  const keys = document.getElementById("inbox-keys");
  let current = null;

  const linkOf = (row) => row.querySelector("a[href*='/change/']");

  function mark(row) {
    if (current) current.classList.remove("cw-row--current");
    current = row;
    row.classList.add("cw-row--current");
  }

  function step(by) {
    const next = rows[current ? rows.indexOf(current) + by : by > 0 ? 0 : rows.length - 1];
    if (!next) return;
    linkOf(next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function post(name) {
    if (!form || !current) return;
    form.action = linkOf(current).pathname.replace(/change\/$/, `${name}/`);
    form.submit();
  }

  function press(element) {
    if (element.matches("input, textarea, select")) {
      element.focus();
      element.scrollIntoView({ block: "center" });
    } else if (element.matches("summary")) {
      element.parentElement.open = true;
      element.parentElement.querySelector("button, input:not([type=hidden])")?.focus();
    } else {
      element.click();
    }
  }

  const onList = {
    j: () => step(1),
    k: () => step(-1),
    o: () => current && linkOf(current).click(),
    e: () => post("done"),
    s: () => post("snooze"),
    a: () => post("assign"),
    r: () => current && location.assign(`${linkOf(current).href}#id_body`),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const { target, key } = event;
    if (target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const pressed = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (key === "?" && keys) keys.showModal();
    else if (rows.length && Object.hasOwn(onList, key)) onList[key]();
    else if (pressed) press(pressed);
    else return;
    event.preventDefault();
  });

  for (const row of rows) {
    row.addEventListener("focusin", () => mark(row));
    linkOf(row).setAttribute("aria-keyshortcuts", "j k o e s a r");
  }
  if (location.hash === "#id_body") document.getElementById("id_body")?.focus();
});
