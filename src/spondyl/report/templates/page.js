(() => {
  "use strict";

  const viewer = document.getElementById("viewer");
  const stage = viewer.querySelector(".stage");
  const legend = viewer.querySelector(".legend");
  const slices = [...document.querySelectorAll("button.slice")];
  let shown = 0;

  function show(index) {
    shown = (index + slices.length) % slices.length;
    const picture = slices[shown].querySelector("img");
    const large = document.createElement("img");
    large.src = picture.src;
    large.alt = picture.alt;
    stage.replaceChildren(large);
    legend.textContent = slices[shown].dataset.legend;
  }

  slices.forEach((slice, index) => slice.addEventListener("click", () => { show(index); viewer.showModal(); }));
  viewer.querySelectorAll("[data-step]").forEach((button) =>
    button.addEventListener("click", () => show(shown + Number(button.dataset.step))));
  viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(shown - 1);
    if (event.key === "ArrowRight") show(shown + 1);
  });
  viewer.addEventListener("close", () => { stage.replaceChildren(); slices[shown]?.focus(); });

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  document.querySelectorAll("button.copy").forEach((button) =>
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      const done = await copied(source.value ?? source.textContent);
      const told = button.parentElement.querySelector(".told");
      told.textContent = done ? "Copied" : "Copying was refused by the browser";
      setTimeout(() => { told.textContent = ""; }, 2500);
    }));

  const links = new Map([...document.querySelectorAll(".contents a")].map((a) => [a.hash.slice(1), a]));
  const sections = [...document.querySelectorAll("main > section")];
  function mark() {
    const line = window.innerHeight * 0.3;
    let current = sections[0];
    for (const section of sections) if (section.getBoundingClientRect().top <= line) current = section;
    links.forEach((link, id) => {
      if (id === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }
  document.addEventListener("scroll", mark, { passive: true });
  mark();

  const closed = [];
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((part) => { part.open = true; closed.push(part); });
  });
  window.addEventListener("afterprint", () => { closed.splice(0).forEach((part) => { part.open = false; }); });
})();
