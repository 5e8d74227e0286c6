// Requests that give up: an answer that does not come, or breaks off, is no
// answer. What is asked flows in, the answer and the JSON in it flow out.

// request returns [answer, its JSON or null]; after ms it fails as it does
// without a network.
export async function request(path, options, ms) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  try {
    const answer = await fetch(path, Object.assign({ cache: "no-store", redirect: "error" }, options, { signal: limit.signal }));
    return [answer, parsed(await answer.text())];
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text) {
  try { return JSON.parse(text); } catch (e) { return null; } // nothing, or not of the service
}
