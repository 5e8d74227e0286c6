package crisis

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var begin = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newSwitch(t *testing.T) (*Switch, *clock) {
	t.Helper()
	c := &clock{begin}
	s, err := Open(Options{Data: t.TempDir(), Now: c.Now, Known: func(id string) bool { return id == "hochwasser" }})
	require.NoError(t, err)
	return s, c
}

func flood() Announcement {
	return Announcement{
		Texts:    map[string]string{"de": "Die Uferstraße ist gesperrt.", "en": "The river road is closed.", "tr": "Sahil yolu kapalı."},
		Until:    begin.Add(6 * time.Hour),
		Articles: []string{"hochwasser"},
	}
}

var (
	anna = By{"anna", "page"}
	ben  = By{"ben", "page"}
)

func TestOnlyWhatASecondPersonHasReadIsHeard(t *testing.T) {
	s, _ := newSwitch(t)
	a, err := s.Propose(anna, flood())
	require.NoError(t, err)
	require.Empty(t, s.Say("de"))
	require.ErrorIs(t, s.Approve(anna, a.ID), ErrSecondPerson)
	require.ErrorIs(t, s.Approve(By{" Anna ", "api"}, a.ID), ErrSecondPerson)
	require.ErrorIs(t, s.Approve(ben, "another"), ErrStale)
	changed := s.Changed()
	require.NoError(t, s.Approve(ben, a.ID))
	<-changed
	require.Equal(t, Spoken{a.ID, "Die Uferstraße ist gesperrt.", "de"}, s.Say("de"))
	require.Equal(t, []string{"hochwasser"}, s.Articles())
	require.ErrorIs(t, s.Approve(ben, a.ID), ErrStale, "approved once")

	st, err := s.Status()
	require.NoError(t, err)
	require.Equal(t, "ben", st.On.Reviewer)
	require.Nil(t, st.Proposed)
	require.Equal(t, []What{Approved, Proposed}, []What{st.Events[0].What, st.Events[1].What})
}

func TestTheReviewerApprovesWhatWasRead(t *testing.T) {
	s, _ := newSwitch(t)
	read, err := s.Propose(anna, flood())
	require.NoError(t, err)
	other := flood()
	other.Texts["de"] = "Etwas ganz anderes."
	_, err = s.Propose(anna, other)
	require.NoError(t, err)
	require.ErrorIs(t, s.Approve(ben, read.ID), ErrStale)
	require.Empty(t, s.Say("de"))
}

func TestLanguagesThatAreMissing(t *testing.T) {
	s, _ := newSwitch(t)
	_, err := s.Immediately(anna, flood(), "Deich bricht")
	require.NoError(t, err)
	for language, want := range map[string]string{"de-leicht": "de", "de": "de", "en": "en", "tr": "tr", "ar": "en", "": "en"} {
		require.Equal(t, want, s.Say(language).Language, language)
	}
}

func TestImmediateNeedsAReason(t *testing.T) {
	s, _ := newSwitch(t)
	_, err := s.Immediately(anna, flood(), "  ")
	require.ErrorIs(t, err, ErrNoReason)
	_, err = s.Immediately(anna, flood(), "Deich bricht")
	require.NoError(t, err)
	st, err := s.Status()
	require.NoError(t, err)
	require.Equal(t, "Deich bricht", st.Events[0].Reason)
	require.Equal(t, "anna", st.Events[0].Who)
	require.NotEmpty(t, s.Say("de").Text)
}

func TestReviewedBeforehandNeedsTwoNames(t *testing.T) {
	s, _ := newSwitch(t)
	a := flood()
	a.Author, a.Reviewer = "anna", "Anna"
	_, err := s.Reviewed(By{"root", "command line"}, a)
	require.ErrorIs(t, err, ErrSecondPerson)
	a.Reviewer = "ben"
	_, err = s.Reviewed(By{"root", "command line"}, a)
	require.NoError(t, err)
	require.NotEmpty(t, s.Say("de").Text)
	st, _ := s.Status()
	require.Equal(t, "command line, root", st.Events[0].Via)
}

func TestWhatIsRefused(t *testing.T) {
	s, _ := newSwitch(t)
	for want, spoil := range map[string]func(*Announcement){
		`the text in "en" is missing`:           func(a *Announcement) { delete(a.Texts, "en") },
		`the text in "de" is missing`:           func(a *Announcement) { a.Texts["de"] = "" },
		`is no language`:                        func(a *Announcement) { a.Texts["x<b>"] = "a" },
		`longer than 700`:                       func(a *Announcement) { a.Texts["de"] = strings.Repeat("ä", 701) },
		`cannot be spoken`:                      func(a *Announcement) { a.Texts["de"] = "a\x00b" },
		`until is missing`:                      func(a *Announcement) { a.Until = time.Time{} },
		`has passed`:                            func(a *Announcement) { a.Until = begin },
		`until lies before from`:                func(a *Announcement) { a.From = begin.Add(7 * time.Hour) },
		`more than 31 days`:                     func(a *Announcement) { a.Until = begin.AddDate(0, 2, 0) },
		`there is no article "gibt-es-nicht-x"`: func(a *Announcement) { a.Articles = []string{"gibt-es-nicht-x"} },
	} {
		a := flood()
		spoil(&a)
		_, err := s.Propose(anna, a)
		require.ErrorIs(t, err, ErrInvalid, want)
		require.ErrorContains(t, err, want)
	}
}

