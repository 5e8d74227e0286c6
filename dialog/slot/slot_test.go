package slot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/dialog/numbers"
	"github.com/amtsleitung/amtsleitung/dialog/slot"
)

// friday is a day in November.
var friday = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func load(t testing.TB) *slot.Reader {
	n, err := numbers.Load()
	require.NoError(t, err)
	r, err := slot.Load(n)
	require.NoError(t, err)
	return r
}

func streets() *slot.Streets {
	return slot.NewStreets([]string{
		"Lindenstraße", "Lindenweg", "Birkenweg", "Am Stadtpark", "Am Werkhof", "Bahnhofstraße", "Hauptstraße", "Goethestraße", "Schillerstraße",
		"Alter Markt", "Lange Straße", "Von-Müller-Straße", "Konrad-Adenauer-Allee", "Gartenstraße", "Kartäusergasse", "Rathausplatz", "Talstraße", "Bergstraße",
		"An der alten Mühle", "Ringstraße", "Jahnstraße", "Hahnstraße",
	})
}

// said is one line of a table: what is said, and the value wanted; "?" behind
// it wants a doubt, "" nothing understood.
type said struct {
	language, text, want string
	doubt                slot.Doubt
}

func check(t *testing.T, spec slot.Spec, lines []said) {
	t.Helper()
	r := load(t)
	for _, c := range lines {
		v := r.Read(spec, c.text, slot.Setting{Language: c.language, Now: friday, Streets: streets()})
		if c.want == "" && !v.Doubt.Taken() {
			continue
		}
		require.Equal(t, c.want, v.Text, "%s: %s (%+v)", c.language, c.text, v)
		if c.want != "" && c.doubt != slot.Sure {
			require.Equal(t, c.doubt, v.Doubt, "%s: %s (%+v)", c.language, c.text, v)
		}
	}
}

func TestName(t *testing.T) {
	check(t, slot.Spec{Kind: slot.Name}, []said{
		{"de", "Anna Müller", "Anna Müller", 0},
		{"de", "Mein Name ist Anna Müller.", "Anna Müller", 0},
		{"de", "ja, ich heiße müller", "Müller", 0},
		{"de", "Äh, Müller mit ü", "Müller", 0},
		{"de", "Mueller mit ü", "Müller", 0},
		{"de", "Müller mit u e", "Mueller", 0},
		{"de", "Meier mit a i", "Maier", 0},
		{"de", "Meier mit AI", "Maier", 0},
		{"de", "Meier mit e ypsilon", "Meyer", 0},
		{"de", "Weiß mit Doppel-S", "Weiss", 0},
		{"de", "Weiss mit scharfem S", "Weiß", 0},
		{"de", "Weiss mit Eszett", "Weiß", 0},
		{"de", "Schmidt mit dt", "Schmidt", 0},
		{"de", "Schmitt mit d t", "Schmidt", 0},
		{"de", "Koffler mit einem f", "Koffler", 0},
		{"de", "Müller, M Ü L L E R", "Müller", 0},
		{"de", "M Ü L L E R", "Müller", 0},
		{"de", "M, Ü, Doppel-L, E, R", "Müller", 0},
		{"de", "M wie Martha, Ü wie Übermut, L wie Ludwig, L wie Ludwig, E wie Emil, R wie Richard", "Müller", 0},
		{"de", "Martha Umlaut U Ludwig Ludwig Emil Richard", "Müller", 0},
		{"de", "Nowak, also Nordpol Otto Wilhelm Anton Kaufmann", "Nowak", 0},
		{"de", "Anna Kowalski, K O W A L S K I", "Anna Kowalski", 0},
		{"de", "Der Name ist Schmidt Bindestrich Meyer", "Schmidt-Meyer", 0},
		{"de", "Schmidt-Meyer", "Schmidt-Meyer", 0},
		{"de", "Ludwig van Beethoven", "Ludwig van Beethoven", 0},
		{"de", "hier spricht Giovanni Esposito", "Giovanni Esposito", 0},
		{"de", "Ich bin die Frau Özdemir", "Özdemir", 0},
		{"de", "em a i er", "Mair", 0},
		{"de", "Bravo Echo Charlie Kilo", "Beck", 0},
		{"de", "Düsseldorf Essen München Ingelheim Rostock", "Demir", 0},
		{"de", "123", "", 0},
		{"de", "", "", 0},
		{"en", "My name is John Smith", "John Smith", 0},
		{"en", "It's Smith, S M I T H", "Smith", 0},
		{"en", "Smyth with a y", "Smyth", 0},
		{"en", "Juliett Oscar November Echo Sierra", "Jones", 0},
		{"en", "B as in Bravo, E as in Echo, L for Lima, L for Lima", "Bell", 0},
		{"en", "double l, o, y, d", "Lloyd", 0},
		{"fr", "Je m'appelle Marie Dupont", "Marie Dupont", 0},
		{"tr", "Adım Ayşe Yılmaz", "Ayşe Yılmaz", 0},
		{"uk", "Мене звати Олена Шевченко", "Олена Шевченко", 0},
	})
}

