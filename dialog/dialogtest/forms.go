package dialogtest

import "github.com/amtsleitung/amtsleitung/knowledge"

// WithForms is Musterstadt with articles that offer a form.
func WithForms() *Searcher {
	s := Musterstadt()
	add := func(id, form string, variants ...knowledge.Variant) {
		a := &knowledge.Article{ID: id, Version: 1, Form: form, Source: "https://www.musterstadt.example/" + id, Reviewer: "R. Muster", Variants: map[string]knowledge.Variant{}}
		for _, v := range variants {
			a.Variants[v.Language] = v
		}
		s.Articles = append(s.Articles, a)
	}
	add("strassenlaterne-defekt", "defect",
		knowledge.Variant{Language: "de", Title: "Defekte Straßenlaterne melden", Questions: []string{"Die Straßenlaterne vor meinem Haus ist aus", "Wo melde ich eine kaputte Laterne?", "Laterne Lindenstraße"},
			Answer: "Eine defekte Laterne melden Sie online oder gleich hier.", More: "Ist eine ganze Straße dunkel, liegt es oft am Stromnetz."},
		knowledge.Variant{Language: "en", Title: "report a broken street lamp", Questions: []string{"A street lamp is broken"}, Answer: "You report a broken street lamp online or right here."},
		knowledge.Variant{Language: "tr", Title: "Sokak lambası bozuk", Questions: []string{"Sokak lambası yanmıyor"}, Answer: "Bozuk sokak lambasını buradan bildirebilirsiniz."})
	add("muelltonne-nicht-geleert", "bin-not-emptied",
		knowledge.Variant{Language: "de", Title: "Mülltonne wurde nicht geleert", Questions: []string{"Meine Mülltonne wurde nicht geleert"}, Answer: "Das tut uns leid. Melden Sie die Tonne innerhalb von drei Werktagen."})
	add("wohngeld", "callback",
		knowledge.Variant{Language: "de", Title: "Wohngeld", Questions: []string{"Wie bekomme ich Wohngeld?"}, Answer: "Wohngeld beantragen Sie beim Sozialamt."})
	for _, a := range s.Articles {
		if a.ID == "sperrmuell" {
			a.Form = "bulky-waste"
		}
	}
	return s
}
