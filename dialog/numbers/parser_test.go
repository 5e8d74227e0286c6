package numbers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog/numbers"
)

func load(t testing.TB) *numbers.Parser {
	p, err := numbers.Load()
	require.NoError(t, err)
	return p
}

func TestParse(t *testing.T) {
	p := load(t)
	for _, c := range []struct{ language, text, want string }{
		{"de", "null zwei zwei acht, siebenundsiebzig, doppel drei", "02287733"},
		{"de", "null zwo zwo acht", "0228"},
		{"de", "0228 77 33", "02287733"},
		{"de", "0228-7733", "02287733"},
		{"de", "meine Nummer ist die null eins sieben sechs, vier fünf sechs, siebenundachtzig, neunzig", "01764568790"},
		{"de", "plus vier neun eins fünf eins zwei drei", "+4915123"},
		{"de", "+49 151 123456", "+49151123456"},
		{"de", "null null vier neun", "0049"},
		{"de", "dreimal die null und zweimal die fünf", "00055"},
		{"de", "doppelnull sieben", "007"},
		{"de", "null zweihundertachtundzwanzig", "0228"},
		{"de", "hundertfünfzehn", "115"},
		{"de", "sieben und siebzig", "77"},
		{"de", "elf zwölf siebzehn", "111217"},
		{"de", "null zwei zwei acht nein neun", "0229"},
		{"de", "siebenundsiebzig, Quatsch, achtundsiebzig", "78"},
		{"de", "null zwei zwei acht sieben drei, falsch, null drei zwei acht sieben drei", "032873"},
		{"de", "null zwei drei, nein von vorn, null acht neun vier vier", "08944"},
		{"de", "einen Moment bitte", ""},
		{"de", "ein Moment, ich suche eine Brille", ""},
		{"de", "die Nummer lautet eins, zwei, drei", "123"},
		{"de", "", ""},
		{"en", "oh two two eight double three triple five", "022833555"},
		{"en", "zero one five one, seventy-seven, twelve", "01517712"},
		{"en", "seven seven no seven eight", "78"},
		{"en", "two hundred and twenty eight", "228"},
		{"en", "one hundred", "100"},
		{"en", "plus four nine two two eight", "+49228"},
		{"en", "sorry, I don't know", ""},
		{"en", "my number is 555 0199", "5550199"},
	} {
		require.Equal(t, c.want, p.Parse(c.text, c.language), "%s: %s", c.language, c.text)
	}
}

func TestAmend(t *testing.T) {
	p := load(t)
	for _, c := range []struct{ language, number, text, want string }{
		{"de", "02287733", "nein, am Ende fünf", "02287735"},
		{"de", "02287733", "die letzte Ziffer ist eine neun", "02287739"},
		{"de", "02287733", "die letzten zwei sind vier fünf", "02287745"},
		{"de", "02287733", "nicht acht sondern neun", "02297733"},
		{"de", "02287733", "fünf statt acht", "02257733"},
		{"de", "02287733", "die dritte Ziffer ist eine vier", "02487733"},
		{"de", "02287733", "nein, null zwei zwei acht, sieben sieben drei vier", "02287734"},
		{"de", "02287733", "nein", "02287733"},
		{"de", "02287733", "ja", "02287733"},
		{"en", "5550199", "no, the last one is eight", "5550198"},
		{"en", "5550199", "not one but two", "5550299"},
		{"en", "5550199", "the first digit is four", "4550199"},
	} {
		got, _ := p.Amend(c.number, c.text, c.language)
		require.Equal(t, c.want, got, c.text)
	}
}

func TestRead(t *testing.T) {
	p := load(t)
	require.Equal(t, "null zwei zwei acht, sieben sieben, drei drei", p.Read("02287733", "de-leicht"))
	require.Equal(t, "plus four nine one, five one", p.Read("+49151", "en"))
	require.Equal(t, []string{"0176", "456", "87", "90"}, numbers.Groups("01764568790"))
	require.Empty(t, numbers.Groups(""))
	require.True(t, numbers.Valid("+49228773"))
	require.False(t, numbers.Valid("110"))
}

// What is read back must be understood as the same number again.
func TestReadParse(t *testing.T) {
	p := load(t)
	for _, language := range []string{"de", "en"} {
		for _, n := range []string{"0", "02287733", "+4915112345678", "00491517", "1100112"} {
			require.Equal(t, n, p.Parse(p.Read(n, language), language))
		}
	}
}

func FuzzParse(f *testing.F) {
	p := load(f)
	f.Add("null zwei hundert und doppel + nein 77", "0228")
	f.Add("not one but two double", "")
	f.Add(strings.Repeat("dreimal ", 300), "+49")
	f.Fuzz(func(t *testing.T, text, number string) {
		for _, language := range []string{"de", "en", "xx"} {
			onlyDigits(t, p.Parse(text, language))
			if strings.Trim(number, "0123456789") == "" {
				amended, _ := p.Amend(number, text, language)
				onlyDigits(t, amended)
			}
		}
	})
}