func TestStreet(t *testing.T) {
	check(t, slot.Spec{Kind: slot.Street}, []said{
		{"de", "Lindenstraße", "Lindenstraße", 0},
		{"de", "in der Lindenstraße", "Lindenstraße", 0},
		{"de", "das ist die Lindenstrasse 14", "Lindenstraße", 0},
		{"de", "Linden Straße", "Lindenstraße", 0},
		{"de", "lindenstr.", "Lindenstraße", 0},
		{"de", "Lindenweg bitte", "Lindenweg", 0},
		{"de", "Lindn Straße", "Lindenstraße", 0},
		{"de", "Linken Straße", "Lindenstraße", 0},
		{"de", "Schiller Straße", "Schillerstraße", 0},
		{"de", "Schillastraße", "Schillerstraße", 0},
		{"de", "Göthestraße", "Goethestraße", 0},
		{"de", "Göte Straße", "Goethestraße", 0},
		{"de", "Kartoisergasse", "Kartäusergasse", 0},
		{"de", "Bahnhof Straße", "Bahnhofstraße", 0},
		{"de", "Bahnhoff-Straße", "Bahnhofstraße", 0},
		{"de", "am alten Markt", "Alter Markt", 0},
		{"de", "in der langen Straße", "Lange Straße", 0},
		{"de", "von Müller Straße", "Von-Müller-Straße", 0},
		{"de", "Konrad Adenauer Allee", "Konrad-Adenauer-Allee", 0},
		{"de", "Konrad-Adenauer-Straße", "Konrad-Adenauer-Allee", 0},
		{"de", "an der alten Mühle", "An der alten Mühle", 0},
		{"de", "am Stadtpark", "Am Stadtpark", 0},
		{"de", "am Stattpark 2", "Am Stadtpark", 0},
		{"de", "Birken Weg, nein Lindenweg", "Lindenweg", 0},
		{"de", "Kastanienallee", "Kastanienallee", slot.Unlisted},
		{"de", "", "", 0},
		{"de", "weg", "", 0},
		{"de", "das ist die Hausnummer vierzehn", "", 0},
		{"de", "Aus Nummer 14", "", 0},
		{"en", "It's in Lindenstrasse", "Lindenstraße", 0},
		{"en", "Linden strasse", "Lindenstraße", 0},
		{"tr", "Lindenstraße'de", "Lindenstraße", 0},
	})
	// Two streets that sound alike are both named.
	v := load(t).Read(slot.Spec{Kind: slot.Street}, "Bahnstraße", slot.Setting{Language: "de", Streets: slot.NewStreets([]string{"Jahnstraße", "Hahnstraße", "Bergstraße"})})
	require.Equal(t, slot.Ambiguous, v.Doubt)
	require.ElementsMatch(t, []string{"Jahnstraße", "Hahnstraße"}, append(v.Others, v.Text))
}

