// Filters and orders the ranking; the address keeps what is chosen: #region=asean&by=days&q=viet
"use strict";
(() => {
  const form = document.getElementById("filter");
  const body = document.querySelector("#ranking tbody");
  const rows = [...body.rows];
  const areas = [...document.querySelectorAll(".map [data-code]")];
  const listed = [...document.querySelectorAll(".countries [data-code]")];
  const members = Object.fromEntries([...form.region.options].map((one) => [one.value, one.dataset.members?.split(" ")]));
  const nameOf = Object.fromEntries(areas.map((area) => [area.dataset.code, area.textContent.split(":")[0]]));
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const chosen = () => ({ region: form.region.value, q: form.q.value.trim(), by: form.by.value });
  const show = () => {
    const { region, q, by } = chosen();
    const isInside = (code) =>
      (!members[region] || members[region].includes(code)) &&
      (plain(nameOf[code] || "").includes(plain(q)) || code.toLowerCase() === plain(q));
    for (const one of [...rows, ...listed]) one.hidden = !isInside(one.dataset.code);
    const column = by || "rank";
    rows.sort((a, b) => a.dataset[column] - b.dataset[column] || a.dataset.rank - b.dataset.rank);
    body.append(...rows);
    for (const area of areas) area.classList.toggle("dim", (region !== "" || q !== "") && !isInside(area.dataset.code));
    form.querySelector("output").textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
  };
  const read = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const name of ["region", "q", "by"]) form[name].value = kept.get(name) || "";
    if (form.region.selectedIndex < 0) form.region.value = "";
    if (form.by.selectedIndex < 0) form.by.value = "";
    show();
  };
  const keep = () => {
    const filled = Object.entries(chosen()).filter(([, value]) => value !== "");
    history.replaceState(null, "", filled.length ? `#${new URLSearchParams(filled)}` : location.pathname.split("/").pop());
    for (const link of document.querySelectorAll("nav a")) link.hash = location.hash;
    show();
  };
  form.hidden = false;
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", read);
  read();
})();
