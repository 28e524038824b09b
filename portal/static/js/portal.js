(function () {
  "use strict";
  var body = document.body;
  var quiet = Number(body.getAttribute("data-idle-seconds")) * 1000;
  var last = Date.now();
  document.documentElement.className = "scripted";
  function each(names, target, act) {
    names.split(" ").forEach(function (name) { target.addEventListener(name, act, true); });
  }

  // A shared computer: after a quiet while the page goes blank, then to data-idle-url.
  function leaveWhenQuiet() {
    if (Date.now() - last < quiet) { return; }
    body.hidden = true;
    location.replace(body.getAttribute("data-idle-url"));
  }
  if (quiet) {
    each("click keydown mousemove touchstart wheel", document, function () { last = Date.now(); });
    each("visibilitychange", document, leaveWhenQuiet);
    setInterval(leaveWhenQuiet, 1000);
    each("pageshow", window, function (event) {
      if (event.persisted) { body.hidden = true; location.reload(); }
    });
  }

  // Choosing a file presses the button that sends it.
  each("change", document, function (event) {
    var name = event.target.getAttribute("data-submit");
    var button = name && event.target.form.querySelector("button[name='" + name + "']");
    if (button && event.target.value) { button.click(); }
  });

  // A refused form (422) is shown like any answer; a page overtaken by others (409) whole.
  // The sign-in page as an answer means the session ended: sign in, then come back here.
  each("htmx:beforeSwap", body, function (event) {
    var detail = event.detail;
    var markup = detail.xhr.responseText;
    if (detail.xhr.status === 401 || markup.indexOf('id="sign-in"') > -1) {
      detail.shouldSwap = false;
      location.assign(location.href.split("#")[0]);
    } else if (detail.xhr.status === 422) {
      detail.shouldSwap = true;
      detail.isError = false;
    } else if (detail.xhr.status === 409) {
      detail.isError = false;
      var page = new DOMParser().parseFromString(markup, "text/html");
      document.title = page.title;
      body.innerHTML = page.body.innerHTML;
      window.htmx.process(body);
      document.getElementById("main").focus();
    }
  });

  // What did not arrive is said, and taken back when the next answer does.
  function saying(said) {
    return function () { document.getElementById("unreachable").hidden = !said; };
  }
  each("htmx:beforeOnLoad", body, saying(false));
  each("htmx:sendError htmx:timeout htmx:responseError", body, saying(true));
}());
