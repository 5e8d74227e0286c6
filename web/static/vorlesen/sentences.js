// Where a sentence ends: text of a block flows in, its sentences flow out as
// [from, to) in it.
var SHORT = /(?:^|[\s(])(?:\p{L}|\d{1,2}|nr|str|tel|dr|prof|bzw|ca|ggf|inkl|zzgl|evtl|abs|art|vgl|st|mr|mrs|no|approx|max|min|mio)$/iu;

function sentences(text, longest) {
  var found = [], from = 0, ends = /[.!?…؟۔।]+["'”’»“)\]]*(?=\s)|[。！？]/g;
  for (var m; (m = ends.exec(text)); ) {
    var end = m.index + m[0].length;
    if (m[0] === "." && (SHORT.test(text.slice(Math.max(0, m.index - 12), m.index)) || /^\s*\p{Ll}/u.test(text.slice(end, end + 4)))) continue;
    pieces(text, from, end, longest, found);
    from = end;
  }
  pieces(text, from, text.length, longest, found);
  return found;
}

// pieces cuts what is too long for one breath at a mark or a space.
function pieces(text, from, to, longest, found) {
  while (to - from > longest) {
    var part = text.slice(from, from + longest);
    var cut = Math.max(part.lastIndexOf(", "), part.lastIndexOf("; "), part.lastIndexOf(": "), part.lastIndexOf("، "));
    if (cut < longest / 3) cut = part.lastIndexOf(" ");
    if (cut < longest / 3) cut = longest - 1;
    if (/[\ud800-\udbff]/.test(text[from + cut])) cut--; // never between the halves of a character
    pieces(text, from, from + cut + 1, longest, found);
    from += cut + 1;
  }
  while (from < to && /\s/.test(text[from])) from++;
  while (to > from && /\s/.test(text[to - 1])) to--;
  if (/[\p{L}\p{N}\p{S}]/u.test(text.slice(from, to))) found.push([from, to]);
}
