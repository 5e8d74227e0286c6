package translate_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
)

// real is the chain with real weights and the demo city's words.
func real(t testing.TB) *translate.Chain {
	t.Helper()
	dir := models.Path(models.DefaultDir(), "bergamot")
	if _, err := os.Stat(filepath.Join(dir, "enpt")); err != nil {
		t.Skip("translation models are missing; fetch them with: amtsleitung models fetch bergamot-enpt bergamot-pten")
	}
	b := bergamot.New(bergamot.Options{Dir: dir})
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	streets, err := os.ReadFile("../cities/musterstadt/streets.txt")
	require.NoError(t, err)
	return chain(t, translate.ChainOptions{
		Engines: []translate.Engine{{Name: "bergamot", Text: b}}, Timeout: 30 * time.Second,
		Careful: translate.Careful{Glossary: city(t), Streets: strings.Split(strings.TrimSpace(string(streets)), "\n")},
	})
}

func city(t testing.TB) *translate.Glossary {
	t.Helper()
	data, err := os.ReadFile("../cities/musterstadt/glossary.yaml")
	require.NoError(t, err)
	g, err := translate.ParseGlossary(data)
	require.NoError(t, err)
	return g
}

var templatesEN = []string{
	"The fee is {price}, and you can pay it until {date}.",
	"Your appointment is on {day}, {date}, at {time}.",
	"Please transfer {price} to the account {iban}.",
	"My name is {name} and I live at {street}.",
	"You can reach me at {phone} or by e-mail at {mail}.",
	"Mrs {name} called at {time} and asked for a certificate.",
	"I have been waiting for {count} weeks for an answer to my letter with the number {file}.",
	"We are open on {day} from {time} until {time}.",
	"My son was born on {date}, and we need {count} copies.",
	"The city has {large} inhabitants and {count} schools.",
	"I moved from {street} to {street} on {date}.",
	"It was {price} last year, and now they want {price} from me.",
	"Could you call me back on {phone} before {time}?",
	"My account number is {iban}, my name is {name}.",
	"The rubbish was not collected on {day} in {street}.",
	"I paid {price} on {date} and have the receipt.",
	"There are {count} people living in the flat, {count} of them are children.",
	"Mr {name} from {street} has not received the letter of {date}.",
	"Please write to {mail} and mention the file {file}.",
	"Come to {street} at {time}, and bring {price} in cash.",
	"The residence permit is valid until {date}.",
	"I need a passport for my daughter, she turns {count} on {date}.",
	"The dog tax is {price} a year for the first dog and {price} for each other dog.",
	"Do you have an appointment on {day} at {time}?",
}

var templatesPT = []string{
	"A taxa é de {price} e pode pagar até {date}.",
	"A sua marcação é na {day}, {date}, às {time}.",
	"Por favor, transfira {price} para a conta {iban}.",
	"O meu nome é {name} e moro na {street}.",
	"Pode ligar-me para o {phone} ou escrever para {mail}.",
	"A senhora {name} telefonou às {time} e pediu um certificado.",
	"Estou à espera há {count} semanas de uma resposta à minha carta com o número {file}.",
	"Estamos abertos na {day} das {time} às {time}.",
	"O meu filho nasceu em {date} e precisamos de {count} documentos.",
	"A cidade tem {large} habitantes e {count} bairros.",
	"Mudei-me da {street} para a {street} em {date}.",
	"No ano passado eram {price}, e agora querem {price}.",
	"Pode ligar-me de volta para o {phone} antes das {time}?",
	"A minha conta é {iban} e o meu nome é {name}.",
	"O lixo não foi recolhido na {day} na {street}.",
	"Paguei {price} em {date} e tenho o recibo.",
	"Vivem {count} pessoas na casa.",
	"O senhor {name} da {street} não recebeu a carta de {date}.",
	"Escreva para {mail} e indique o processo {file}.",
	"Venha à {street} às {time} e traga {price} em dinheiro.",
	"A autorização de residência é válida até {date}.",
	"O imposto sobre cães é de {price} por ano.",
	"Tem uma marcação livre na {day} às {time}?",
	"A reunião começa às {time} e custa {price} por pessoa.",
}

