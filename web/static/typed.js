// rest is what was typed behind a text while that was being sent.
export const rest = (now, sent) => (now.startsWith(sent) ? now.slice(sent.length).trimStart() : now);
