// Looks again at a passage under way; without it, the page says the same by its « Actualiser » link.
(function () {
  "use strict";
  window.setTimeout(function () { window.location.reload(); }, 5000);
}());
