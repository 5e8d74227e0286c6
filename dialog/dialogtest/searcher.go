// Package dialogtest holds a small knowledge base for tests of conversations:
// questions flow in, hits by plain word overlap flow out.
package dialogtest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/knowledge"
)

// Searcher finds articles by the share of the question's words they know. It
// is no good search, but a predictable one.
type Searcher struct {
	Articles []*knowledge.Article
	// Err, when set, is what every search returns.
	Err error
}

// stemLength is how much of a word counts.
const stemLength = 6

// Search implements knowledge.Searcher.
func (s *Searcher) Search(ctx context.Context, q knowledge.Query) ([]knowledge.Hit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.Err != nil {
		return nil, s.Err
	}
	var hits []knowledge.Hit
	for _, a := range s.Articles {
		if c := confidence(a, stems(q.Text)); c > 0 {
			hits = append(hits, knowledge.Hit{Article: a, Confidence: c, Lexical: c})
		}
	}
	sum := 0.0
	for _, h := range hits {
		sum += h.Lexical
	}
	for i := range hits { // equal evidence halves the certainty
		hits[i].Confidence *= hits[i].Lexical / sum
	}
	slices.SortStableFunc(hits, func(a, b knowledge.Hit) int {
		switch {
		case a.Confidence > b.Confidence:
			return -1
		case a.Confidence < b.Confidence:
			return 1
		}
		return strings.Compare(a.Article.ID, b.Article.ID)
	})
	return hits[:min(5, len(hits))], nil
}

// Article implements knowledge.Searcher.
func (s *Searcher) Article(id string) (*knowledge.Article, bool) {
	for _, a := range s.Articles {
		if a.ID == id {
			return a, true
		}
	}
	return nil, false
}

// confidence is the share of the question's words that the article knows,
// squared so that a single word of many is little.
func confidence(a *knowledge.Article, asked map[string]bool) float64 {
	if len(asked) == 0 {
		return 0
	}
	best := 0.0
	for _, v := range a.Variants {
		known := stems(v.Title + " " + strings.Join(v.Questions, " ") + " " + strings.Join(v.Keywords, " "))
		n := 0.0
		for w := range asked {
			if known[w] {
				n++
			}
		}
		best = max(best, n/float64(len(asked)))
	}
	return 0.97 * best * best
}

func stems(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range intent.Split(text) {
		if len(w) >= 4 && !small()[w] {
			m[w[:min(stemLength, len(w))]] = true
		}
	}
	return m
}

// small words say nothing about the topic.
func small() map[string]bool {
	return map[string]bool{
		"brauche": true, "moechte": true, "meine": true, "meinen": true, "einen": true, "welche": true, "kostet": true,
		"where": true, "about": true, "would": true, "please": true, "bitte": true, "english": true, "deutsch": true,
		"kann": true, "mich": true, "mein": true, "wann": true, "wird": true, "habe": true, "need": true, "want": true, "when": true,
		"have": true, "that": true, "with": true, "dazu": true, "will": true, "eine": true, "einem": true, "auch": true, "oder": true,
		"koennen": true, "something": true, "haben": true, "jetzt": true, "nicht": true, "danke": true, "german": true,
	}
}

