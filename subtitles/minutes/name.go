package minutes

import (
	"slices"
	"strings"
	"unicode"
)

// names are those who may own a task, by the first word of what they are called.
type names struct {
	first map[string][][]string
	alone map[string]bool // whole names of one word: "Jonas" is "der Jonas" too
	words map[string]bool
}

// What a name looks like to patterns.
const (
	subject = "@"
	oblique = "°"
	guess   = "¤" // two capital words that may be somebody: only with a verb and a date
)

// newNames learns whole names ("Sabine Sommer", "Officer Kent") and their
// words that are no titles.
func newNames(people []string) *names {
	n := &names{first: map[string][][]string{}, alone: map[string]bool{}, words: map[string]bool{}}
	add := func(words []string) {
		n.first[words[0]] = append(n.first[words[0]], words)
	}
	for _, p := range people {
		words := strings.Fields(strings.ToLower(p))
		if len(words) == 0 || len([]rune(p)) < 2 { // "a" is a word, not a name
			continue
		}
		add(words)
		n.alone[words[0]] = n.alone[words[0]] || len(words) == 1
		for i, w := range words {
			if titles[w] || particles[w] || strings.IndexFunc(w, unicode.IsLetter) != 0 || len([]rune(w)) < 3 {
				continue
			}
			n.words[w] = true
			if len(words) > 1 && (i > 0 || !roles[w]) {
				add([]string{w})
			}
		}
	}
	for _, all := range n.first {
		slices.SortFunc(all, func(a, b []string) int { return len(b) - len(a) })
	}
	return n
}

// Words before a name, and within one. They are names of their field, no prose.
var (
	titles    = wordSet("frau herr herrn mr mrs ms miss dr doktor prof professor kollege kollegen kollegin")
	roles     = wordSet("councillor cllr officer mikrofon microphone speaker sprecher raum room kanal channel gast guest chair mayor stadtrat stadträtin")
	particles = wordSet("von van de der den zu la al el dos da")
	articles  = wordSet("der die das dem den des ein eine einen einem einer the a an im am zum zur vom unser unsere our this dieser diesen jeder every")
	called    = wordSet("der die das") // "das macht die Petra", "dann macht das Petra"
	before    = wordSet("mit von bei für an zu ohne über gegen durch nach um wegen with to for from by of at about without like than wie als vom beim zum zur against on laut gemäß trotz seit")
	bodies    = []string{"amt", "abteilung", "verwaltung", "kämmerei", "behörde", "büro", "team", "stelle", "referat", "betriebshof", "bauhof", "stadtwerke", "geschäftsstelle", "fachbereich", "dezernat", "agentur",
		"verein", "firma", "feuerwehr", "leitung", "sekretariat", "fraktion", "ausschuss", "beirat", "vorstand", "zentrum", "museum", "unternehmen", "betrieb", "dienst", "kreuz", "gruppe",
		"bücherei", "bibliothek", "schule", "polizei", "kirche", "landkreis", "verband", "genossenschaft", "gesellschaft", "werkstatt", "technik", "redaktion", "personalrat", "dienstleister", "betreiber", "lieferant", "hersteller", "kita", "druckerei", "management", "service", "meisterei", "ministerium", "kommission", "institut", "kasse", "archiv", "aufsicht", "direktion", "zentrale", "universität", "verlag", "kammer", "verbund"}
	bodiesEN = wordSet("team office department committee agency administration council division company contractor board service services association group trust unit supplier vendor provider landlord crew police university library museum school firm bureau panel operator institute university college hospital charity church society bank ministry authority lab laboratory workshop union printers builders")
	// people are called by what they do: "die Kollegin aus dem Standesamt".
	people = []string{"kollege", "kollegin", "kollegen", "leiter", "leiterin", "praktikant", "praktikantin", "beauftragte", "beauftragter", "sachbearbeiter", "sachbearbeiterin", "referent", "referentin",
		"hausmeister", "hausmeisterin", "kämmerer", "kämmerin", "dezernent", "dezernentin", "meister", "meisterin", "assistent", "assistentin", "azubi", "techniker", "technikerin", "planer", "planerin", "elektriker", "elektrikerin", "klempner", "installateur", "anwalt", "anwältin", "gärtner", "gärtnerin", "gutachter", "gutachterin", "statiker", "statikerin", "vermieter", "vermieterin", "handwerker", "maler", "schreiner",
		"geschäftsführer", "geschäftsführerin", "vorsitzende", "vorsitzender", "bürgermeister", "koordinatorin", "koordinator", "betreuerin", "betreuer", "architekt", "architektin", "fotograf", "fotografin", "grafiker", "grafikerin", "berater", "beraterin", "ingenieur", "ingenieurin", "stellvertreter", "stellvertreterin", "lehrerin", "pfarrer", "pfarrerin", "sekretärin", "inspektor"}
	peopleEN = wordSet("colleague volunteer intern trainee clerk treasurer secretary manager director architect surveyor caretaker engineer officer assistant deputy lawyer solicitor plumber electrician porter builder landscaper headteacher coordinator accountant editor warden ranger designer photographer consultant planner inspector cleaner gardener librarian webmaster mayor chairman chairwoman")
	// linking words lead to where somebody belongs: "vom Rechtsamt", "from the museum".
	linking = wordSet("vom von aus beim im der dem unserem unserer from of the our in at")
	// departments of an English office go without an article: "Facilities are sending somebody".
	departments = wordSet("facilities finance highways legal planning procurement payroll housing estates maintenance catering licensing communications comms marketing hr it reception security cleansing parks")
)