func TestHouseNumber(t *testing.T) {
	check(t, slot.Spec{Kind: slot.HouseNumber}, []said{
		{"de", "14", "14", 0},
		{"de", "vierzehn", "14", 0},
		{"de", "Nummer vierzehn", "14", 0},
		{"de", "zwölf a", "12a", 0},
		{"de", "12a", "12a", 0},
		{"de", "12 A.", "12a", 0},
		{"de", "zwölf a wie Anton", "12a", 0},
		{"de", "sieben b wie Berta", "7b", 0},
		{"de", "7 be", "7b", 0},
		{"de", "12 bis 14", "12-14", 0},
		{"de", "zwölf bis vierzehn", "12-14", 0},
		{"de", "12-14", "12-14", 0},
		{"de", "einhundertfünfzehn", "115", 0},
		{"de", "hundertfünfzehn", "115", 0},
		{"de", "hundert zwölf", "112", 0},
		{"de", "Hausnummer eins", "1", 0},
		{"de", "eins vier", "14", 0},
		{"de", "1 4", "14", 0},
		{"de", "das ist die einundzwanzig c", "21c", 0},
		{"de", "vierzehn, nein, sechzehn", "16", 0},
		{"de", "vor Haus 14", "14", 0},
		{"de", "D12a. D12a.", "12a", 0},
		{"de", "Am 15. Dezember", "", 0},
		{"de", "gegenüber von Nummer 3", "3", 0},
		{"de", "keine Ahnung", "", 0},
		{"de", "null", "", 0},
		{"en", "fourteen", "14", 0},
		{"en", "number twenty-three b", "23b", 0},
		{"en", "12 to 14", "12-14", 0},
		{"en", "one hundred and five", "105", 0},
	})
}

