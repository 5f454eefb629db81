(() => {
  "use strict";

  const cards = [...document.querySelectorAll("[data-study]")];

  function said(study) {
    if (!study.total) return study.reported ? "Finished." : "Not run yet.";
    const ended = study.done + study.failed;
    const lost = study.failed ? `, ${study.failed} failed` : "";
    const now = study.active ? ` Running: ${study.running.join(", ") || "being planned"}.` : "";
    return `${ended} of ${study.total} steps finished${lost}.${now}`;
  }

  function show(card, study) {
    const bar = card.querySelector("progress");
    bar.max = study.total || 1;
    bar.value = study.done + study.failed;
    bar.hidden = !study.total;
    const state = card.querySelector(".state");
    const text = said(study);
    if (state.textContent !== text) state.textContent = text;
    card.querySelector(".door").hidden = !study.reported;
    card.classList.toggle("active", study.active);
  }

  async function look() {
    try {
      const answer = await fetch("/state.json");
      const studies = new Map((await answer.json()).map((study) => [study.id, study]));
      for (const card of cards) {
        const study = studies.get(card.dataset.study);
        if (study) show(card, study);
      }
    } catch {
      for (const card of cards) card.querySelector(".state").textContent = "The server has stopped.";
      return;
    }
    setTimeout(look, 1500);
  }

  look();
})();