// mark turns names in a sentence into what patterns see.
func (n *names) mark(s *sentence) {
	s.uncontract()
	for i := 0; i < len(s.tokens); {
		used := n.person(s.tokens[i:])
		sign, office := subject, used == 0
		switch {
		case used > 0:
			if i > 0 && (before[s.tokens[i-1].low] || s.tokens[i].low == "herrn") {
				sign = oblique
			} else if i > 0 && articles[s.tokens[i-1].low] && !titles[s.tokens[i].low] && !(n.alone[s.tokens[i].low] && called[s.tokens[i-1].low]) {
				used = 0
			}
		default:
			if used = body(s.tokens[i:]); used == 0 && department(s, i) {
				used = 1
			}
			if used > 0 && i > 0 && before[s.tokens[i-1].low] {
				sign = oblique
			} else if used == 0 && i > 0 && contracted[s.tokens[i-1].low] && isBody(s.tokens[i].low) {
				sign, used = oblique, 1
			}
		}
		if used == 0 {
			if used = capitals(s, i); used == 0 {
				i++
				continue
			}
			sign, office = guess, false
		}
		if sign == subject {
			office = office && !isPerson(s.tokens[i:i+used])
			used += belongs(s.tokens[i+used:])
			if rest := s.tokens[i+used:]; office && len(rest) > 1 && rest[0].low == "für" && isName(rest[1]) { // "das Amt für Soziales"
				used += 2
			}
		}
		s.tokens[i].low, s.tokens[i].name, s.tokens[i].office = sign, used, office
		for k := i + 1; k < i+used; k++ {
			s.tokens[k].low = ""
		}
		i += used
	}
}

// person is how many tokens a name has: one that is known, or a title with a word.
func (n *names) person(toks []token) int {
	for _, words := range n.first[toks[0].low] {
		if len(words) <= len(toks) && same(words, toks) {
			return len(words)
		}
	}
	if !titles[toks[0].low] {
		return 0
	}
	used := 1
	for used < len(toks) && (titles[toks[used].low] || particles[toks[used].low]) {
		used++
	}
	if used == len(toks) || toks[used].mark || strings.IndexFunc(toks[used].raw, unicode.IsLetter) != 0 {
		return 0
	}
	used++
	if used < len(toks) && (n.words[toks[used].low] || foreign[toks[0].low] && isName(toks[used])) { // "Frau Sabine Sommer", "Dr Sarah Whitcombe"
		used++
	}
	return used
}

func same(words []string, toks []token) bool {
	for i, w := range words {
		if toks[i].low != w {
			return false
		}
	}
	return true
}

// body is an office with its article: "das Hochbauamt", "the finance team".
func body(toks []token) int {
	if len(toks) < 2 {
		return 0
	}
	switch toks[0].low {
	case "the", "my", "our":
		for i := 1; i < min(4, len(toks)) && !toks[i].mark; i++ {
			if bodiesEN[toks[i].low] || peopleEN[toks[i].low] {
				if i+1 < len(toks) && bodiesEN[toks[i+1].low] { // "the council office"
					i++
				}
				return i + 1
			}
		}
	case "die", "das", "der", "unser", "unsere", "mein", "meine":
		used := 2
		if len(toks) > 2 && isName(toks[1]) && isName(toks[2]) && isBody(toks[2].low) { // "das Rote Kreuz"
			used = 3
		}
		if !isBody(toks[used-1].low) {
			return 0
		}
		for used < min(4, len(toks)) && isName(toks[used]) && !notNames[toks[used].low] { // "das Team Bauhof", "die Praktikantin Lea Brandt"
			used++
		}
		return used
	}
	return 0
}

