// A choice that says at once what the page is about: its form is sent as soon as something else is chosen.
"use strict";

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-sends]")) event.target.form.submit();
});
