package translate_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/translate"
)

// changes is an engine that translates by a list and then spoils what it is told to.
func changes(pairs ...string) *engine {
	return &engine{do: func(_ context.Context, text, _, _ string) (string, error) {
		return strings.NewReplacer(pairs...).Replace(text), nil
	}}
}

func render(t *testing.T, e translate.Engine, careful translate.Careful, text, from, to string) translate.Translation {
	t.Helper()
	c := chain(t, translate.ChainOptions{Engines: []translate.Engine{e}, Careful: careful, Mask: dialog.Conceal})
	got, err := c.Render(t.Context(), translate.Request{Text: text, From: from, To: to})
	require.NoError(t, err)
	return got
}

func TestAChangedValueIsPutRight(t *testing.T) {
	e := changes("You have to pay", "Sie müssen zahlen:", "37.50 euros", "73,50 Euro", "please", "bitte")
	got := render(t, translate.Engine{Name: "e", Text: e}, translate.Careful{}, "You have to pay 37.50 euros please", "en", "de")
	require.Equal(t, "Sie müssen zahlen: 37,50 Euro bitte", got.Text)
	require.Equal(t, []translate.Doubt{{Kind: "amount", Value: "37.50 euros"}}, got.Repaired)
	require.Empty(t, got.Doubts)
}

// An engine that loses marks, too, leaves one other amount: that is written over.
func TestAChangedValueIsWrittenOver(t *testing.T) {
	e := answers("", "Sie müssen 73,50 Euro zahlen, bitte.")
	got := render(t, translate.Engine{Name: "e", Text: e}, translate.Careful{}, "You have to pay 37.50 euros please", "en", "de")
	require.Equal(t, "Sie müssen 37,50 Euro zahlen, bitte.", got.Text)
	require.Equal(t, []translate.Doubt{{Kind: "amount", Value: "37.50 euros"}}, got.Repaired)
}

func TestALostValueIsADoubt(t *testing.T) {
	e := answers("", "Sie müssen bald etwas zahlen, bitte.")
	got := render(t, translate.Engine{Name: "e", Text: e}, translate.Careful{}, "You have to pay 37.50 euros until Friday please", "en", "de")
	require.Equal(t, []translate.Doubt{{Kind: "amount", Value: "37.50 euros"}, {Kind: "date", Value: "Friday"}}, got.Doubts)
	require.Empty(t, got.Repaired)
}

func TestSpeechIsComparedWithItsWords(t *testing.T) {
	o := translate.ChainOptions{Engines: []translate.Engine{{Name: "whisper", Speech: speech{"It costs 50 euros on Tuesday."}}}}
	c := chain(t, o)
	got, err := c.Render(t.Context(), translate.Request{Text: "Das kostet fünfzehn Euro am Donnerstag.", From: "de", To: "en", PCM: make([]int16, 1600)})
	require.NoError(t, err)
	require.Equal(t, "It costs 15 euros on Thursday.", got.Text)
	require.Len(t, got.Repaired, 2)
}

// Nothing personal may leave the house, and all of it comes back.
func TestRemoteEnginesSeeNoPersonalData(t *testing.T) {
	var seen []string
	e := &engine{do: func(_ context.Context, text, _, _ string) (string, error) {
		seen = append(seen, text)
		return "O meu " + strings.TrimPrefix(text, "My "), nil
	}}
	text := "My name is Anna Müller, I was born on 14.07.1987, call 0176 12345678 or write to anna.mueller@example.org, the IBAN is DE89 3704 0044 0532 0130 00, I live at Lindenstraße 12a."
	got := render(t, translate.Engine{Name: "e", Text: e, Remote: true}, translate.Careful{}, text, "en", "pt")
	all := strings.Join(seen, "\n")
	for _, personal := range []string{"Anna", "Müller", "1987", "0176", "12345678", "anna.mueller", "example.org", "DE89", "3704", "Lindenstra", "12a"} {
		require.NotContains(t, all, personal)
	}
	for _, back := range []string{"Anna Müller", "14 de julho de 1987", "0176 12345678", "anna.mueller@example.org", "DE89 3704 0044 0532 0130 00", "Lindenstraße 12a"} {
		require.Contains(t, got.Text, back)
	}
	require.NotRegexp(t, `\[x..\]`, got.Text)
	require.Empty(t, got.Doubts)
}

