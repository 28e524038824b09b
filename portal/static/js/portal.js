(function () {
  "use strict";
  var body = document.body, last = Date.now(), away = body.getAttribute("data-idle-url");
  var quiet = Number(body.getAttribute("data-idle-seconds")) * 1000 || Infinity, still = 0, sent;
  document.documentElement.className = "scripted";
  function each(names, target, act) {
    names.split(" ").forEach(function (name) { target.addEventListener(name, act, true); });
  }
  // A shared computer: after a quiet while the page goes blank, then to data-idle-url.
  function leaveWhenQuiet(event) {
    if (Date.now() - last >= quiet) { body.hidden = true; location.replace(away); }
    else if (event && event.persisted && quiet < Infinity) { body.hidden = true; location.reload(); }
  }
  each("click keydown mousemove touchstart wheel", document, function () { last = Date.now(); });
  each("visibilitychange pageshow", window, leaveWhenQuiet);
  setInterval(leaveWhenQuiet, 1000);
  // Choosing a file presses the button that sends it.
  each("change", document, function (event) {
    var field = event.target, name = field.getAttribute("data-submit");
    if (name && field.value) { field.form.querySelector("button[name='" + name + "']").click(); }
  });
  // Nothing moves under a press: answers wait until it is over, on old touch screens by 300 ms.
  each("mousedown touchstart keydown", document, function () { still = Infinity; sent = null; });
  each("mouseup mousemove touchend touchcancel dragend keyup", document, function (event) {
    var over = event.type !== "mousemove" || event.buttons === 0;
    if (over && still === Infinity) { still = Date.now() + 400; }
  });
  // A form on its way saves itself no more: that could overtake the page that answers it.
  document.addEventListener("submit", function (event) {
    sent = event.defaultPrevented ? null : event.target;
    if (sent) { window.htmx.trigger(sent, "htmx:abort"); }
  });
  each("htmx:beforeRequest", body, function (event) {
    var xhr = event.detail.xhr, show = xhr.onload;
    if (event.detail.elt === sent) { event.preventDefault(); }
    xhr.onload = function wait() { return Date.now() < still ? setTimeout(wait, 50) : show(); };
  });
  // A refused form (422) is shown, a page overtaken by others (409) whole, a sign-in page never.
  each("htmx:beforeSwap", body, function (event) {
    var detail = event.detail, status = detail.xhr.status;
    var ended = status === 401 || detail.xhr.responseText.indexOf('id="sign-in"') > -1;
    detail.shouldSwap = !ended && (detail.shouldSwap || status === 422 || status === 409);
    detail.isError = detail.isError && !detail.shouldSwap;
    if (ended) { location.assign(location.href.split("#")[0]); }
    if (status !== 409) { return; }
    detail.target = body;
    setTimeout(function () { document.getElementById("main").focus(); }, 0);
  });
  // The field with the cursor stays; a new one takes along what stood in the old one, if anything.
  each("htmx:oobBeforeSwap", body, function (event) {
    var old = event.detail.target.querySelector("[name][id]");
    var fresh = old && event.detail.fragment.querySelector("[name='" + old.name + "']");
    if (fresh && (old.value || old.defaultValue)) { fresh.value = old.value; }
    event.detail.shouldSwap = !fresh || old !== document.activeElement;
  });
  // What did not arrive is said, and taken back when the next answer does.
  each("htmx:beforeOnLoad htmx:sendError htmx:timeout htmx:responseError", body, function (event) {
    document.getElementById("unreachable").hidden = event.type === "htmx:beforeOnLoad";
  });
}());