func TestDate(t *testing.T) {
	check(t, slot.Spec{Kind: slot.Date, Min: 1, Max: 365}, []said{
		{"de", "morgen", "2026-11-21", 0},
		{"de", "übermorgen", "2026-11-22", 0},
		{"de", "über morgen", "2026-11-22", 0},
		{"de", "am dritten Mai", "2027-05-03", 0},
		{"de", "dritter Mai", "2027-05-03", 0},
		{"de", "3. Mai", "2027-05-03", 0},
		{"de", "am 3.5.", "2027-05-03", 0},
		{"de", "am dritten fünften", "2027-05-03", 0},
		{"de", "3.5.2027", "2027-05-03", 0},
		{"de", "am 24. Dezember", "2026-12-24", 0},
		{"de", "vierundzwanzigster zwölfter", "2026-12-24", 0},
		{"de", "der einundzwanzigste Dezember", "2026-12-21", 0},
		{"de", "erster Dezember", "2026-12-01", 0},
		{"de", "nächsten Dienstag", "2026-11-24", 0},
		{"de", "Nextn Deanstag", "2026-11-24", 0},
		{"de", "am dritten Desember", "2026-12-03", 0},
		{"de", "am kommenden Montag", "2026-11-23", 0},
		{"de", "diesen Mittwoch", "2026-11-25", 0},
		{"de", "Dienstag", "2026-11-24", 0},
		{"de", "am Freitag", "2026-11-27", 0},
		{"de", "nächsten Freitag", "2026-11-27", 0},
		{"de", "übernächsten Dienstag", "2026-12-01", 0},
		{"de", "Dienstag in einer Woche", "2026-12-01", 0},
		{"de", "Dienstag in zwei Wochen", "2026-12-08", 0},
		{"de", "nächste Woche Mittwoch", "2026-11-25", 0},
		{"de", "Mittwoch nächster Woche", "2026-11-25", 0},
		{"de", "in drei Tagen", "2026-11-23", 0},
		{"de", "in zwei Wochen", "2026-12-04", 0},
		{"de", "heute in zwei Wochen", "2026-12-04", 0},
		{"de", "in einer Woche", "2026-11-27", 0},
		{"de", "am fünfzehnten", "2026-12-15", 0},
		{"de", "am 25.", "2026-11-25", 0},
		{"de", "am 31. Februar", "-", slot.Impossible},
		{"de", "gestern", "2026-11-19", slot.Past},
		{"de", "heute", "2026-11-20", slot.Past},
		{"de", "am 3. Mai 2029", "2029-05-03", slot.Late},
		{"de", "nächsten Samstag", "2026-11-21", slot.Ambiguous},
		{"de", "am vierten, nein am fünften Dezember", "2026-12-05", 0},
		{"de", "weiß nicht", "", 0},
		{"de", "Lindenstraße 14", "", 0},
		{"en", "tomorrow", "2026-11-21", 0},
		{"en", "next Tuesday", "2026-11-24", 0},
		{"en", "on the third of May", "2027-05-03", 0},
		{"en", "May 3rd", "2027-05-03", 0},
		{"en", "May the third", "2027-05-03", 0},
		{"en", "December twenty-first", "2026-12-21", 0},
		{"en", "in two weeks", "2026-12-04", 0},
		{"en", "a week from Tuesday", "2026-12-01", 0},
		{"en", "the day after tomorrow", "2026-11-22", 0},
		{"tr", "yarın", "2026-11-21", 0},
		{"fr", "le 3 mai", "2027-05-03", 0},
		{"ru", "3 мая", "2027-05-03", 0},
		{"uk", "у вівторок", "2026-11-24", 0},
		{"ar", "غدا", "2026-11-21", 0},
		{"pl", "3 maja", "2027-05-03", 0},
	})
	// Where only days gone by are possible, days of the week look back.
	check(t, slot.Spec{Kind: slot.Date, Min: -14}, []said{
		{"de", "gestern", "2026-11-19", 0},
		{"de", "am Dienstag", "2026-11-17", 0},
		{"de", "letzten Mittwoch", "2026-11-18", 0},
		{"de", "vor drei Tagen", "2026-11-17", 0},
		{"de", "seit gestern", "2026-11-19", 0},
		{"de", "heute Morgen", "2026-11-20", 0},
		{"de", "am 16.", "2026-11-16", 0},
		{"de", "am 12. November", "2026-11-12", 0},
		{"de", "morgen", "2026-11-21", slot.Late},
		{"en", "yesterday", "2026-11-19", 0},
		{"en", "last Wednesday", "2026-11-18", 0},
		{"en", "three days ago", "2026-11-17", 0},
	})
	check(t, slot.Spec{Kind: slot.Date, Min: 1, Max: 100, Weekdays: []time.Weekday{time.Monday}}, []said{
		{"de", "am Sonntag", "2026-11-22", slot.Closed},
		{"de", "Montag", "2026-11-23", 0},
	})
}

func TestTime(t *testing.T) {
	check(t, slot.Spec{Kind: slot.Time}, []said{
		{"de", "14 Uhr 30", "14:30", 0},
		{"de", "vierzehn Uhr dreißig", "14:30", 0},
		{"de", "14:30 Uhr", "14:30", 0},
		{"de", "14.30 Uhr", "14:30", 0},
		{"de", "um acht", "08:00", 0},
		{"de", "um acht Uhr morgens", "08:00", 0},
		{"de", "acht Uhr abends", "20:00", 0},
		{"de", "halb drei", "14:30", slot.Unsure},
		{"de", "halb drei nachmittags", "14:30", 0},
		{"de", "viertel nach zwei", "14:15", 0},
		{"de", "viertel vor zehn", "09:45", 0},
		{"de", "dreiviertel zehn", "09:45", 0},
		{"de", "viertel zehn", "09:15", 0},
		{"de", "zehn nach neun", "09:10", 0},
		{"de", "zwanzig vor elf", "10:40", 0},
		{"de", "mittags um zwölf", "12:00", 0},
		{"de", "gegen Mittag", "12:00", 0},
		{"de", "25 Uhr", "", 0},
		{"en", "half past two", "14:30", 0},
		{"en", "2 p.m.", "14:00", 0},
		{"en", "quarter to ten", "09:45", 0},
		{"en", "ten thirty", "10:30", 0},
		{"en", "nine o'clock", "09:00", 0},
		{"en", "noon", "12:00", 0},
	})
}