// A lost mask goes to the next engine; when there is none, it is told.
func TestALostMaskFallsThrough(t *testing.T) {
	loses := &engine{do: func(_ context.Context, text, _, _ string) (string, error) {
		return regexp.MustCompile(`[A-Z]\d`).ReplaceAllString("O meu número é este, "+text, "isso"), nil
	}}
	remote := translate.Engine{Name: "remote", Text: loses, Remote: true}
	local := translate.Engine{Name: "local", Text: changes("My number is", "O meu número é")}
	text := "My number is 0176 12345678"
	c := chain(t, translate.ChainOptions{Engines: []translate.Engine{remote, local}, Mask: dialog.Conceal})
	got, err := c.Render(t.Context(), translate.Request{Text: text, From: "en", To: "pt"})
	require.NoError(t, err)
	require.Equal(t, "local en-pt", got.Engine)
	require.Equal(t, "O meu número é 0176 12345678", got.Text)

	got = render(t, remote, translate.Careful{}, text, "en", "pt")
	require.Equal(t, []translate.Doubt{{Kind: "number", Value: "0176 12345678"}}, got.Doubts)
}

func TestNamesOfAnotherScriptAreWrittenInLatinLettersAndDoubted(t *testing.T) {
	e := changes("Мене звати", "Ich heiße")
	got := render(t, translate.Engine{Name: "e", Text: e}, translate.Careful{}, "Мене звати Олександр Коваленко", "uk", "de")
	require.Equal(t, "Ich heiße Oleksandr Kovalenko", got.Text)
	require.Equal(t, []translate.Doubt{{Kind: "name", Value: "Олександр Коваленко"}}, got.Doubts)
}

const glossary = `
protected: [Musterstadt]
terms:
  - {de: [Bürgeramt, Bürgerämter], en: [citizens' office], pt: [balcão do cidadão, Loja do Cidadão]}
  - {de: [Rathausplatz], uk: [Ратгаусплац]}
`

func TestTheGlossaryIsEnforced(t *testing.T) {
	g, err := translate.ParseGlossary([]byte(glossary))
	require.NoError(t, err)
	careful := translate.Careful{Glossary: g}
	e := translate.Engine{Name: "e", Text: changes("The citizens' office of", "O gabinete do povo de", "is closed today", "está fechado hoje", "The", "O", " of ", " de ", "Musterstadt", "Cidade Exemplo")}
	got := render(t, e, careful, "The citizens' office of Musterstadt is closed today", "en", "pt")
	require.Equal(t, "O balcão do cidadão de Musterstadt está fechado hoje", got.Text)
	require.Equal(t, []translate.Doubt{{Kind: "term", Value: "citizens' office"}}, got.Repaired)

	e.Text = answers("", "A Loja do Cidadão de Musterstadt está fechada hoje")
	got = render(t, e, careful, "Die Bürgerämter Musterstadts sind heute zu", "de", "pt")
	require.Empty(t, got.Repaired, "another accepted form")

	e.Text = changes("Das ist am", "Це на")
	got = render(t, e, careful, "Das ist am Rathausplatz 7", "de", "uk")
	require.Equal(t, "Це на Ратгаусплац 7", got.Text)

	e.Text = answers("", "O gabinete está fechado hoje")
	got = render(t, e, careful, "The citizens' office is closed today", "en", "pt")
	require.Equal(t, []translate.Doubt{{Kind: "term", Value: "citizens' office"}}, got.Doubts)
}

func TestBrokenGlossariesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"protected: [\"\"]":          "protected word 1",
		"terms: [{de: [Amt]}]":       "fewer than two languages",
		"terms: [{de: [], en: [x]}]": "empty form",
		"words: [x]":                 "words",
		"terms: 7":                   "glossary",
		"\x00":                       "glossary",
	} {
		_, err := translate.ParseGlossary([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
	g, err := translate.ParseGlossary(nil)
	require.NoError(t, err)
	e := translate.Engine{Name: "e", Text: answers("", "Olá a todos")}
	require.Equal(t, "Olá a todos", render(t, e, translate.Careful{Glossary: g}, "Hello to all", "en", "pt").Text)
}

// The city's own glossary names each term in German and is understood.
func TestTheGlossaryOfTheDemoCity(t *testing.T) {
	e := translate.Engine{Name: "e", Text: answers("", "Um balcão do cidadão e um cartão de cidadão, com marcação")}
	got := render(t, e, translate.Careful{Glossary: city(t)}, "Ein Bürgeramt und ein Personalausweis, mit Termin", "de", "pt")
	require.Empty(t, got.Doubts)
	e.Text = answers("", "Um escritório e um papel com nomeação")
	got = render(t, e, translate.Careful{Glossary: city(t)}, "Ein Bürgeramt und ein Personalausweis, mit Termin", "de", "pt")
	require.Len(t, got.Doubts, 3)
}

func TestWholeUtterancesAreInTheGlossary(t *testing.T) {
	e := translate.Engine{Name: "e", Text: answers("", "Yes, I's.")}
	careful := translate.Careful{Glossary: city(t)}
	for text, want := range map[string]string{"Sim.": "Yes.", "não": "No", "Obrigada!": "Thank you!", "Sim, eu sei.": "Yes, I's."} {
		require.Equal(t, want, render(t, e, careful, text, "pt", "en").Text)
	}
	require.Equal(t, "Tak.", render(t, e, careful, "Ja.", "de", "pl").Text)
}

func FuzzGlossary(f *testing.F) {
	f.Add([]byte(glossary), "Die Bürgerämter in Musterstadt")
	f.Add([]byte("protected: [a, b c]\nterms:\n- {de: [x y], pt: [z]}"), "a b c x y")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		g, err := translate.ParseGlossary(data)
		if err != nil {
			return
		}
		c := chain(t, translate.ChainOptions{Engines: []translate.Engine{{Name: "e", Text: answers("", "resposta qualquer do motor")}}, Careful: translate.Careful{Glossary: g}})
		_, err = c.Render(t.Context(), translate.Request{Text: text, From: "de", To: "pt"})
		if err != nil && !errors.Is(err, translate.ErrTooLong) && !errors.Is(err, translate.ErrFailed) {
			t.Fatal(err)
		}
	})
}

func TestValuesThatHaveChangedPlacesAreDoubted(t *testing.T) {
	e := translate.Engine{Name: "e", Text: answers("", "Aberto das 12 às 8 horas, na sexta-feira")}
	got := render(t, e, translate.Careful{}, "Open from 8 to 12 o'clock on Friday", "en", "pt")
	require.NotEmpty(t, got.Doubts)
	e.Text = answers("", "Aberto das 8 às 12 horas, na sexta-feira")
	require.Empty(t, render(t, e, translate.Careful{}, "Open from 8 to 12 o'clock on Friday", "en", "pt").Doubts)
}

func TestNumbersGetTheNotationOfTheLanguage(t *testing.T) {
	e := translate.Engine{Name: "e", Text: answers("", "It costs 28,80 euros and not 30,5")}
	got := render(t, e, translate.Careful{}, "Custa 28,80 euros e não 30,5", "pt", "en")
	require.Equal(t, "It costs 28.80 euros and not 30.5", got.Text)
	require.Empty(t, got.Doubts)
}

// listens answers like an engine with a weakness and keeps what it was given.
func listens(seen *[]string, pairs ...string) *engine {
	return &engine{do: func(_ context.Context, text, _, _ string) (string, error) {
		*seen = append(*seen, text)
		return strings.NewReplacer(pairs...).Replace(text), nil
	}}
}

