// Requests that give up: an answer that does not come, or breaks off, is no
// answer. What is asked flows in, the answer and the JSON in it flow out.

// request returns [answer, its JSON or null]; after ms, or when the signal
// giveUp says so, it fails as it does without a network.
export async function request(path, options, ms, giveUp) {
  const limit = new AbortController(), end = () => limit.abort();
  const timer = setTimeout(end, ms);
  if (giveUp) giveUp.addEventListener("abort", end);
  if (giveUp && giveUp.aborted) end();
  try {
    const answer = await fetch(path, Object.assign({ cache: "no-store", redirect: "error" }, options, { signal: limit.signal }));
    return [answer, parsed(await answer.text())];
  } finally {
    clearTimeout(timer);
    if (giveUp) giveUp.removeEventListener("abort", end);
  }
}

function parsed(text) {
  try { return JSON.parse(text); } catch (e) { return null; } // nothing, or not of the service
}