func TestPhone(t *testing.T) {
	check(t, slot.Spec{Kind: slot.Phone}, []said{
		{"de", "null zwei zwei acht, siebenundsiebzig, doppel drei", "02287733", slot.Unsure},
		{"de", "null zwei", "02", slot.Incomplete},
		{"de", "111111111111111111111111", "111111111111111111111111", slot.Impossible},
		{"de", "keine Ahnung", "", 0},
		{"en", "plus four nine two two eight one two three", "+49228123", slot.Unsure},
	})
	v := load(t).Read(slot.Spec{Kind: slot.Phone}, "siebenundsiebzig drei", slot.Setting{Language: "de", Sofar: "0228"})
	require.Equal(t, "0228773", v.Text)
}

func TestEmail(t *testing.T) {
	check(t, slot.Spec{Kind: slot.Email}, []said{
		{"de", "anna punkt müller at web punkt de", "anna.mueller@web.de", 0},
		{"de", "meine E-Mail-Adresse ist anna.mueller@web.de", "anna.mueller@web.de", 0},
		{"de", "Anna Unterstrich Müller ät gmx Punkt net", "anna_mueller@gmx.net", 0},
		{"de", "a punkt schmidt minus meier klammeraffe t minus online punkt de", "a.schmidt-meier@t-online.de", 0},
		{"de", "info at stadt bindestrich muster punkt de", "info@stadt-muster.de", 0},
		{"de", "max zwölf at gmail punkt com", "max12@gmail.com", 0},
		{"de", "max 12 at gmail.com", "max12@gmail.com", 0},
		{"de", "M Ü L L E R at web de", "mueller@web.de", 0},
		{"de", "alles klein geschrieben", "", 0},
		{"de", "anna müller", "", 0},
		{"en", "john dot smith at example dot com", "john.smith@example.com", 0},
		{"en", "john underscore 77 at gmail dot com", "john_77@gmail.com", 0},
		{"en", "j dash s at city dot org", "j-s@city.org", 0},
	})
	r := load(t)
	v := r.Read(slot.Spec{Kind: slot.Email}, "anna punkt müller", slot.Setting{Language: "de"})
	require.Equal(t, slot.Incomplete, v.Doubt)
	v = r.Read(slot.Spec{Kind: slot.Email}, "at web punkt de", slot.Setting{Language: "de", Sofar: v.Text})
	require.Equal(t, "anna.mueller@web.de", v.Text)
}

func TestPlate(t *testing.T) {
	check(t, slot.Spec{Kind: slot.Plate}, []said{
		{"de", "M wie Musterstadt Bindestrich AB 123", "M-AB 123", slot.Unsure},
		{"de", "M Bindestrich A B eins zwei drei", "M-AB 123", 0},
		{"de", "M-AB 123", "M-AB 123", 0},
		{"de", "M AB 123", "M-AB 123", 0},
		{"de", "mein Kennzeichen ist M A Strich X Y 77", "MA-XY 77", 0},
		{"de", "Martha Strich Anton Berta 44 E", "M-AB 44E", 0},
		{"de", "M wie Martha, Strich, K wie Kaufmann, 9 9 9", "M-K 999", 0},
		{"de", "M Ü Strich A 1", "MÜ-A 1", 0},
		{"de", "weiß ich nicht", "", 0},
		{"en", "M dash A B one two three", "M-AB 123", 0},
	})
}

