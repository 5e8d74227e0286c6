// The meetings whose links this browser keeps: they lie in its local storage
// and nowhere else.
const place = "meetings";
const most = 50;

// kept are [{code, title, link}], newest first.
export function kept() {
  try {
    const list = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(list) ? list.filter((m) => typeof m?.code === "string" && inside(m.link)) : [];
  } catch { return []; } // storage may be forbidden, or somebody else's
}

// inside: a link that does not lead into this service is not shown.
function inside(link) {
  try { return new URL(link, location.origin).origin === location.origin; } catch { return false; }
}

export function keep({ code, title, link }) {
  return store([{ code, title, link }, ...kept().filter((m) => m.code !== code)].slice(0, most));
}

export const forget = (code) => store(kept().filter((m) => m.code !== code));

export const has = (code) => kept().some((m) => m.code === code);

function store(list) {
  try {
    localStorage.setItem(place, JSON.stringify(list));
    return true;
  } catch { return false; }
}
