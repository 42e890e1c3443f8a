// Follows a check that runs: the page says the same without it, by its « Actualiser » link.
(function () {
  "use strict";
  var place = document.getElementById("etat");
  if (!place || !window.fetch) { return; }
  var rows = document.getElementById("lignes"), errors = document.getElementById("erreurs"), was = null;
  function look() {
    fetch(place.dataset.address, { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (check) {
        if (!check) { return; }
        if (was !== null && check.state !== was || ["received", "running"].indexOf(check.state) < 0) { window.location.reload(); return; }
        was = check.state;
        if (rows && check.progress.rows !== undefined) { rows.textContent = check.progress.rows.toLocaleString(); errors.textContent = check.progress.errors.toLocaleString(); }
        window.setTimeout(look, 1000);
      })
      .catch(function () { window.setTimeout(look, 5000); });
  }
  look();
}());
