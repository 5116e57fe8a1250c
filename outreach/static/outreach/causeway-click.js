/* Causeway: keeps for 30 days, in this browser alone, by which links somebody came. No network, no cookie.
   Load it once your visitors agreed: docs/attribution.md. Apache-2.0 */
(function (w) {
  var KEY = "cw_clicks", DAY = 864e5;
  function read() {
    var kept, now = Date.now();
    try { kept = JSON.parse(w.localStorage.getItem(KEY)); } catch (e) { /* shut, or not ours */ }
    return Array.isArray(kept) ? kept.filter(function (c) {
      return c && typeof c[0] === "string" && c[1] >= now - 30 * DAY && c[1] <= now + DAY;
    }) : [];
  }
  function write(kept) {
    try {
      if (kept.length) w.localStorage.setItem(KEY, JSON.stringify(kept.slice(-50)));
      else w.localStorage.removeItem(KEY);
    } catch (e) { /* nothing is kept */ }
  }
  function clicks() { return read().map(function (c) { return c[0]; }); }
  function fill() {
    w.document.querySelectorAll("input[data-cw-clicks]").forEach(function (i) { i.value = clicks().join(" "); });
  }
  var kept = read(), id = new URLSearchParams(w.location.search).get("cw_click");
  if (id && /^[\w-]{1,40}$/.test(id)) {
    kept = kept.filter(function (c) { return c[0] !== id; });
    kept.push([id, Date.now()]);
  }
  write(kept);
  w.causeway = { clicks: clicks, forget: function () { write([]); fill(); } };
  if (w.document.readyState === "loading") w.document.addEventListener("DOMContentLoaded", fill);
  else fill();
})(window);