func TestYesNo(t *testing.T) {
	check(t, slot.Spec{Kind: slot.YesNo}, []said{
		{"de", "ja", "yes", 0}, {"de", "jawohl", "yes", 0}, {"de", "nein danke", "no", 0}, {"de", "äh nee", "no", 0}, {"de", "das weiß ich", "", 0},
		{"en", "yes please", "yes", 0}, {"en", "nope", "no", 0},
		{"tr", "evet", "yes", 0}, {"tr", "hayır", "no", 0}, {"uk", "так", "yes", 0}, {"uk", "ні", "no", 0}, {"ru", "да", "yes", 0}, {"ru", "нет", "no", 0},
		{"ar", "نعم", "yes", 0}, {"ar", "لا", "no", 0}, {"pl", "tak", "yes", 0}, {"pl", "nie", "no", 0}, {"fr", "oui", "yes", 0}, {"fr", "non merci", "no", 0},
		{"es", "sí", "yes", 0}, {"es", "no", "no", 0}, {"it", "sì", "yes", 0}, {"it", "no grazie", "no", 0}, {"ro", "da", "yes", 0}, {"ro", "nu", "no", 0},
	})
}

func bins(t testing.TB) slot.Spec {
	hear := func(patterns ...string) map[string]intent.Matcher {
		m, err := intent.NewMatcher(patterns, nil)
		require.NoError(t, err)
		return map[string]intent.Matcher{"de": m}
	}
	say := func(de, en string) map[string]string { return map[string]string{"de": de, "en": en} }
	return slot.Spec{Kind: slot.Choice, Choices: []slot.Option{
		{ID: "residual", Say: say("Restmülltonne", "residual waste"), Hear: hear("(rest*|schwarze*|graue*|grau|schwarz)")},
		{ID: "bio", Say: say("Biotonne", "organic waste"), Hear: hear("(bio*|braune*|grüne*)")},
		{ID: "paper", Say: say("Papiertonne", "paper"), Hear: hear("(papier*|blaue*|altpapier*)")},
	}}
}

func TestChoice(t *testing.T) {
	check(t, bins(t), []said{
		{"de", "die Biotonne", "bio", 0}, {"de", "die blaue", "paper", 0}, {"de", "Restmüll", "residual", 0}, {"de", "das zweite", "bio", 0},
		{"de", "Nummer drei", "paper", 0}, {"de", "2", "bio", 0}, {"de", "Babiertonne", "paper", slot.Unsure}, {"de", "Restmüll oder Bio", "residual", slot.Ambiguous},
		{"de", "keine Ahnung", "", 0}, {"de", "die Bio, nein, die Papiertonne", "paper", 0}, {"en", "Restmüll", "residual", 0}, {"en", "the second one", "bio", 0},
		{"en", "paper", "paper", 0},
	})
}

func TestCount(t *testing.T) {
	m, err := intent.NewMatcher([]string{"(sofa*|stuhl*|stühle*|schrank*|schränke*|matratze*)"}, nil)
	require.NoError(t, err)
	spec := slot.Spec{Kind: slot.Count, Min: 1, Max: 20, Things: map[string]intent.Matcher{"de": m}}
	check(t, spec, []said{
		{"de", "drei", "3", 0}, {"de", "drei Stück", "3", 0}, {"de", "ein Sofa und zwei Stühle", "3", 0}, {"de", "Sofa, Schrank und vier Stühle", "6", 0},
		{"de", "zwei alte Matratzen", "2", 0}, {"de", "einen Schrank", "1", 0}, {"de", "dreißig", "30", slot.Late}, {"de", "weiß nicht", "", 0}, {"en", "four", "4", 0},
		{"de", "fünf, nein sechs", "6", 0},
	})
	v := load(t).Read(spec, "ein Sofa und zwei Stühle", slot.Setting{Language: "de"})
	require.Equal(t, "Sofa, 2 Stühle", v.Note)
}