// department says that the word is the bare name of one that does something.
func department(s *sentence, i int) bool {
	raw := s.tokens[i].raw
	if s.book.Language != "en" || !departments[s.tokens[i].low] || i+1 >= len(s.tokens) || !isUpper(raw) || len(raw) == 2 && raw != strings.ToUpper(raw) { // "It is" is not IT
		return false
	}
	return does[s.tokens[i+1].low]
}

// does are words behind who does something.
var does = wordSet("is are will has have must need needs")

// isBody says that the German word is an office, or what somebody does.
func isBody(word string) bool {
	return slices.ContainsFunc(bodies, func(b string) bool { return strings.HasSuffix(word, b) }) ||
		slices.ContainsFunc(people, func(p string) bool { return strings.HasSuffix(word, p) })
}

// isPerson says that the words are what somebody does, and no office.
func isPerson(toks []token) bool {
	return slices.ContainsFunc(toks, func(t token) bool {
		return peopleEN[t.low] || slices.ContainsFunc(people, func(p string) bool { return strings.HasSuffix(t.low, p) })
	})
}

var (
	contracted = wordSet("vom beim durch")
	foreign    = wordSet("mr mrs ms miss dr prof")
	// notNames are capital words of German that go before others without being names.
	notNames = wordSet("ende anfang mitte punkt top thema tagesordnungspunkt nummer seite stand paragraph artikel januar februar märz april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag freitag samstag sonntag uhr euro prozent teil kapitel phase stufe antrag vorlage herbst frühjahr sommer winter herr frau sie ihnen ihre ihr mein meine meiner unser unsere unserer sein seine dein deine kein keine jeder jede")
)

// isName says that the word is written as names are.
func isName(t token) bool { return isUpper(t.raw) && len([]rune(t.raw)) > 2 }

func isUpper(word string) bool {
	for _, r := range word {
		return unicode.IsUpper(r)
	}
	return false
}

// belongs is how many tokens tell where somebody belongs: "vom Rechtsamt", "aus
// dem Standesamt", "from the museum". They stand right behind the name.
func belongs(toks []token) int {
	used := 0
	for used < len(toks) && used < 2 && linking[toks[used].low] {
		used++
	}
	if used == 0 || used == len(toks) || toks[used].mark || toks[0].low == "der" || toks[0].low == "dem" || toks[0].low == "the" {
		return 0
	}
	low := toks[used].low
	if toks[0].low == "im" && !isBody(low) { // "Frau Kern im Büro", not "im Urlaub"
		return 0
	}
	if toks[used-1].low == "our" && used+1 < len(toks) && bodiesEN[toks[used+1].low] { // "from our school office"
		return used + 2
	}
	if (toks[used-1].low == "the" || toks[used-1].low == "our") && (bodiesEN[low] || strings.HasSuffix(low, "um") || toks[0].low == "from") || isName(toks[used]) && !notNames[low] && toks[0].low != "in" && toks[0].low != "at" {
		return used + 1
	}
	return 0
}

// capitals is how many words in a row are written as names are, where no
// article or preposition leads to them: "Anna Lena Kurz". Two nouns in a row are
// rare in German; such owners are doubted all the same.
func capitals(s *sentence, i int) int {
	if s.book.Language != "de" || i > 0 && (before[s.tokens[i-1].low] || articles[s.tokens[i-1].low] || isName(s.tokens[i-1]) && i > 1) {
		return 0
	}
	n := 0
	number := func(t token) bool { _, ok := s.book.number(t.low); return ok }
	for n < 3 && i+n < len(s.tokens) && !number(s.tokens[i+n]) && isName(s.tokens[i+n]) && !notNames[s.tokens[i+n].low] && !s.book.noNames[s.tokens[i+n].low] && !s.book.fillers[s.tokens[i+n].low] && !s.book.small[s.tokens[i+n].low] {
		n++
	}
	if n < 2 || before[s.tokens[i].low] || s.book.dates.names(s.tokens[i+1].low) {
		return 0
	}
	for _, k := range [...]int{i - 2, i - 1, i + n, i + n + 1} { // a verb stands beside who does it
		if k >= 0 && k < len(s.tokens) && s.book.thirds[s.tokens[k].low] {
			return n
		}
	}
	return 0
}

// alike says that two names may be one person's: they share a word that is no title.
func alike(a, b string) bool {
	other := strings.Fields(strings.ToLower(b))
	for _, w := range strings.Fields(strings.ToLower(a)) {
		if !titles[w] && !roles[w] && !particles[w] && slices.Contains(other, w) {
			return true
		}
	}
	return strings.EqualFold(a, b)
}