func onlyDigits(t *testing.T, s string) {
	if strings.Trim(strings.TrimPrefix(s, "+"), "0123456789") != "" {
		t.Fatalf("%q holds more than digits", s)
	}
}

func TestNumber(t *testing.T) {
	p := load(t)
	for _, c := range []struct {
		language, words string
		value, used     int
	}{
		{"de", "vierzehn uhr", 14, 1}, {"de", "ein sofa", 1, 1}, {"de", "sieben und siebzig", 77, 3}, {"de", "hundertzwoelf", 112, 1},
		{"de", "sofa", 0, 0}, {"de", "12 a", 12, 1}, {"de", "plus", 0, 0}, {"en", "twenty three chairs", 23, 2},
		{"en", "two hundred and five", 205, 4}, {"de", "99999999999", 0, 0},
	} {
		value, used := p.Number(strings.Fields(c.words), c.language)
		require.Equal(t, c.value, value, c.words)
		require.Equal(t, c.used, used, c.words)
	}
	value, used := p.Number(nil, "de")
	require.Zero(t, value+used)
}

// Digits are digits in every script.
func TestScripts(t *testing.T) {
	p := load(t)
	require.Equal(t, "02287733", p.Parse("٠٢٢٨ ٧٧٣٣", "de"))
	require.Equal(t, "0228", p.Parse("۰۲۲۸", "en"))
	require.Equal(t, "four", p.Digit('4', "en"))
	require.Equal(t, "x", p.Digit('x', "en"))
}

func TestStates(t *testing.T) {
	p := load(t)
	require.True(t, p.States(strings.Fields("die hausnummer ist 14"), "de"))
	require.False(t, p.States(strings.Fields("die hausnummer bitte"), "de"))
}

// Numbers of other languages, as telephone numbers are dictated in them.
func TestOtherLanguages(t *testing.T) {
	p := load(t)
	for _, c := range []struct{ language, text, want string }{
		{"fr", "zéro six, soixante-douze, quatre-vingt-treize, vingt et un", "06729321"},
		{"fr", "soixante et onze, quatre-vingts, trente", "718030"},
		{"tr", "sıfır beş yüz otuz iki, kırk beş, on dört", "05324514"},
		{"ru", "ноль один семь шесть, двадцать пять, одиннадцать", "01762511"},
		{"uk", "нуль один сім шість, двадцять п'ять, одинадцять", "01762511"},
		{"pl", "zero jeden siedem sześć, dwadzieścia pięć, jedenaście", "01762511"},
		{"ar", "صفر واحد سبعة ستة", "0176"},
	} {
		require.Equal(t, c.want, p.Parse(c.text, c.language), "%s: %s", c.language, c.text)
	}
}

func TestHundredsInOneWordTakeWhatFollows(t *testing.T) {
	p, err := numbers.Load()
	require.NoError(t, err)
	for _, c := range []struct{ language, said, want string }{
		{"ru", "сто семьдесят шесть", "176"},
		{"uk", "двісті п'ять", "205"},
		{"pl", "sześćset dwadzieścia trzy", "623"},
		{"tr", "yüz yetmiş altı", "176"},
		{"fr", "dix-sept", "17"},
		{"fr", "zéro six dix-sept vingt-trois", "061723"},
		{"es", "ciento veintitrés", "123"},
		{"es", "quinientos doce", "512"},
		{"it", "centoventitré", "123"},
		{"ro", "o sută douăzeci și trei", "123"},
		{"ar", "سبعة وعشرين", "27"},
		{"en", "one hundred and five", "105"},
		{"en", "two hundred five", "2005"}, // a digit of its own
	} {
		require.Equal(t, c.want, p.Parse(c.said, c.language), c.said)
	}
}

// A language without number words is read in figures, one by one.
func TestReadInFigures(t *testing.T) {
	p, err := numbers.Load()
	require.NoError(t, err)
	require.False(t, p.Knows("sv"))
	require.Equal(t, "0 2 2 8, 7 7 3, 3 5 5", p.Read("0228773355", "sv"))
	require.Equal(t, "zero dois dois oito, sete sete três, três cinco cinco", p.Read("0228773355", "pt"))
}

// What is read aloud is understood again, in every language.
func TestReadIsUnderstood(t *testing.T) {
	p, err := numbers.Load()
	require.NoError(t, err)
	for _, language := range []string{"de", "en", "pt", "nl", "bg", "el", "hr", "hu", "cs"} {
		for _, number := range []string{"0228773355", "01234567890", "9876543210"} {
			require.Equal(t, number, p.Parse(p.Read(number, language), language), language)
		}
	}
	for text, language := range map[string]string{
		"zero dois vinte e oito setenta e sete": "pt", "nul twee achtentwintig zevenenzeventig": "nl", "nula dva dvadeset osam sedamdeset sedam": "hr",
		"нула две двадесет и осем седемдесет и седем": "bg", "μηδέν δύο είκοσι οκτώ εβδομήντα επτά": "el", "nulla kettő huszonnyolc hetvenhét": "hu", "nula dva dvacet osm sedmdesát sedm": "cs",
	} {
		require.Equal(t, "022877", p.Parse(text, language), text)
	}
}
