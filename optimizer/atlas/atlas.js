// Filters and orders the ranking, and moves the map; the address keeps what is chosen: #region=asean&by=days&q=viet
"use strict";
(() => {
  const form = document.getElementById("filter");
  const body = document.querySelector("#ranking tbody");
  const rows = [...body.rows];
  const map = document.querySelector(".map");
  const picture = map.querySelector("svg");
  const told = document.getElementById("told");
  const areas = [...document.querySelectorAll(".map [data-code]")];
  const linked = areas.filter((area) => area.closest("a"));
  const listed = [...document.querySelectorAll(".countries [data-code]")];
  const groups = [...document.querySelectorAll(".alike")];
  const bindings = [...document.querySelectorAll("#binding tbody tr")];
  const limits = [...document.querySelectorAll(".binds")];
  const keys = [...document.querySelectorAll(".legend li")].map((line) => {
    const place = line.querySelector(".count");
    return { place, line, all: place.textContent, fill: line.querySelector("rect").getAttribute("fill").replace("-key-", "-") };
  });
  const others = JSON.parse(document.getElementById("other-names").textContent);
  const members = Object.fromEntries([...form.region.options].map((one) => [one.value, one.dataset.members?.split(" ")]));
  const textOf = (area) => area.querySelector("title")?.textContent || "";
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  // Every country of the page, whether or not the map has a form of it
  const codes = [...new Set([...rows, ...listed].map((one) => one.dataset.code))];
  const areaOf = Object.fromEntries(areas.map((area) => [area.dataset.code, area]));
  const namesOf = Object.fromEntries(
    [...codes, ...Object.keys(areaOf)].map((code) => {
      const told = areaOf[code] ? textOf(areaOf[code]).split(":")[0] : "";
      return [code, plain(`${told} | ${others[code] || ""}`)];
    })
  );
  const isLetter = (one) => one !== undefined && /[\p{L}\p{N}]/u.test(one);
  const chosen = () => ({ region: form.region.value, q: form.q.value.trim(), by: form.by.value });

  // Over all areas: the neighbours of a country are drawn after it and cover its border
  const outline = picture.appendChild(document.createElementNS(picture.namespaceURI, "g"));
  outline.classList.add("outline");

  // What an area says, with the way to its page: a finger has no tip. A reader of screens reads a focused link itself
  const tell = (shown, isNews = true) => {
    told.setAttribute("aria-live", isNews && shown.length ? "polite" : "off");
    for (const area of areas) area.classList.toggle("here", shown.includes(area));
    outline.replaceChildren(...shown.flatMap((area) => [...area.querySelectorAll("path")].map((path) => path.cloneNode())));
    told.replaceChildren(
      ...shown.map((area) => {
        const line = document.createElement("p");
        const [name, ...rest] = textOf(area).split(":");
        const link = document.createElement("a");
        const page = area.closest("a")?.getAttribute("href");
        if (page) link.setAttribute("href", page);
        link.textContent = name;
        line.append(link, rest.length ? `:${rest.join(":")}` : "");
        return line;
      })
    );
    if (!shown.length) told.textContent = told.dataset.keys;
  };

  const { x: leftmost, y: topmost, width, height } = picture.viewBox.baseVal;
  // The place of an area in the picture is that of its greatest part: France is not half the way to Guiana
  const boxOf = (form) => {
    if (form.tagName === "circle") {
      const [x, y, r] = ["cx", "cy", "r"].map((name) => Number(form.getAttribute(name)));
      return [x - r - leftmost, y - r - topmost, x + r - leftmost, y + r - topmost];
    }
    const parts = form.getAttribute("d").split("Z").filter(Boolean).map((part) => {
      const numbers = part.match(/-?[\d.]+/g).map(Number);
      const [xs, ys] = [0, 1].map((odd) => numbers.filter((_, place) => place % 2 === odd));
      return [Math.min(...xs) - leftmost, Math.min(...ys) - topmost, Math.max(...xs) - leftmost, Math.max(...ys) - topmost];
    });
    return parts.reduce((a, b) => ((b[2] - b[0]) * (b[3] - b[1]) > (a[2] - a[0]) * (a[3] - a[1]) ? b : a));
  };
  const parts = new Map(areas.map((area) => [area, boxOf(area.lastElementChild)]));
  const sideOf = ([l, t, r, b]) => Math.max(r - l, b - t);
  const middle = (area) => { const [l, t, r, b] = parts.get(area); return [(l + r) / 2, (t + b) / 2]; };
  const dots = [...map.querySelectorAll("circle")].map((dot) => {
    const shape = dot.parentElement.querySelector("path");
    return [dot, Number(dot.getAttribute("r")), shape ? sideOf(boxOf(shape)) : 0];
  });
  const hatches = [...picture.querySelectorAll("pattern")].map((hatch) => [hatch, hatch.getAttribute("patternTransform")]);
  const usual = 1184 / width; // pixels of a unit on a wide screen: there dots and hatches are as the file has them
  const most = 16;
  let scale = 1;
  let centre = [0, 0];
  // Closer: the picture grows inside its frame, which scrolls; hatches stay as they are, dots grow less, until a shape is greater
  const zoom = (to, [x, y]) => {
    if (scale === 1) map.style.height = `${map.offsetHeight}px`;
    scale = Math.min(most, Math.max(1, to));
    if (scale === 1) map.style.height = "";
    picture.style.width = `${100 * scale}%`;
    const unit = (map.clientWidth * scale) / width;
    for (const [dot, radius, side] of dots) {
      const grown = radius * Math.sqrt(usual / unit);
      dot.setAttribute("r", grown);
      dot.toggleAttribute("hidden", side > 2 * grown);
    }
    for (const [hatch, turn] of hatches) hatch.setAttribute("patternTransform", `${turn} scale(${usual / unit})`);
    centre = [x, y];
    map.scrollTo(x * unit - map.clientWidth / 2, y * unit - map.clientHeight / 2);
    for (const button of document.querySelectorAll("#zoom button"))
      button.disabled = button.value === "2" ? scale === most : scale === 1;
  };
  // Of islands on both sides of the 180th meridian those on the side that has more of them
  const acrossNoEdge = (some) => {
    const along = [...some].sort((a, b) => middle(a)[0] - middle(b)[0]);
    const cut = along.findIndex((area, place) => place && middle(area)[0] - middle(along[place - 1])[0] > width / 2);
    if (cut < 0) return along;
    return cut > along.length / 2 ? along.slice(0, cut) : along.slice(cut);
  };
  const fit = (some) => {
    if (!some.length) return zoom(1, [0, 0]);
    const sides = acrossNoEdge(some).map((area) => parts.get(area));
    const [l, t] = [0, 1].map((side) => Math.min(...sides.map((one) => one[side])));
    const [r, b] = [2, 3].map((side) => Math.max(...sides.map((one) => one[side])));
    const room = 60;
    zoom(Math.min(width / (r - l + room), height / (b - t + room)), [(l + r) / 2, (t + b) / 2]);
  };
  const seen = () => {
    const unit = (map.clientWidth * scale) / width;
    return [(map.scrollLeft + map.clientWidth / 2) / unit, (map.scrollTop + map.clientHeight / 2) / unit];
  };

  const isPart = (group) => group.querySelector("[data-code][hidden]") !== null;
  // "(the import duty: 28; the wage: 2)" counts all countries of the page: without it where a filter shows a part of them
  const texts = new Map();
  const whole = (line, isAll) => {
    for (const node of [...line.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE)) {
      if (!texts.has(node)) texts.set(node, node.textContent);
      node.textContent = isAll ? texts.get(node) : texts.get(node).replace(/\s*\([^()]*:\s*\d[^()]*\)/, "");
    }
  };

  const show = () => {
    const { region, q, by } = chosen();
    // "oman" is Oman, not Romania too: the whole name, else a whole word, else how a word begins, else any part of it
    const word = plain(q);
    const nearness = (code) => {
      const names = namesOf[code] || "";
      if (!word) return 1;
      if (code.toLowerCase() === word || names.split(" | ").includes(word)) return 0;
      const before = [...names.matchAll(RegExp(word.replace(/[^\p{L}\p{N}]/gu, "\\$&"), "g"))].map((found) => found.index);
      if (!before.length) return 9;
      const begins = before.filter((place) => !isLetter(names[place - 1]));
      return !begins.length ? 3 : begins.some((place) => !isLetter(names[place + word.length])) ? 1 : 2;
    };
    const isIn = (code) => !members[region] || members[region].includes(code);
    const near = Object.fromEntries(Object.keys(namesOf).map((code) => [code, isIn(code) ? nearness(code) : 9]));
    const best = Math.min(...Object.values(near));
    // A short name such as "us" is no word to look for elsewhere
    const furthest = q.length <= 3 && best === 0 ? 0 : Math.min(Math.max(best, 1), 3);
    const isInside = (code) => near[code] <= furthest;
    for (const one of [...rows, ...listed]) one.hidden = !isInside(one.dataset.code);
    // Countries that are alike, with how many of them are shown
    for (const group of groups) {
      const count = group.querySelectorAll("[data-code]:not([hidden])").length;
      group.hidden = !count;
      if (group.querySelector("h3")) whole(group.querySelector("h3"), !isPart(group));
      const own = group.querySelector(".count");
      if (own) own.textContent = count;
      // Of a part of them each has its own figures in place of the least and the greatest of all
      for (const one of group.querySelectorAll(":scope > .of-all")) one.hidden = isPart(group);
      for (const one of group.querySelectorAll(":scope > .countries .own, :scope > .long .own")) one.hidden = !isPart(group);
      // A long list is folded, until a filter shows a part of it
      for (const one of group.querySelectorAll(":scope > .long")) one.open = isPart(group);
    }
    for (const [place, line] of bindings.entries()) {
      const shown = [...limits[place].querySelectorAll("[data-code]:not([hidden])")];
      const ends = shown.filter((one) => one.dataset.told).sort((a, b) => a.dataset.saving - b.dataset.saving);
      line.hidden = !shown.length;
      line.cells[1].textContent = shown.length;
      line.cells[2].textContent = [...new Set([ends[0], ends.at(-1)].map((one) => one?.dataset.told || ""))].join(" – ");
    }
    for (const table of document.querySelectorAll("#binding")) table.hidden = bindings.every((line) => line.hidden);
    const withoutPlan = groups.some((group) => group.tagName === "DIV" && !group.hidden);
    const noneIsPlanned = rows.every((row) => row.hidden);
    document.getElementById("none-planned").hidden = !rows.length || !noneIsPlanned;
    body.closest(".scroll").hidden = noneIsPlanned;
    document.getElementById("all-planned").hidden = withoutPlan || noneIsPlanned;
    const column = by || "rank";
    rows.sort((a, b) => a.dataset[column] - b.dataset[column] || a.dataset.rank - b.dataset.rank);
    body.append(...rows);
    const filtered = region !== "" || q !== "";
    const inside = linked.filter((area) => isInside(area.dataset.code));
    for (const area of areas) area.classList.toggle("dim", filtered && !isInside(area.dataset.code));
    for (const link of document.querySelectorAll("nav:not(.jumps) a")) link.hash = location.hash;
    const output = form.querySelector("output");
    const numbers = [rows.filter((row) => !row.hidden).length, codes.filter(isInside).length];
    output.textContent = output.dataset.shown.replace(/#/g, () => numbers.shift());
    document.getElementById("of-all").hidden = !filtered;
    for (const line of keys) {
      const alike = areas.filter((area) => area.getAttribute("fill") === line.fill && isInside(area.dataset.code));
      line.place.textContent = filtered ? alike.length : line.all;
      whole(line.line, !filtered);
    }
    fit(filtered ? inside : []);
    const found = q ? areas.filter((area) => isInside(area.dataset.code)) : [];
    tell(found.length <= 6 ? found.sort((a, b) => near[a.dataset.code] - near[b.dataset.code]) : []);
    if (!q || found.length) return;
    told.setAttribute("aria-live", "polite");
    told.textContent = told.dataset.none;
  };
  const read = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const name of ["region", "q", "by"]) form[name].value = kept.get(name) || "";
    const isUnknown = form.region.selectedIndex < 0;
    if (isUnknown) form.region.value = "";
    if (form.by.selectedIndex < 0) form.by.value = "";
    show();
    if (!isUnknown) return;
    told.setAttribute("aria-live", "polite");
    told.prepend(Object.assign(document.createElement("p"), { className: "bad", textContent: told.dataset.region }));
  };
  const keep = () => {
    const filled = Object.entries(chosen()).filter(([, value]) => value !== "");
    history.replaceState(null, "", filled.length ? `#${new URLSearchParams(filled)}` : location.pathname.split("/").pop());
    show();
  };

  // A finger is broad: what it touches, or the small country nearest to it
  const touched = (x, y) => {
    const unit = (map.clientWidth * scale) / width;
    const frame = map.getBoundingClientRect();
    const seenSide = (area) => unit * sideOf(parts.get(area));
    const hit = document.elementFromPoint(x, y)?.closest("[data-code]");
    const finger = !hit?.closest("a") ? 24 : seenSide(hit) < 24 ? 0 : 12;
    const near = linked
      .filter((area) => seenSide(area) < 24)
      .map((area) => {
        const [left, top] = [frame.left - map.scrollLeft, frame.top - map.scrollTop];
        return [Math.hypot(left + middle(area)[0] * unit - x, top + middle(area)[1] * unit - y), area];
      })
      .sort((a, b) => a[0] - b[0])[0];
    return near && near[0] <= finger ? near[1] : hit;
  };
  let isMouse = true;
  map.addEventListener("pointerdown", (event) => { isMouse = event.pointerType === "mouse"; });
  map.addEventListener("click", (event) => {
    if (isMouse) return;
    event.preventDefault();
    const area = touched(event.clientX, event.clientY);
    tell(area ? [area] : []);
  });
  map.addEventListener("pointerover", (event) => {
    const area = event.target.closest("[data-code]");
    if (event.pointerType === "mouse" && area) tell([area], false);
  });
  map.addEventListener("focusin", (event) => {
    const area = event.target.querySelector("[data-code]");
    if (event.target !== map && area) tell([area], false);
  });
  // From the country that is chosen to the nearest one that lies that way
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  map.addEventListener("keydown", (event) => {
    isMouse = true;
    const way = ways[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const here = document.activeElement.querySelector(":scope > [data-code]");
    const [x, y] = here ? middle(here) : seen();
    const next = linked
      .filter((area) => area !== here && !area.classList.contains("dim"))
      .map((area) => {
        const [dx, dy] = [middle(area)[0] - x, middle(area)[1] - y];
        const along = dx * way[0] + dy * way[1];
        const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
        return [!here || (along > 0 && aside <= along * 1.5) ? Math.hypot(along, 2 * aside) : Infinity, area];
      })
      .sort((a, b) => a[0] - b[0])[0];
    if (next && next[0] < Infinity) next[1].closest("a").focus();
  });
  document.getElementById("zoom").addEventListener("click", ({ target }) => {
    const factor = Number(target.value);
    if (target.tagName === "BUTTON") zoom(scale * factor, seen());
  });
  // What was in the middle stays there when the width changes, which moves the scroll itself
  let wide = map.clientWidth;
  map.addEventListener("scroll", () => { if (map.clientWidth === wide) centre = seen(); });
  addEventListener("resize", () => {
    if (map.clientWidth === wide) return;
    const [factor, kept] = [scale, centre];
    wide = map.clientWidth;
    zoom(1, kept);
    if (factor > 1) zoom(factor, kept);
  });
  // To a section, with the address as it is: it has the filter
  document.querySelector(".jumps").addEventListener("click", (event) => {
    if (!event.target.hash) return;
    event.preventDefault();
    const heading = document.querySelector(event.target.hash);
    heading.tabIndex = -1;
    heading.focus();
    heading.scrollIntoView();
  });
  for (const one of [form, document.getElementById("zoom")]) one.hidden = false;
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", read);
  read();
})();
