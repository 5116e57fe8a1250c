// The board by hand and by keys: a card is dragged, or moved from a menu; what is allowed stands in the card's own form,
// which works alone where this script does not come. After every answer the board shows what is known by then.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const board = document.getElementById("board");
  if (!board) return;
  const narrow = matchMedia("(max-width: 640px)");
  const told = document.getElementById("board-told");
  const mayMove = Boolean(told);
  let way = null; // the way back from the last move: {card, stage, seen}

  const columns = () => [...board.querySelectorAll(".cw-column")];
  const cardsOf = (column) => (column.open ? [...column.querySelectorAll(".cw-ticket")] : []);
  const columnOf = (card) => card.closest(".cw-column");
  const formOf = (card) => card.querySelector("form");
  const choices = (card) => [...(formOf(card)?.elements.stage.options ?? [])];
  const allows = (card, column) => choices(card).some((choice) => choice.value === column.dataset.stage);

  // What is said ---------------------------------------------------------------------------------------------------

  function tell(text, { undo = null, answer = "" } = {}) {
    const said = document.getElementById("board-said");
    way = undo;
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = text; }); // the same words twice are said twice
    told.querySelector("[data-undo]").hidden = !undo;
    told.querySelector("[data-answer]").hidden = !answer;
    told.querySelector("[data-answer]").href = answer || "#";
    told.querySelector("[data-hush]").hidden = !text;
    told.classList.toggle("cw-told--shown", Boolean(text));
  }

  // Sent, and shown as it is then -----------------------------------------------------------------------------------

  async function send(address, values) {
    const body = new FormData(document.getElementById("board-form"));
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    const answer = await fetch(address, { method: "POST", body, headers: { "X-Part": "board" } });
    const isSaid = !answer.redirected && answer.headers.get("Content-Type")?.startsWith("application/json");
    return { isDone: answer.ok && isSaid, ...(isSaid ? await answer.json() : { said: told.dataset.failed }) };
  }

  async function refresh() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !fresh.getElementById("board")) return location.reload();
    document.querySelector(".cw-page .cw-lead").replaceWith(fresh.querySelector(".cw-page .cw-lead"));
    for (const column of columns()) {
      const now = fresh.getElementById(column.id);
      const { scrollTop } = column;
      column.replaceChildren(...now.childNodes);
      column.scrollTop = scrollTop;
    }
    ready();
  }

  async function move(card, stage, seen = columnOf(card).dataset.stage) {
    const { id } = card;
    const from = columnOf(card);
    const target = board.querySelector(`[data-stage="${stage}"]`);
    const beside = neighbour(card);
    const wasOpen = target.open;
    if (!target.closest(".cw-aside")) target.open = true;
    const place = document.createComment(id);
    card.parentElement.before(place);
    target.querySelector("ul").append(card.parentElement); // where it will stand: the newest of them
    card.setAttribute("aria-busy", "true");
    try {
      const answer = await send(formOf(card).action, { stage, seen });
      if (answer.isDone) {
        await refresh();
        tell(answer.said, { answer: answer.answer, undo: answer.undo ? { id, stage: answer.undo, seen: stage } : null });
      } else {
        place.replaceWith(card.parentElement);
        target.open = wasOpen;
        if (answer.said !== told.dataset.failed) await refresh(); // somebody was faster: as it stands now
        tell(answer.said);
      }
    } catch {
      if (place.isConnected) place.replaceWith(card.parentElement);
      target.open = wasOpen;
      tell(told.dataset.failed);
    }
    card.removeAttribute("aria-busy");
    const moved = document.getElementById(id);
    focus(moved && columnOf(moved).open ? moved : document.getElementById(beside) ?? cardsOf(from)[0]);
  }

  async function assign(card, owner) {
    const beside = neighbour(card);
    try {
      const answer = await send(card.dataset.assign, { owner });
      if (answer.isDone) await refresh();
      tell(answer.said);
    } catch {
      tell(told.dataset.failed);
    }
    focus(document.getElementById(card.id) ?? document.getElementById(beside)); // theirs, it may show no more
  }

  function undo() {
    const card = way && document.getElementById(way.id);
    if (card) move(card, way.stage, way.seen);
  }

  // One card is in the order of the Tab key, with what stands in it; arrows go from card to card ---------------------

  function current(card) {
    for (const one of board.querySelectorAll(".cw-ticket")) {
      one.tabIndex = one === card ? 0 : -1;
      for (const inside of one.querySelectorAll("a, summary")) inside.tabIndex = one === card ? 0 : -1;
    }
  }

  function focus(card) {
    if (!card) return;
    current(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function neighbour(card) {
    const cards = cardsOf(columnOf(card));
    const at = cards.indexOf(card);
    return (cards[at + 1] ?? cards[at - 1])?.id;
  }

  function beside(card, by) {
    const open = columns().filter((column) => cardsOf(column).length);
    const at = open.indexOf(columnOf(card));
    const next = open[at + by];
    if (!next) return undefined;
    const place = cardsOf(open[at]).indexOf(card);
    return cardsOf(next)[Math.min(place, cardsOf(next).length - 1)];
  }

  function stepped(card, key) {
    const cards = cardsOf(columnOf(card));
    const at = cards.indexOf(card);
    switch (key) {
      case "ArrowDown": return cards[at + 1];
      case "ArrowUp": return cards[at - 1];
      case "ArrowRight": return beside(card, 1);
      case "ArrowLeft": return beside(card, -1);
      case "Home": return cards[0];
      case "End": return cards.at(-1);
      default: return undefined;
    }
  }

  // Menus ------------------------------------------------------------------------------------------------------------

  function ask(dialog, card, then) {
    const title = dialog.querySelector("[data-title]");
    title.textContent = title.dataset.title.replace("{name}", () => card.dataset.name);
    dialog.querySelector("form").onsubmit = (event) => {
      if (event.submitter) then(event.submitter.value);
    };
    dialog.showModal();
  }

  function askMove(card) {
    if (!choices(card).length) return tell(told.dataset.forbidden.replace("{name}", () => card.dataset.name));
    const dialog = document.getElementById("board-move");
    const buttons = choices(card).map((choice, i) => {
      const button = document.createElement("button");
      button.className = "cw-button";
      button.value = choice.value;
      if (i < 9) {
        button.setAttribute("aria-keyshortcuts", i + 1);
        const key = document.createElement("kbd");
        key.textContent = i + 1;
        button.append(key, " ");
      }
      button.append(choice.textContent);
      return button;
    });
    dialog.querySelector(".cw-choices").replaceChildren(...buttons);
    ask(dialog, card, (stage) => move(card, stage));
  }

  const askOwner = (card) => ask(document.getElementById("board-owner"), card, (owner) => assign(card, owner));

  // Dragging ---------------------------------------------------------------------------------------------------------

  let dragged = null;

  function over(event) {
    return dragged && event.target.closest?.(".cw-column");
  }

  board.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.(".cw-ticket[draggable=true]");
    if (!card) return;
    dragged = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.name);
    card.classList.add("cw-ticket--dragged");
    requestAnimationFrame(() => { // the picture that is dragged is taken before
      board.classList.add("cw-board--dragging");
      for (const column of columns()) column.classList.toggle("cw-column--allowed", allows(card, column));
    });
  });
  board.addEventListener("dragover", (event) => {
    const column = over(event);
    for (const one of columns()) one.classList.toggle("cw-column--over", one === column && allows(dragged, one));
    if (!column || !allows(dragged, column)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  board.addEventListener("drop", (event) => {
    const column = over(event);
    if (!column || !allows(dragged, column)) return;
    event.preventDefault();
    move(dragged, column.dataset.stage);
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("cw-ticket--dragged");
    dragged = null;
    board.classList.remove("cw-board--dragging");
    for (const column of columns()) column.classList.remove("cw-column--allowed", "cw-column--over");
  });

  // Keys and clicks --------------------------------------------------------------------------------------------------

  board.addEventListener("focusin", (event) => {
    const card = event.target.closest(".cw-ticket");
    if (card) current(card);
  });
  board.addEventListener("click", (event) => {
    const opens = event.target.closest(".cw-ticket-move > summary");
    if (!opens) return;
    event.preventDefault();
    askMove(opens.closest(".cw-ticket"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    if (target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const card = target.closest(".cw-ticket");
    const next = card && stepped(card, key);
    if (next) focus(next);
    else if (mayMove && key === "u" && way) undo();
    else if (mayMove && card && (key === "m" || (key === "Enter" && target === card))) askMove(card);
    else if (mayMove && card && key === "o") askOwner(card);
    else if (!mayMove && key === "Enter" && target === card) card.querySelector("a").click();
    else return;
    event.preventDefault();
  });

  function ready() {
    for (const card of board.querySelectorAll(".cw-ticket")) {
      card.draggable = choices(card).length > 0;
      if (mayMove) card.setAttribute("aria-keyshortcuts", "m o");
      card.querySelector("summary")?.setAttribute("aria-haspopup", "dialog");
    }
    current(columns().flatMap(cardsOf)[0]);
  }

  if (mayMove) {
    for (const dialog of document.querySelectorAll("#board-move, #board-owner")) {
      dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
      dialog.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key)) return;
        const choice = dialog.querySelector(`[aria-keyshortcuts="${event.key}"]`);
        if (!choice) return;
        event.preventDefault();
        choice.click();
      });
    }
    told.querySelector("[data-undo]").addEventListener("click", undo);
    told.querySelector("[data-hush]").addEventListener("click", () => tell(""));
  }
  // On a narrow screen the columns stand one under another: their counts first, cards where one taps.
  if (narrow.matches && !location.hash) for (const column of columns()) column.open = false;
  ready();
});
