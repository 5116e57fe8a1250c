// A search that answers while one types: the first few it finds, below the field. Enter searches the list, as without.
"use strict";

const PAUSE = 150; // milliseconds without a key before the question is asked

function answering(form) {
  const field = form.querySelector("input[type=search]");
  const list = document.createElement("div");
  list.id = "search-found";
  list.className = "cw-found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [
    ["role", "combobox"], ["autocomplete", "off"], ["aria-autocomplete", "list"],
    ["aria-controls", list.id], ["aria-expanded", "false"],
  ]) field.setAttribute(name, value);

  let timer, question, chosen = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];

  function show(isOpen) {
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(-1);
  }

  function choose(place) {
    chosen = place;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === place)));
    const option = options()[place];
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  async function ask() {
    question?.abort();
    const text = field.value.trim();
    if (text.length < 2) return show(false);
    question = new AbortController();
    try {
      const address = `${form.dataset.find}?${new URLSearchParams({ q: text })}`;
      const answer = await fetch(address, { signal: question.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return show(false);
      list.innerHTML = await answer.text();
      choose(-1);
      show(document.activeElement === field);
    } catch (error) {
      if (error.name !== "AbortError") show(false);
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const count = options().length;
    if (event.key === "ArrowDown" && count) choose((chosen + 1) % count);
    else if (event.key === "ArrowUp" && count) choose((chosen <= 0 ? count : chosen) - 1);
    else if (event.key === "Enter" && chosen >= 0) location.assign(options()[chosen].href);
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    question?.abort();
  });
}

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-find]")) answering(form);
});