func TestItBeginsAndExpiresByItself(t *testing.T) {
	s, c := newSwitch(t)
	a := flood()
	a.From = begin.Add(time.Hour)
	_, err := s.Immediately(anna, a, "Sturmwarnung ab 13 Uhr")
	require.NoError(t, err)
	require.Empty(t, s.Say("de"))
	c.now = begin.Add(time.Hour)
	require.NoError(t, s.refresh())
	require.NotEmpty(t, s.Say("de").Text)
	c.now = begin.Add(6 * time.Hour)
	require.Empty(t, s.Say("de"), "expired, even before anybody looked")
	require.Empty(t, s.Articles())
}

// One that is planned does not end the one that holds.
func TestALaterOneFollows(t *testing.T) {
	s, c := newSwitch(t)
	first, err := s.Immediately(anna, flood(), "jetzt")
	require.NoError(t, err)
	later := flood()
	later.From = begin.Add(2 * time.Hour)
	second, err := s.Immediately(anna, later, "danach")
	require.NoError(t, err)
	require.Equal(t, first.ID, s.Say("de").ID)
	c.now = later.From
	require.NoError(t, s.refresh())
	require.Equal(t, second.ID, s.Say("de").ID)
	require.NoError(t, s.Off(ben, "Entwarnung"))
	require.Empty(t, s.Say("de"))
	require.ErrorIs(t, s.Off(ben, ""), ErrNotOn)
}

func TestItSurvivesARestartAndATornLine(t *testing.T) {
	s, c := newSwitch(t)
	a, err := s.Immediately(anna, flood(), "jetzt")
	require.NoError(t, err)
	f, err := os.OpenFile(s.ledger.path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"at":"2026-07-01T12:00:00Z","what":"off","who":"be`)
	require.NoError(t, err)
	require.NoError(t, f.Close())

	again, err := Open(Options{Data: s.options.Data, Now: c.Now})
	require.NoError(t, err)
	require.Equal(t, a.ID, again.Say("de").ID)
	require.NoError(t, again.Off(ben, "Entwarnung"), "the torn line must not swallow the next")
	require.Empty(t, again.Say("de"))
	st, err := again.Status()
	require.NoError(t, err)
	require.Len(t, st.Events, 2)
}

// The command line switches in another process; the service follows.
func TestRunFollowsAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		service, err := Open(Options{Data: dir})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- service.Run(ctx) }()
		changed := service.Changed()

		tool, err := Open(Options{Data: dir})
		require.NoError(t, err)
		a := flood()
		a.Until = time.Now().Add(time.Hour)
		_, err = tool.Immediately(anna, a, "jetzt")
		require.NoError(t, err)
		began := time.Now()
		<-changed
		require.LessOrEqual(t, time.Since(began), followed)
		require.NotEmpty(t, service.Say("de").Text)
		<-service.Changed() // expiry
		require.InDelta(t, time.Hour.Seconds(), time.Since(began).Seconds(), 2)
		cancel()
		require.NoError(t, <-done)
	})
}

func TestParse(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	a, err := Parse([]byte("texts:\n  DE: |\n    Die Uferstraße\n    ist gesperrt.\n  en: Closed.\n  tr: ''\nuntil: 2026-07-01 18:00\narticles: [hochwasser]\nauthor: anna\n"), berlin)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"de": "Die Uferstraße ist gesperrt.", "en": "Closed."}, a.Texts)
	require.True(t, a.Until.Equal(time.Date(2026, 7, 1, 16, 0, 0, 0, time.UTC)), "%s", a.Until)
	a, err = Parse([]byte(`{"texts":{"de":"a"},"until":"2026-07-01T18:00:00Z"}`), berlin)
	require.NoError(t, err)
	require.Equal(t, 18, a.Until.UTC().Hour())
	for _, bad := range []string{"", "[]", "txts: {de: a}", "until: morgen", "texts: {de: a}\n---\ntexts: {de: b}", "until: 2026-13-01 10:00"} {
		_, err := Parse([]byte(bad), berlin)
		require.ErrorIs(t, err, ErrInvalid, bad)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("texts: {de: a, en: b}\nuntil: 2026-07-01 18:00\n"))
	f.Add([]byte(`{"texts":{"de":"a"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Parse(data, time.UTC)
		if err == nil && a.check(begin, nil) == nil {
			for l := range a.Texts {
				text, spoken := a.in(l)
				require.NotEmpty(t, text)
				require.Equal(t, l, spoken)
			}
			require.True(t, a.Until.After(begin))
		}
	})
}

func FuzzLedger(f *testing.F) {
	f.Add([]byte("{\"what\":\"off\"}\n{\"what\":\"immediate\"}\n{\"what\":\"approved\",\"id\":\"x\"}\n{"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		events, _ := parseEvents(data)
		s := fold(events)
		s.at(begin)
		s.next(begin)
	})
}