// Words stay words where the engine keeps them; then digits, then marks are tried.
func TestNumbersInWordsAreTriedAsTheyStandFirst(t *testing.T) {
	for _, c := range []struct {
		pairs, seen []string
		want        string
	}{
		{[]string{"fifteen rocks fell", "quinze rochas caíram"}, []string{"Here fifteen rocks fell"}, "Aqui quinze rochas caíram"},
		{[]string{"fifteen rocks fell", "cinquenta rochas caíram", "rocks fell", "rochas caíram"}, []string{"Here fifteen rocks fell", "Here 15 rocks fell"}, "Aqui 15 rochas caíram"},
		{[]string{"fifteen rocks fell", "as rochas caíram", "15 rocks fell", "as rochas caíram", "rocks fell", "rochas caíram"}, []string{"Here fifteen rocks fell", "Here 15 rocks fell", "Here X1 rocks fell"}, "Aqui 15 rochas caíram"},
	} {
		var seen []string
		e := listens(&seen, append([]string{"Here", "Aqui"}, c.pairs...)...)
		got := render(t, translate.Engine{Name: "e", Text: e}, translate.Careful{}, "Here fifteen rocks fell", "en", "pt")
		require.Equal(t, c.want, got.Text)
		require.Equal(t, c.seen, seen)
		require.Empty(t, got.Doubts)
	}
}

func TestMillionsStayMillionsAndKeepTheirCurrency(t *testing.T) {
	var seen []string
	e := listens(&seen, "It costs", "Custa", "£27 million", "27 milhões de euros", "27 million pounds", "27 milhões de libras", "today", "hoje")
	got := render(t, translate.Engine{Name: "e", Text: e}, translate.Careful{}, "It costs £27 million today", "en", "pt")
	require.Equal(t, "Custa 27 milhões de libras hoje", got.Text)
	require.Equal(t, []string{"It costs £27 million today", "It costs 27 million pounds today"}, seen)
	require.Equal(t, []translate.Doubt{{Kind: "amount", Value: "£27 million"}}, got.Repaired)
}

// Ordinals are looked for afterwards, and only where somebody is sent by them.
func TestOrdinalsAreNeverDigits(t *testing.T) {
	for text, doubts := range map[string]int{"We are on the third floor today": 1, "It is the third time today": 0, "A third of it, in a second": 0} {
		var seen []string
		got := render(t, translate.Engine{Name: "e", Text: listens(&seen, text, "Nada disso se encontra aqui")}, translate.Careful{}, text, "en", "pt")
		require.Equal(t, []string{text}, seen)
		require.Len(t, got.Doubts, doubts, text)
	}
	e := translate.Engine{Name: "e", Text: answers("", "Estamos na quarta sala, no terceiro andar")}
	require.Empty(t, render(t, e, translate.Careful{}, "We are in the fourth room on the third floor", "en", "pt").Doubts)
}

func TestNumbersInNamesMayStay(t *testing.T) {
	var seen []string
	got := render(t, translate.Engine{Name: "e", Text: listens(&seen, "We went to", "Fomos ao")}, translate.Careful{}, "We went to Six Flags", "en", "pt")
	require.Equal(t, "Fomos ao Six Flags", got.Text)
	require.Len(t, seen, 1)
	require.Empty(t, got.Doubts)
}

// "No one", "one of" and "contrato" hold no number.
func TestPronounsAreNoNumbers(t *testing.T) {
	for _, text := range []string{"No one was inside", "One of them saw someone", "This one is for everyone"} {
		var seen []string
		got := render(t, translate.Engine{Name: "e", Text: listens(&seen, text, "Ninguém viu nada disso")}, translate.Careful{}, text, "en", "pt")
		require.Equal(t, []string{text}, seen)
		require.Empty(t, got.Doubts)
	}
	var seen []string
	text := "Ele assinou um contrato"
	got := render(t, translate.Engine{Name: "e", Text: listens(&seen, text, "He signed the contract")}, translate.Careful{}, text, "pt", "en")
	require.Equal(t, []string{text}, seen)
	require.Empty(t, got.Doubts)
}

// A notation that the engine does not know is tried in a plainer one before a mark is.
func TestAPlainerNotationIsTriedBeforeAMark(t *testing.T) {
	var seen []string
	e := listens(&seen, "Chegou às 7h00", "He came early", "Chegou às 7:00", "He came at 7:00", "ontem", "yesterday")
	got := render(t, translate.Engine{Name: "e", Text: e}, translate.Careful{}, "Chegou às 7h00 ontem", "pt", "en")
	require.Equal(t, "He came at 7:00 yesterday", got.Text)
	require.Equal(t, []string{"Chegou às 7h00 ontem", "Chegou às 7:00 ontem"}, seen)
}