// spokenEN and spokenPT are as people speak; the facts are written by hand.
var spokenEN = []sentence{
	{"Well, I was born on the fourteenth of July nineteen eighty-seven.", []fact{{"date", "fourteenth of July nineteen eighty-seven", dateForms(14, 6, 1987, "pt")}}},
	{"It's thirty-seven fifty, thirty-seven euros fifty I mean.", []fact{{"amount", "thirty-seven euros fifty", []string{`37,50 ?(?:€|euros)`, `37 euros e? ?50`, `trinta e sete euros e? ?cinquenta`}}}},
	{"My number is zero one seven six, double four, three two one.", []fact{{"phone", "zero one seven six, double four, three two one", []string{spaced("017644321")}}}},
	{"Can I come at half past eight in the morning?", []fact{{"time", "half past eight in the morning", append(timeForms(8, 30, "pt"), `oito e meia`)}}},
	{"I'll be there at quarter to nine.", []fact{{"time", "quarter to nine", append(timeForms(8, 45, "pt"), `nove menos um quarto`)}}},
	{"They said three p.m. on Tuesday.", []fact{{"time", "three p.m", append(timeForms(15, 0, "pt"), `três (?:horas )?da tarde`, `3 (?:horas )?da tarde`)}, {"date", "Tuesday", []string{"terça-feira", "terça"}}}},
	{"I waited three and a half weeks for it.", []fact{{"number", "three and a half", []string{`três semanas e meia`, `3,5`, `três e meia`, `3 semanas e meia`}}}},
	{"The rent is six hundred and forty-two euros.", []fact{{"amount", "six hundred and forty-two euros", []string{`642(?:,00)? ?(?:€|euros)`, `seiscentos e quarenta e dois euros`}}}},
	{"I live at fifteen Baker Street in the second house.", []fact{{"number", "fifteen", []string{`15`, `quinze`}}}},
	{"We need two hundred and fifty thousand euros for the school.", []fact{{"amount", "two hundred and fifty thousand euros", []string{`250[. ]?000 ?(?:€|euros)`, `250 mil euros`, `duzentos e cinquenta mil euros`}}}},
	{"On the twenty-first of May I'll be away until the third of June.", []fact{{"date", "twenty-first of May", dateForms(21, 4, 0, "pt")}, {"date", "third of June", dateForms(3, 5, 0, "pt")}}},
	{"It opens at ten past seven and closes at noon.", []fact{{"time", "ten past seven", append(timeForms(7, 10, "pt"), "sete e dez")}, {"time", "noon", []string{"meio-dia", "12:00", "12h"}}}},
	{"There were eleven of us, no, twelve.", []fact{{"number", "eleven", []string{"11", "onze"}}, {"number", "twelve", []string{"12", "doze"}}}},
	{"My house number is one hundred and seven.", []fact{{"number", "one hundred and seven", []string{"107", "cento e sete"}}}},
	{"That was in two thousand and nineteen, in March.", []fact{{"number", "two thousand and nineteen", []string{"2[.]?019", "dois mil e dezanove", "dois mil e dezenove"}}, {"date", "March", []string{"março"}}}},
	{"He paid 1,250 euros and 99 cents.", []fact{{"amount", "1,250 euros and 99 cents", []string{`1[. ]?250,99 ?(?:€|euros)`, `1[. ]?250 euros e 99 c[eê]nt\pL+`}}}},
	{"The permit ends on 31 December, at midnight.", []fact{{"date", "31 December", dateForms(31, 11, 0, "pt")}, {"time", "midnight", []string{"meia-noite", "0:00"}}}},
	{"I earn about 2.5 thousand a month.", []fact{{"number", "2.5 thousand", []string{`2,5 mil`, `2[.]?500`}}}},
	{"About 12.5 % of the people said no.", []fact{{"number", "12.5", []string{`12,5 ?(?:%|por cento)`}}}},
	{"The bus number 42 leaves at 6:05.", []fact{{"number", "42", []string{"42"}}, {"time", "6:05", timeForms(6, 5, "pt")}}},
}

