// Redraws the answer as a control moves. Without scripts the same form is sent and the same page comes back.
"use strict";
(() => {
  const form = document.getElementById("limits");
  const answer = document.getElementById("answer");
  let timer = 0;
  let number = 0;
  const address = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (String(value).trim()) query.set(name, String(value).trim());
    return query.toString();
  };
  const redraw = async () => {
    const mine = ++number;
    const query = address();
    answer.classList.add("busy");
    try {
      const reply = await fetch(`/answer?${query}`, { headers: { Accept: "text/html" } });
      const text = await reply.text();
      if (mine !== number) return;
      answer.innerHTML = text;
      history.replaceState(null, "", `/?${query}`);
    } catch (error) {
      if (mine === number) form.submit();
    } finally {
      if (mine === number) answer.classList.remove("busy");
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(redraw, 150); });
  form.addEventListener("submit", (event) => { event.preventDefault(); redraw(); });
})();