// Values are found in sentences that did not answer a question for them.
func TestFind(t *testing.T) {
	r := load(t)
	in := slot.Setting{Language: "de", Now: friday, Streets: streets()}
	for _, c := range []struct {
		kind       slot.Kind
		text, want string
	}{
		{slot.Street, "Die Laterne in der Lindenstraße vor Haus 14 ist aus", "Lindenstraße"},
		{slot.HouseNumber, "Die Laterne in der Lindenstraße vor Haus 14 ist aus", "14"},
		{slot.HouseNumber, "In der Lindenstraße 14 a liegt Müll", "14a"},
		{slot.HouseNumber, "Ich habe drei Hunde", ""},
		{slot.Street, "Ich wohne am Stadtpark und brauche Hilfe", "Am Stadtpark"},
		{slot.Street, "Ich brauche einen neuen Personalausweis", ""},
		{slot.Street, "Die Straße ist seit langer Zeit dunkel", ""},
		{slot.Date, "Die Tonne wurde gestern nicht geleert", ""},
		{slot.Date, "Bitte am 3. Mai abholen", "2027-05-03"},
		{slot.Phone, "Meine Nummer ist 0228 773355", "0228773355"},
		{slot.Phone, "Ich wohne in Haus 14", ""},
		{slot.Name, "Guten Tag, ich heiße Anna Müller, die Laterne ist kaputt", "Anna Müller"},
		{slot.Name, "ich bin gerade umgezogen", ""},
		{slot.Email, "Schreiben Sie an anna@web.de", "anna@web.de"},
		{slot.Plate, "Das Auto mit M-AB 123 steht da", "M-AB 123"},
		{slot.Time, "Ich komme um 14 Uhr 30", "14:30"},
		{slot.Text, "irgendwas", ""},
		{slot.YesNo, "ja", ""},
	} {
		v, ok := r.Find(slot.Spec{Kind: c.kind}, c.text, in)
		require.Equal(t, c.want != "", ok, "%s: %+v", c.text, v)
		if c.kind != slot.Email && ok {
			require.Equal(t, c.want, v.Text, c.text)
		}
	}
}

func TestKeys(t *testing.T) {
	r := load(t)
	for _, c := range []struct {
		spec       slot.Spec
		keys, want string
		doubt      slot.Doubt
	}{
		{slot.Spec{Kind: slot.Date, Min: 1, Max: 365}, "0305", "2027-05-03", 0},
		{slot.Spec{Kind: slot.Date, Min: 1, Max: 365}, "2412", "2026-12-24", 0},
		{slot.Spec{Kind: slot.Date, Min: 1, Max: 365}, "3102", "-", slot.Impossible},
		{slot.Spec{Kind: slot.Date}, "9999", "-", slot.Impossible},
		{slot.Spec{Kind: slot.Date}, "25", "2026-11-25", 0},
		{slot.Spec{Kind: slot.Time}, "1430", "14:30", 0},
		{slot.Spec{Kind: slot.Time}, "8", "08:00", 0},
		{slot.Spec{Kind: slot.Time}, "2575", "25:75", slot.Impossible},
		{slot.Spec{Kind: slot.HouseNumber}, "014", "14", 0},
		{slot.Spec{Kind: slot.Phone}, "02281234", "02281234", slot.Unsure},
		{slot.Spec{Kind: slot.Phone}, "022", "022", slot.Incomplete},
		{slot.Spec{Kind: slot.YesNo}, "1", "yes", 0},
		{slot.Spec{Kind: slot.YesNo}, "3", "", 0},
		{slot.Spec{Kind: slot.Count, Min: 1, Max: 5}, "7", "7", slot.Late},
		{bins(t), "2", "bio", 0},
		{bins(t), "9", "", 0},
		{slot.Spec{Kind: slot.Name}, "5", "", 0},
	} {
		v := r.Keys(c.spec, c.keys, slot.Setting{Language: "de", Now: friday})
		require.Equal(t, c.want, v.Text, "%s %s", c.spec.Kind, c.keys)
		require.Equal(t, c.doubt, v.Doubt, "%s %s", c.spec.Kind, c.keys)
	}
}