var spokenPT = []sentence{
	{"Nasci a catorze de julho de mil novecentos e oitenta e sete.", []fact{{"date", "catorze de julho de mil novecentos e oitenta e sete", dateForms(14, 6, 1987, "en")}}},
	{"São trinta e sete euros e cinquenta cêntimos.", []fact{{"amount", "trinta e sete euros e cinquenta cêntimos", []string{`37[.,]50 ?(?:€|euros)`, `€ ?37\.50`, `thirty-seven euros and fifty cents`}}}},
	{"O meu telefone é zero um sete seis quatro quatro três dois um.", []fact{{"phone", "zero um sete seis quatro quatro três dois um", []string{spaced("017644321")}}}},
	{"Posso vir às oito e meia da manhã?", []fact{{"time", "oito e meia da manhã", append(timeForms(8, 30, "en"), `half past eight`)}}},
	{"Chego às nove menos um quarto.", []fact{{"time", "nove menos um quarto", append(timeForms(8, 45, "en"), `quarter to nine`)}}},
	{"Disseram às três da tarde na terça-feira.", []fact{{"time", "três da tarde", append(timeForms(15, 0, "en"), `three (?:o'clock )?in the afternoon`, `three p\.?m`)}, {"date", "terça-feira", []string{"Tuesday"}}}},
	{"Esperei três semanas e meia.", []fact{{"number", "três semanas e meia", []string{`three and a half weeks`, `three weeks and a half`, `3[.,]5 weeks`}}}},
	{"A renda é de seiscentos e quarenta e dois euros.", []fact{{"amount", "seiscentos e quarenta e dois euros", []string{`642(?:[.,]00)? ?(?:€|euros)`, `€ ?642`}}}},
	{"Precisamos de duzentos e cinquenta mil euros para a escola.", []fact{{"amount", "duzentos e cinquenta mil euros", []string{`250[., ]?000 ?(?:€|euros)`, `€ ?250[,.]000`, `250 thousand euros`}}}},
	{"No dia vinte e um de maio não estou, até ao dia três de junho.", []fact{{"date", "vinte e um de maio", dateForms(21, 4, 0, "en")}, {"date", "três de junho", dateForms(3, 5, 0, "en")}}},
	{"Abre às sete e dez e fecha ao meio-dia.", []fact{{"time", "meio-dia", []string{"noon", "midday", "12:00(?: pm)?"}}}},
	{"Éramos onze, não, doze.", []fact{{"number", "onze", []string{"11", "eleven"}}, {"number", "doze", []string{"12", "twelve"}}}},
	{"O número da minha porta é cento e sete.", []fact{{"number", "cento e sete", []string{"107", "one hundred and seven", "one hundred seven"}}}},
	{"Isso foi em dois mil e dezanove, em março.", []fact{{"number", "dois mil e dezanove", []string{"2,?019", "two thousand and nineteen"}}, {"date", "março", []string{"March"}}}},
	{"Ele pagou 1.250 euros e 99 cêntimos.", []fact{{"amount", "1.250 euros e 99 cêntimos", []string{`1[,]?250[.,]99 ?(?:€|euros)`, `1,?250 euros and 99 cents`}}}},
	{"Cerca de 12,5 % das pessoas disseram que não.", []fact{{"number", "12,5", []string{`12\.5 ?(?:%|per ?cent)`}}}},
	{"O autocarro número 42 parte às 6h05.", []fact{{"number", "42", []string{"42"}}, {"time", "6h05", timeForms(6, 5, "en")}}},
	{"Na segunda às dez e na quarta-feira até às 16h.", []fact{{"date", "segunda", []string{"Monday"}}, {"date", "quarta-feira", []string{"Wednesday"}}, {"time", "16h", append(timeForms(16, 0, "en"), `4 ?p\.?m`)}}},
	{"Tenho dois filhos, um de quatro e outro de dezasseis anos.", []fact{{"number", "dois", []string{"two", "2"}}, {"number", "quatro", []string{"four", "4"}}, {"number", "dezasseis", []string{"sixteen", "16"}}}},
	{"A licença acaba a 31 de dezembro, à meia-noite.", []fact{{"date", "31 de dezembro", dateForms(31, 11, 0, "en")}, {"time", "meia-noite", []string{"midnight", "0:00", "12:00 am"}}}},
}

