package values_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/translate/values"
)

// say lists what is found, written in English.
func say(text, language string) string {
	var list []string
	for _, v := range values.Find(text, language) {
		if !v.Weak {
			list = append(list, v.Kind+" "+v.Write("en"))
		}
	}
	return strings.Join(list, "; ")
}

func TestValuesOfSpokenLanguages(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"de", "Kommen Sie am zwölften dritten zweitausendsechsundzwanzig um halb neun.", "date 12 March 2026; time 8:30"},
		{"de", "Es kostet einundzwanzig Euro fünfzig, am 12. März um 8 Uhr 30.", "amount 21.50 euros; date 12 March; time 8:30"},
		{"de", "am 12.03.2026 um 14.30 Uhr, am 3.4. nicht", "date 12 March 2026; time 2:30 pm; date 3 April"},
		{"de", "fünf vor halb acht, drei Viertel neun, Viertel nach sechs abends", "time 7:25; time 8:45; time 6:15 pm"},
		{"de", "Die Gebühr beträgt 1.234,56 € oder 250.000 Euro.", "amount 1234.56 euros; amount 250,000 euros"},
		{"de", "null eins sieben sechs vier vier drei", "phone 0176443"},
		{"de", "neunzehnhundertsiebenundachtzig, dreihundertfünf", "number 1987; number 305"},
		{"de", "Mein Name ist Jürgen von der Heide, Lindenstraße 12 a.", "name Jürgen von der Heide; street Lindenstraße 12 a"},
		{"de", "Ein Hund und eine Katze, aber zwei Vögel", "number 2"},
		{"en", "on the twenty-first of May at 3 pm, room 12", "date 21 May; time 3:00 pm; number 12"},
		{"en", "from eight to twelve, or five to nine", "number 8; number 12; time 8:55"},
		{"en", "nineteen eighty-seven, twenty twenty-six", "number 1987; number 2026"},
		{"en", "zero one seven six double four", "phone 017644"},
		{"en", "March 12th, 2026 and 12/3/2026, 2026-03-12", "date 12 March 2026; date 12 March 2026; date 12 March 2026"},
		{"en", "ninety a year, 1,234.5 metres, 12th floor", "number 90; number 1234.5; number 12"},
		{"en", "€37.50, $12, 99 cents, two million dollars", "amount 37.50 euros; amount 12 dollars; amount 99 cents; amount 2 million dollars"},
		{"en", "I may come. I march on Monday. In May or on 4 March.", "date Monday; date May; date 4 March"},
		{"pt", "vinte e oito euros e oitenta, às nove menos um quarto", "amount 28.80 euros; time 8:45"},
		{"pt", "a catorze de julho de mil novecentos e oitenta e sete, às 14h30", "date 14 July 1987; time 2:30 pm"},
		{"pt", "há 3 horas, às 3 horas, às três da tarde, na segunda e na quarta-feira", "number 3; time 3:00; time 3:00 pm; date Monday; date Wednesday"},
		{"fr", "quatre-vingt-dix-sept euros, le 3 mars à 8 heures 30, soixante et onze", "amount 97 euros; date 3 March; time 8:30; number 71"},
		{"fr", "à huit heures et demie, vingt et un, 1 234,56 €", "time 8:30; number 21; amount 1234.56 euros"},
		{"es", "treinta y dos euros, el 5 de mayo a las ocho y media de la tarde", "amount 32 euros; date 5 May; time 8:30 pm"},
		{"es", "mil doscientos cincuenta, el martes a las nueve menos cuarto", "number 1250; date Tuesday; time 8:45"},
		{"it", "trecentoquarantacinque euro, ventuno, alle otto e mezza, il 3 marzo 2026", "amount 345 euros; number 21; time 8:30; date 3 March 2026"},
		{"tr", "yirmi beş avro, saat sekiz buçuk, 12 Mart 2026, salı", "amount 25 euros; time 8:30; date 12 March 2026; date Tuesday"},
		{"tr", "ona biri geldi, üç yüz kırk beş", "number 345"},
		{"pl", "dwadzieścia pięć euro, wpół do dziewiątej, 12 marca 2026 roku, w środę", "amount 25 euros; time 8:30; date 12 March 2026; date Wednesday"},
		{"uk", "двадцять п'ять євро, пів на дев'яту, 12 березня 2026 року, у вівторок", "amount 25 euros; time 8:30; date 12 March 2026; date Tuesday"},
		{"uk", "двадцять п’ять", "number 25"},
		{"ru", "двадцать пять евро, половина девятого, 12 марта 2026 года, во вторник", "amount 25 euros; time 8:30; date 12 March 2026; date Tuesday"},
		{"ar", "خمسة وعشرون يورو، الساعة الثامنة والنصف، ١٢ مارس ٢٠٢٦، يوم الثلاثاء", "amount 25 euros; time 8:30; date 12 March 2026; date Tuesday"},
		{"ro", "douăzeci și cinci de euro, ora opt și jumătate, 12 martie 2026, marți", "amount 25 euros; time 8:30; date 12 March 2026; date Tuesday"},
		{"en", "No one is here, one of them, someone, the fifth time, a third, both houses, millions of people", ""},
		{"en", "on the third floor, counter 3, at the second counter", "number 3; number 3; number 2"},
		{"en", "He signed a 9,000 year lease during spring. Spring String 7, this may bring 3", "number 9000; number 7; number 3"},
		{"pt", "uma centena de pessoas, centenas delas, milhares", "number 100"},
		{"pt", "um contrato, mais uma vez, uma outra, bilhões de dólares", ""},
		{"en", "£27 million, $2.3 billion, 1.2 million people, ten million", "amount 27 million pounds; amount 2.3 billion dollars; number 1.2 million; number 10 million"},
		{"en", "You two may come. We march 5 miles. On May 5. On the 2nd of may. By march.", "number 2; number 5; date 5 May; date 2 May; date March"},
		{"en", "46 percent or twenty per cent or 7%", "number 46%; number 20%; number 7%"},
		{"pt", "A segunda batalha foi longa. É a quinta vez. Em segunda posição, a segunda parte, na segunda fila.", ""},
		{"pt", "Na segunda, de segunda a sexta, na quinta às dez, na próxima quarta, à sexta de manhã", "date Monday; date Monday; date Friday; date Thursday; number 10; date Wednesday; date Friday"},
		{"pt", "Custa vinte por cento mais, contrato, um contrato, 32 por cento", "number 20%; number 32%"},
		{"pt", "27 milhões de libras, 1,2 milhão de assinaturas, dois mil milhões de euros, 24 mil", "amount 27 million pounds; number 1.2 million; amount 2 billion euros; number 24,000"},
		{"de", "27 Mio. €, 2,3 Milliarden Euro, zwanzig Prozent, im dritten Stock, zum dritten Mal, in der zweiten Sekunde, Tausende", "amount 27 million euros; amount 2.3 billion euros; number 20%; number 3"},
		{"fr", "vingt pour cent, la seconde fois, 2,3 milliards d'euros", "number 20%; amount 2.3 billion euros"},
		{"es", "veinte por ciento, la segunda vez, mil millones de euros", "number 20%; amount 1 billion euros"},
		{"it", "venti per cento, la seconda volta, 27 milioni di euro", "number 20%; amount 27 million euros"},
		{"it", "Tu sei qui, sei stanco? Abbiamo sei figli, ho sei euro, alle sei", "number 6; amount 6 euros; number 6"},
		{"fr", "un appartement neuf, neuf personnes, le guichet neuf, j'en ai neuf", "number 9; number 9; number 9"},
		{"tr", "yüzde yirmi, %20, üçüncü katta, 1,2 milyon", "number 20%; number 20%; number 3; number 1.2 million"},
		{"pl", "dwadzieścia procent, środek, środki, 27 mln euro, w środę", "number 20%; amount 27 million euros; date Wednesday"},
		{"uk", "двадцять відсотків, 27 мільйонів євро", "number 20%; amount 27 million euros"},
		{"ru", "двадцать процентов, окружающая среда, в среду, 1,2 миллиона", "number 20%; date Wednesday; number 1.2 million"},
		{"ar", "عشرون بالمئة", "number 20%"},
		{"ro", "douăzeci la sută, mai mult, trei luni, luni la ora opt, 5 mai", "number 20%; number 3; date Monday; time 8:00; date 5 May"},
		{"xx", "12.03.2026, 37,50 €, DE89 3704 0044 0532 0130 00", "date 12 March 2026; number 37.5; iban DE89 3704 0044 0532 0130 00"},
		{"de", "Schreiben Sie an anna.mueller@example.org oder www.musterstadt.example/termine, Aktenzeichen 4711/2026-B, 0176/123 45 67.", "email anna.mueller@example.org; url www.musterstadt.example/termine; code 4711/2026-B; phone 0176/123 45 67"},
	} {
		require.Equal(t, c.want, say(c.text, c.language), "%s: %s", c.language, c.text)
	}
}

