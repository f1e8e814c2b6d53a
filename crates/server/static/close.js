// The last page goes to the partner's page, where there is one, or else closes itself. A browser may refuse, for instance inside another app: then the page says that it
// may be closed. Without this script the page says so from the start.
(() => {
  "use strict";
  const closing = document.getElementById("closing");
  const closed = document.getElementById("closed");
  if (!closing || !closed) return;
  const back = document.getElementById("return");
  closing.hidden = false;
  closed.hidden = true;
  setTimeout(() => {
    if (back) {
      location.assign(back.href);
      return;
    }
    window.close();
    setTimeout(() => {
      closing.hidden = true;
      closed.hidden = false;
    }, 500);
  }, 3000);
})();
