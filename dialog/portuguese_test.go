package dialog_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/dialog/intent"
	"github.com/amtsleitung/amtsleitung/models"
	"github.com/amtsleitung/amtsleitung/translate"
	"github.com/amtsleitung/amtsleitung/translate/bergamot"
)

// inPortuguese are the options of calls in a language without prompts, lexicon
// or article variants, translated by the real weights.
func inPortuguese(t *testing.T) dialog.Options {
	dir := models.Path(models.DefaultDir(), "bergamot")
	if _, err := os.Stat(filepath.Join(dir, "enpt")); err != nil {
		t.Skip("translation models are missing; fetch them with: amtsleitung models fetch bergamot-enpt bergamot-pten")
	}
	engine := bergamot.New(bergamot.Options{Dir: dir})
	t.Cleanup(func() { require.NoError(t, engine.Close()) })
	base, embedder := demoCityModel(t)
	likeness, err := intent.NewLikeness(t.Context(), embedder)
	require.NoError(t, err)
	data, err := dialog.LoadResources()
	require.NoError(t, err)
	through := translate.Pivot{Translator: engine}
	data.Tongues, err = dialog.NewTongues(dialog.TonguesOptions{Translate: through.Translate, Direct: engine.Translates, Prompts: data.Prompts})
	require.NoError(t, err)
	forms, streets := cityForms(t)
	return dialog.Options{
		City: "Musterstadt", Search: base, Resources: data, Likeness: likeness, Translate: through.Translate,
		Languages: []string{"de", "en", "pt"}, Forms: forms, Streets: streets,
		Departments: []dialog.Department{{Name: "servicecenter", Transfers: true}},
		Reference:   func() string { return "4711-08" },
		Failed:      func(err error) { t.Log(err) },
	}
}

func TestPortugueseConversation(t *testing.T) {
	o := inPortuguese(t)
	c := dialog.New(o)
	step := func(e dialog.Event) []dialog.Action {
		actions := collect(t, c, e)
		t.Log("> " + e.Text)
		for _, a := range actions {
			t.Log("    " + show(a))
		}
		return actions
	}
	step(dialog.Event{Kind: dialog.Start, Language: "pt", Now: autumn()})
	for _, text := range []string{"Quanto custa um bilhete de identidade novo?", "e quanto custa?", "que documentos preciso levar?", "não percebi", "pode falar mais devagar?", "sim", "de onde sabe isso?", "Tenho um sofá velho, quem é que o vem buscar?", "sim, por favor", "Lindenstraße", "doze", "na próxima terça-feira", "um sofá e duas cadeiras", "o meu nome é Ana Silva", "sim", "zero três zero um dois três quatro cinco seis", "sim", "está certo", "obrigado", "quero falar com uma pessoa"} {
		e := say(text)
		e.Now = autumn()
		e.Language, e.LanguageProbability = "pt", 0.95
		step(e)
	}
}

// TestPortugueseQuestions prints the share of right articles.
func TestPortugueseQuestions(t *testing.T) {
	o := inPortuguese(t)
	raw, err := os.ReadFile("testdata/unseen/portuguese.txt")
	require.NoError(t, err)
	for _, mode := range []string{"both", "own"} {
		if mode == "own" {
			o.Translate, o.Resources = nil, nil
		}
		all, right, offered, wrong, alarms := 0, 0, 0, 0, 0
		for line := range strings.Lines(string(raw)) {
			want, text, ok := strings.Cut(strings.TrimSpace(line), " | ")
			if !ok || line[0] == '#' {
				continue
			}
			got, err := dialog.Ask(t.Context(), o, text, "pt", autumn())
			require.NoError(t, err)
			all++
			hit := slices.ContainsFunc(got.Articles, func(a string) bool { return slices.Contains(strings.Split(want, ","), a) })
			switch {
			case got.Outcome == dialog.OutcomeAnswer && hit, got.Outcome == dialog.OutcomeRequest && hit:
				right++
			case hit:
				offered++
			case got.Outcome == dialog.OutcomeEmergency:
				alarms++
			case got.Outcome == dialog.OutcomeAnswer:
				wrong++
			}
			if !hit || got.Outcome != dialog.OutcomeAnswer {
				t.Logf("%s %v %.2f, not %s: %s", got.Outcome, got.Articles, got.Confidence, want, text)
			}
		}
		t.Logf("%s: of %d: %d answered rightly, %d offered among choices, %d answered wrongly, %d false alarms", mode, all, right, offered, wrong, alarms)
	}
}