// Words of one language answer those of another.
func TestSameValuesInTwoLanguages(t *testing.T) {
	for _, c := range []struct {
		from, text, to, other string
		same                  bool
	}{
		{"de", "1.234,56 €", "en", "1,234.56 euros", true},
		{"de", "1.234 €", "en", "1.234 euros", false},
		{"de", "fünfzehn Uhr dreißig", "en", "3:30 pm", true},
		{"de", "15:30", "en", "3:30", false},
		{"en", "3 pm", "pt", "às três da tarde", true},
		{"en", "3 pm", "pt", "às 3 horas", false},
		{"en", "half past eight", "de", "halb neun", true},
		{"en", "half past eight", "de", "halb acht", false},
		{"de", "12. März 2026", "en", "12/03/2026", true},
		{"de", "12. März 2026", "en", "3 December 2026", false},
		{"de", "37 Euro", "en", "37 dollars", false},
		{"de", "Dienstag", "ru", "во вторник", true},
		{"de", "Dienstag", "pl", "w czwartek", false},
		{"en", "twelve", "ar", "١٢", true},
		{"de", "dreizehn", "en", "thirty", false},
	} {
		a, b := values.Find(c.text, c.from), values.Find(c.other, c.to)
		require.Len(t, a, 1, c.text)
		require.Len(t, b, 1, c.other)
		require.Equal(t, c.same, a[0].Same(b[0]), "%s / %s", c.text, c.other)
	}
}