// Values must survive, or be flagged: a changed one that nobody notices makes
// a person come on the wrong day.
func TestNoValueChangesUnnoticed(t *testing.T) {
	c := real(t)
	for _, d := range []struct {
		from, to  string
		templates []string
		spoken    []sentence
	}{{"en", "pt", templatesEN, spokenEN}, {"pt", "en", templatesPT, spokenPT}} {
		t.Run(d.from+d.to, func(t *testing.T) {
			m := maker{rand.New(rand.NewPCG(6, 2026)), d.from}
			sentences := d.spoken
			for i := range 10 * len(d.templates) {
				sentences = append(sentences, m.fill(d.templates[i%len(d.templates)]))
			}
			judge(t, c, d.from, d.to, sentences)
		})
	}
}

func judge(t *testing.T, c *translate.Chain, from, to string, sentences []sentence) {
	facts, kept, repaired, flagged, falseAlarms, unnoticed := 0, 0, 0, 0, 0, 0
	terms := 0
	for _, s := range sentences {
		got, err := c.Render(t.Context(), translate.Request{Text: s.text, From: from, To: to, Spoken: true})
		require.NoError(t, err, s.text)
		for _, d := range got.Doubts {
			if d.Kind == "term" {
				terms++
			}
		}
		for _, f := range s.facts {
			facts++
			doubted := among(f, got.Doubts)
			switch ok := f.kept(got.Text); {
			case ok && doubted:
				falseAlarms++
				t.Logf("false alarm: %q in %q -> %q %v", f.source, s.text, got.Text, got.Doubts)
			case ok && among(f, got.Repaired):
				repaired++
			case ok:
				kept++
			case doubted:
				flagged++
			default:
				unnoticed++
				t.Errorf("changed and not noticed: %s %q\n  %s\n  %s\n  doubts %v repaired %v", f.kind, f.source, s.text, got.Text, got.Doubts, got.Repaired)
			}
		}
	}
	t.Logf("%s to %s: %d sentences, %d values: %d kept, %d repaired, %d flagged, %d flagged without need, %d changed unnoticed; %d terms in doubt",
		from, to, len(sentences), facts, kept, repaired, flagged, falseAlarms, unnoticed, terms)
}

// among says whether a value is one of the doubts.
func among(f fact, doubts []translate.Doubt) bool {
	for _, d := range doubts {
		if d.Kind != "term" && (strings.Contains(f.source, d.Value) || strings.Contains(d.Value, f.source)) {
			return true
		}
	}
	return false
}

// What the chain costs beside its engine: 4 to 10 ms a sentence.
func BenchmarkChainOverhead(b *testing.B) {
	const text = "My name is Anna Müller, my appointment is on 12 March 2026 at half past eight, and the fee is 37.50 euros."
	echo := answers("", "Meu nome é X1, minha marcação é em 12 de março de 2026 às 8:30, e a taxa é 37,50 euros.")
	for _, with := range []string{"glossary", "plain"} {
		b.Run(with, func(b *testing.B) {
			o := translate.ChainOptions{Engines: []translate.Engine{{Name: "echo", Text: echo}}}
			if with == "glossary" {
				o.Careful.Glossary = city(b)
			}
			c := chain(b, o)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Render(b.Context(), translate.Request{Text: text, From: "en", To: "pt"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