// Musterstadt is a handful of articles in German, English and easy German.
func Musterstadt() *Searcher {
	article := func(id, handOver string, variants ...knowledge.Variant) *knowledge.Article {
		a := &knowledge.Article{
			ID: id, Version: 3, Source: "https://www.musterstadt.example/leistungen/" + id, HandOver: handOver,
			ValidFrom: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC), Reviewer: "R. Muster", Variants: map[string]knowledge.Variant{},
		}
		for _, v := range variants {
			a.Variants[v.Language] = v
		}
		return a
	}
	return &Searcher{Articles: []*knowledge.Article{
		article("personalausweis-beantragen", "buergeramt",
			knowledge.Variant{
				Language: "de", Title: "Personalausweis beantragen", Questions: []string{"Ich brauche einen neuen Personalausweis", "Wo beantrage ich den Ausweis?"},
				Answer: "Den Personalausweis beantragen Sie persönlich im Bürgeramt. Er kostet 37 Euro.",
				More:   "Bitte bringen Sie mit:\n\n- ein **biometrisches** Foto\n- Ihren alten Ausweis\n\nDie Herstellung dauert etwa drei Wochen.",
				Facts:  map[string]string{"fee": "Der Personalausweis kostet 37 Euro, unter 24 Jahren 22 Euro 80.", "documents": "Sie brauchen ein biometrisches Foto und Ihren alten Ausweis."},
			},
			knowledge.Variant{Language: "de-leicht", Title: "Neuer Ausweis", Answer: "Gehen Sie ins Bürger-Amt. Dort bekommen Sie den Ausweis. Er kostet 37 Euro.", More: "Bringen Sie ein Foto mit."},
			knowledge.Variant{Language: "en", Title: "apply for an identity card", Questions: []string{"I need a new identity card"}, Answer: "You apply for the identity card in person at the citizens' office. It costs 37 euros.", More: "Please bring a biometric photo and your old card."}),
		article("personalausweis-verloren", "buergeramt",
			knowledge.Variant{
				Language: "de", Title: "Personalausweis verloren", Questions: []string{"Ich habe meinen Personalausweis verloren", "Mein Ausweis wurde gestohlen"},
				Answer: "Melden Sie den Verlust sofort dem Bürgeramt. Die Online-Funktion sperren Sie unter 116 116.",
			},
			knowledge.Variant{Language: "en", Title: "lost identity card", Questions: []string{"I lost my identity card"}, Answer: "Report the loss to the citizens' office at once. You can block the online function at 116 116."}),
		article("wohnsitz-anmelden", "buergeramt",
			knowledge.Variant{
				Language: "de", Title: "Wohnsitz anmelden", Questions: []string{"Ich bin umgezogen und möchte mich anmelden", "Neue Wohnung anmelden"},
				Answer: "Melden Sie sich innerhalb von zwei Wochen nach dem Einzug im Bürgeramt an. Sie brauchen die Wohnungsgeberbestätigung.",
				More:   "Die Anmeldung ist kostenlos. Ein Termin ist nötig.",
			},
			knowledge.Variant{Language: "en", Title: "register your address", Questions: []string{"I have moved and want to register my address"}, Answer: "Register at the citizens' office within two weeks of moving in. You need the landlord's confirmation."}),
		article("sperrmuell", "",
			knowledge.Variant{
				Language: "de", Title: "Sperrmüll abholen lassen", Questions: []string{"Wann wird der Sperrmüll abgeholt?", "Ich will ein altes Sofa loswerden"}, Keywords: []string{"Möbel", "entsorgen"},
				Answer: "Sperrmüll holt die Stadt zweimal im Jahr kostenlos ab. Den Termin vereinbaren Sie am Telefon oder online.",
			}),
		article("hundesteuer", "",
			knowledge.Variant{
				Language: "de", Title: "Hundesteuer", Questions: []string{"Wie melde ich meinen Hund an?"}, Keywords: []string{"Hundemarke"},
				Answer: "Den Hund melden Sie innerhalb eines Monats an. Die Steuer beträgt 96 Euro im Jahr.",
			}),
		article("oeffnungszeiten-buergeramt", "buergeramt",
			knowledge.Variant{
				Language: "de", Title: "Öffnungszeiten des Bürgeramts", Questions: []string{"Wann hat das Bürgeramt geöffnet?"}, Keywords: []string{"Öffnungszeiten"},
				Answer: "Das Bürgeramt ist montags bis freitags von 8 bis 12 Uhr geöffnet, donnerstags bis 18 Uhr.",
			},
			knowledge.Variant{Language: "en", Title: "opening hours of the citizens' office", Questions: []string{"When is the citizens office open?"}, Answer: "The citizens' office is open Monday to Friday from 8 to 12, on Thursdays until 18 hours."}),
	}}
}