// What is written is read as the same value again, in all languages.
func TestWhatIsWrittenIsRead(t *testing.T) {
	all := []string{"ar", "de", "en", "es", "fr", "it", "pl", "pt", "ro", "ru", "tr", "uk"}
	for _, text := range []string{"12.03.2026", "1. Mai", "17.45 Uhr", "8:30 Uhr", "1.234,56 €", "80 Cent", "Mittwoch", "Sonntag", "1234567", "0,75", "November 2026", "27 Millionen Euro", "1,2 Millionen", "1 Milliarde", "12,5 Prozent"} {
		v := values.Find(text, "de")
		require.Len(t, v, 1, text)
		for _, language := range all {
			written := v[0].Write(language)
			back := values.Find(written, language)
			require.NotEmpty(t, back, "%s as %q in %s", text, written, language)
			require.True(t, v[0].Same(back[0]), "%s as %q in %s is %+v", text, written, language, back)
		}
	}
}

// Numbers up to a million in words are read by the numbers of the language.
func TestGermanAndEnglishNumbersInWords(t *testing.T) {
	ones := strings.Fields("- ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
	tens := strings.Fields("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
	var german func(n int) string
	german = func(n int) string {
		switch {
		case n == 0:
			return ""
		case n < 20:
			return ones[n]
		case n < 100:
			unit := ""
			if n%10 > 0 {
				unit = ones[n%10] + "und"
			}
			return unit + tens[n/10]
		case n < 1000:
			return ones[n/100] + "hundert" + german(n%100)
		}
		return german(n/1000) + "tausend" + german(n%1000)
	}
	for n := 2; n < 1_000_000; n = n*23/20 + 1 {
		v := values.Find(german(n), "de")
		if n%100 == 1 {
			continue // "hunderteins", not "hundertein"
		}
		require.Len(t, v, 1, german(n))
		require.Equal(t, fmt.Sprint(n), v[0].Digits(), german(n))
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"am 12.03.2026 um halb neun", "€37.50 and 1,234.56", "zero one seven double", "null eins zwei", "DE89 3704 0044 0532 0130 00", "خمسة وعشرون", "x@y.z 12h30 às três e meia", "1.2.3.4.5.6", "neunhundertneunundneunzigtausend"} {
		f.Add(s, uint8(len(s)))
	}
	tags := []string{"de", "en", "pt", "fr", "es", "it", "tr", "pl", "uk", "ru", "ar", "ro", "xx"}
	f.Fuzz(func(t *testing.T, text string, tag uint8) {
		language := tags[int(tag)%len(tags)]
		end := 0
		for _, v := range values.Find(text, language) {
			require.GreaterOrEqual(t, v.Start, end, "in order and apart")
			require.Greater(t, v.End, v.Start)
			require.LessOrEqual(t, v.End, len(text))
			require.Equal(t, text[v.Start:v.End], v.Text)
			end = v.End
			require.True(t, v.Same(v), "%+v", v)
			if utf8.ValidString(text) {
				require.True(t, utf8.ValidString(v.Write("de")))
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		values.Find("My name is Anna Müller, my appointment is on 12 March 2026 at half past eight, and the fee is 37.50 euros.", "en")
	}
}
