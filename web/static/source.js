// address is that of an article's source, http and https only: nothing else in
// it is trusted to be one.
export function address(source) {
  let url;
  try { url = new URL(source); } catch { return null; }
  return ["http:", "https:"].includes(url.protocol) ? url : null;
}
