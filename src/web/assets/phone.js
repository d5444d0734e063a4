// A screen that waits for a phone looks again when something has happened. Without this file the page is loaded anew every few
// seconds instead.
"use strict";

{
  const place = document.querySelector("[data-phone]");
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.phone, { cache: "no-store" });
      if (!answer.ok || (await answer.text()) !== place.dataset.standing) return location.reload();
    } catch { /* The network is away for a moment. */ }
    setTimeout(look, 1500);
  };
  if (place) setTimeout(look, 1500);
}
