// Redraws the answer as a control moves. Without scripts the same form is sent and the same page comes back.
"use strict";
(() => {
  const form = document.getElementById("limits");
  const answer = document.getElementById("answer");
  const state = document.getElementById("state");
  const STILL_MS = 120; // a control that rests for so long is taken at its word
  let timer = 0;
  let number = 0;
  let running = null;
  const address = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (String(value).trim()) query.set(name, String(value).trim());
    return query.toString();
  };
  // What somebody unfolded stays unfolded, by its title.
  const titles = () => [...answer.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent.trim());
  const draw = (text) => {
    const open = titles();
    document.getElementById("start")?.remove();
    answer.innerHTML = text;
    for (const summary of answer.querySelectorAll("details > summary"))
      if (open.includes(summary.textContent.trim())) summary.parentElement.open = true;
    offerCopy();
  };
  const offerCopy = () => {
    if (navigator.clipboard) for (const button of answer.querySelectorAll("button.copy")) button.hidden = false;
  };
  answer.addEventListener("click", async (event) => {
    if (!event.target.classList.contains("copy")) return;
    await navigator.clipboard.writeText(answer.querySelector("a.here").href);
    state.classList.remove("told");
    state.textContent = event.target.dataset.done;
  });
  offerCopy();
  // On a small screen the controls give way to the answer that somebody asked for.
  if (answer.textContent.trim() && matchMedia("(max-width: 63.99rem)").matches) document.getElementById("controls").open = false;
  // Where an answer takes long, how long it has taken: for the eye alone, not read out every second.
  const clock = document.getElementById("clock");
  const SOON_MS = 2000;
  let ticking = 0;
  const tick = () => {
    const begun = Date.now();
    clearInterval(ticking);
    clock.hidden = true;
    ticking = setInterval(() => {
      const passed = Date.now() - begun;
      clock.hidden = passed < SOON_MS;
      clock.textContent = clock.dataset.text.replace("{seconds}", Math.round(passed / 1000));
    }, 1000);
  };
  const stopClock = () => { clearInterval(ticking); clock.hidden = true; };
  const redraw = async () => {
    const mine = ++number;
    const query = address();
    if (running) running.abort(); // nobody waits for the answer to where the control was before
    running = new AbortController();
    answer.classList.add("busy");
    state.classList.remove("told");
    state.textContent = state.dataset.working;
    tick();
    document.getElementById("question").value = ""; // the answer will be to the controls
    try {
      const reply = await fetch(`/answer?${query}`, { headers: { Accept: "text/html" }, signal: running.signal });
      const text = await reply.text();
      if (mine !== number) return;
      draw(text);
      const first = answer.querySelector(".decision p, .bad"); // in sight also where the answer itself is not
      state.textContent = first ? first.textContent : state.dataset.done;
      state.classList.add("told"); // where the answer is in sight it need not be shown twice
      history.replaceState(null, "", `/?${query}`);
      const wait = Number(reply.headers.get("Retry-After")); // busy: asked again when the server says so
      if (!reply.ok && wait > 0) timer = setTimeout(redraw, 1000 * wait);
    } catch (error) {
      if (mine === number) form.submit();
    } finally {
      if (mine === number) { answer.classList.remove("busy"); stopClock(); }
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(redraw, STILL_MS); };
  // A slider stands beside its field and writes into it; the field is what is sent.
  for (const slider of form.querySelectorAll("input.slider")) {
    const field = document.getElementById(slider.dataset.for);
    const low = Number(slider.dataset.low), high = Number(slider.dataset.high);
    const log = slider.dataset.scale === "log";
    const value = (place) => (log ? low * (high / low) ** (place / 100) : low + (high - low) * (place / 100));
    const place = (at) => 100 * (log ? Math.log(at / low) / Math.log(high / low) : (at - low) / (high - low));
    const mark = document.documentElement.lang === "en" ? "." : ","; // of decimals, as the language writes them
    const shown = (at) => String(Number(at.toPrecision(2))).replace(".", mark);
    const unset = Number(slider.dataset.unset); // the end of the slider at which nothing is set
    const follow = () => {
      const typed = Number(field.value.replace(/,(?=[0-9]{1,2}$)/, ".").replace(/[^0-9.eE]/g, ""));
      slider.value = typed > 0 ? Math.max(1, Math.min(99, Math.round(place(typed)))) : unset;
      slider.setAttribute("aria-valuetext", field.value || field.placeholder);
    };
    slider.hidden = false;
    slider.addEventListener("input", () => {
      field.value = Number(slider.value) === unset ? "" : shown(value(Number(slider.value)));
      slider.setAttribute("aria-valuetext", field.value || field.placeholder);
    });
    field.addEventListener("input", follow);
    follow();
  }
  const further = form.querySelector("details.further");
  form.addEventListener("input", () => {
    if (document.getElementById("workload").value === "own") further.open = true;
    const isSlow = (field) => field.value.trim() && new RegExp(field.dataset.slow).test(field.value);
    if (![...form.querySelectorAll("[data-slow]")].some(isSlow)) { soon(); return; }
    clearTimeout(timer); // this answer takes long: it is worked out when it is asked for
    if (running) running.abort();
    number++;
    stopClock();
    answer.classList.add("busy");
    state.classList.remove("told");
    state.textContent = state.dataset.wanted;
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); redraw(); });

  // A file of cases is looked at again until all of its rows are done.
  const LOOK_MS = 1000;
  const look = async () => {
    const batch = document.getElementById("batch");
    if (!batch || !batch.dataset.part) return;
    try {
      const reply = await fetch(batch.dataset.part, { headers: { Accept: "text/html" } });
      const text = await reply.text();
      if (reply.ok || reply.status === 404) answer.innerHTML = text;
    } catch (error) { /* the server did not answer this time */ }
    const now = document.getElementById("batch");
    if (now && now.dataset.part) setTimeout(look, LOOK_MS);
    else state.textContent = now ? document.getElementById("batch-progress").textContent : answer.textContent;
  };
  setTimeout(look, LOOK_MS);
})();