func TestSay(t *testing.T) {
	r := load(t)
	for _, c := range []struct {
		kind         slot.Kind
		text, de, en string
	}{
		{slot.Phone, "02287733", "null zwei zwei acht, sieben sieben, drei drei", "zero two two eight, seven seven, three three"},
		{slot.Date, "2027-05-03", "Montag, 3. Mai", "Monday, 3 May"},
		{slot.Time, "14:30", "14 Uhr 30", "14:30"},
		{slot.Time, "08:00", "8 Uhr", "8:00"},
		{slot.HouseNumber, "12a", "12 a", "12 a"},
		{slot.HouseNumber, "12-14", "12 bis 14", "12 to 14"},
		{slot.Email, "anna.mueller@web.de", "anna Punkt mueller at W E B Punkt D E", "anna dot mueller at W E B dot D E"},
		{slot.Plate, "M-AB 123", "M, A B, eins zwei drei", "M, A B, one two three"},
		{slot.Name, "Anna Müller", "Anna Müller", "Anna Müller"},
		{slot.YesNo, "yes", "ja", "yes"},
	} {
		v := slot.Value{Kind: c.kind, Text: c.text}
		require.Equal(t, c.de, r.Say(slot.Spec{Kind: c.kind}, v, "de-leicht"))
		require.Equal(t, c.en, r.Say(slot.Spec{Kind: c.kind}, v, "en"))
	}
	require.Equal(t, "M Ü L, L E R", slot.Spell("Müller"))
}

func FuzzRead(f *testing.F) {
	r := load(f)
	for _, s := range []string{"zwölf a bis 14", "M wie Martha", "am 31. Februar 2029", "anna@web.de", "Doppel", "halb", "3.5.", "M-AB 123 E", "٣ مايو", "mit ü", "wie wie wie", "ß ß ß", "twenty-"} {
		f.Add(s, "de")
		f.Add(s, "en")
		f.Add(s, "fr")
	}
	list := streets()
	f.Fuzz(func(t *testing.T, text, language string) {
		for _, kind := range slot.Kinds() {
			spec := slot.Spec{Kind: kind, Min: 1, Max: 100}
			in := slot.Setting{Language: language, Now: friday, Streets: list}
			v := r.Read(spec, text, in)
			require.Equal(t, kind, v.Kind)
			if v.Doubt == slot.Ambiguous {
				require.NotEmpty(t, v.Others)
			}
			if kind == slot.Date && v.Found() && v.Doubt == slot.Sure {
				at, err := time.Parse(time.DateOnly, v.Text)
				require.NoError(t, err)
				require.True(t, at.After(friday.AddDate(0, 0, -1)))
			}
			if found, ok := r.Find(spec, text, in); ok {
				require.NotEmpty(t, found.Text)
			}
			if v.Found() {
				require.NotEmpty(t, r.Say(spec, v, language))
			}
		}
	})
}

func BenchmarkStreet(b *testing.B) {
	r := load(b)
	var names []string
	for _, a := range []string{"Linden", "Birken", "Goethe", "Haupt", "Bahnhof", "Kirch", "Schul", "Mühlen", "Garten", "Wiesen", "Berg", "Tal", "Ring", "Rosen", "Tulpen", "Nelken", "Amsel", "Drossel", "Finken", "Meisen"} {
		for _, k := range []string{"straße", "weg", "platz", "allee", "gasse", "ring", "damm", "stieg"} {
			names = append(names, a+k)
		}
	}
	list := slot.NewStreets(names)
	for b.Loop() {
		r.Read(slot.Spec{Kind: slot.Street}, "die Laterne in der Lindn Straße vor Haus 14 ist aus", slot.Setting{Language: "de", Streets: list})
	}
}
