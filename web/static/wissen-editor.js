// Says while somebody writes how long a text takes to say and what in it
// cannot be spoken. The server checks the same when the form is saved.
const form = document.getElementById("editor");
const wordsPerSecond = 2.6; // of a voice at its usual pace
const address = /https?:\/\/\S*|www\.\S*|\S+@\S+\.\S+|[\p{L}0-9-]{2,}\.(?:de|com|org|net|eu|info|example)\b/iu;
const markup = /[*_`<>|[\]#]/;

for (const field of form.querySelectorAll("textarea[data-limit]")) {
  const check = () => spoken(field);
  field.addEventListener("input", check);
  if (field.value) check();
}
const questions = document.getElementById("questions");
questions.addEventListener("input", countQuestions);
if (questions.value) countQuestions();

function spoken(field) {
  const words = field.value.trim().split(/\s+/).filter(Boolean).length;
  const limit = Number(field.dataset.limit);
  const wrong = [];
  if (words > limit) wrong.push(form.dataset.long.replace("{limit}", limit));
  if (address.test(field.value)) wrong.push(form.dataset.address);
  else if (field.value.split("\n").some((l) => markup.test(l.replace(/^[-* ]+/, "")))) wrong.push(form.dataset.markup);
  const length = form.dataset.words.replace("{words}", words).replace("{seconds}", Math.round(words / wordsPerSecond));
  say(field, [length, ...wrong].join(" · "), wrong.length > 0);
}

function countQuestions() {
  const count = questions.value.split("\n").filter((l) => l.trim()).length;
  say(questions, form.dataset.questions.replace("{count}", count), count < 5);
}

function say(field, text, wrong) {
  const node = document.getElementById(field.id + "-check");
  node.textContent = text;
  node.classList.toggle("check--wrong", wrong);
}
