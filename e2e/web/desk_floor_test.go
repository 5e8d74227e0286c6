package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	people "github.com/amtsleitung/amtsleitung/call"
	requests "github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/dialog"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/rtc"
	"github.com/amtsleitung/amtsleitung/store"
	"github.com/amtsleitung/amtsleitung/summary"
	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/web"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// bureau is the web server with the real floor of a desk and real browser
// lines; only the callers' side of the calls is played by the test.
type bureau struct {
	t       *testing.T
	addr    string
	floor   *floor.Floor
	desk    *requests.Desk
	journal *journal.Journal
	rtc     *rtc.Server
	ctx     context.Context
	calls   sync.WaitGroup

	mu     sync.Mutex
	last   map[string]int // segment that can be heard again, by party
	orders []people.Order
	ids    int
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	db, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	b := &bureau{t: t, journal: journal.New(20)}
	b.desk = requests.New(requests.Options{Store: db, Hours: requests.Hours{Location: time.Local}})
	b.floor, err = floor.New(floor.Options{
		Agents: []floor.AgentOptions{
			{Name: "tina", Title: "Tina Sommer", Phone: "201", Languages: []string{"de", "tr"}},
			{Name: "paul", Title: "Paul Winter", Departments: []string{"tiefbauamt"}},
			{Name: "lea", Title: "Lea Herbst", Supervisor: true},
		},
		Dial: phones{}, Desk: b.desk, Store: db, Journal: b.journal, Records: true, Summaries: true, Listening: true, Patience: -1,
		Interpreted: true, Interprets: func(caller, _ string, _ bool) bool { return caller != "sw" },
		Listen: func(ctx context.Context, _ string, ear leg.Leg) error { <-ctx.Done(); return ctx.Err() },
		Permit: func(target string) (people.Target, error) {
			if target != "werkhof" {
				return people.Target{}, floor.ErrTarget
			}
			return people.Target{Name: target}, nil
		},
		Targets: []string{"werkhof"},
		Improve: func(context.Context, dialog.Summary, string) (summary.Note, error) {
			return summary.Note{Lines: []string{"Eine Laterne ist kaputt.", "Es fehlt die Hausnummer."}, Model: "klein"}, nil
		},
		Lines: func(s dialog.Summary, _ string) []string {
			return append([]string{"Anliegen: " + s.Concern}, s.Concerns...)
		},
	})
	require.NoError(t, err)
	b.rtc, err = rtc.NewServer(rtc.Options{}, func(context.Context, leg.Leg) {})
	require.NoError(t, err)
	b.serve()
	return b
}

// phones are telephones that nobody picks up.
type phones struct{}

func (phones) Dial(context.Context, leg.Callee) (leg.Leg, error) { return nil, leg.ErrNoAnswer }

func (b *bureau) serve() {
	b.t.Helper()
	hash, err := session.Hash(editorPassword)
	require.NoError(b.t, err)
	keeper, err := session.New(session.Options{Users: []session.User{
		{Name: "tina", Role: session.Agent, Hash: hash}, {Name: "paul", Role: session.Agent, Hash: hash}, {Name: "lea", Role: session.Agent, Hash: hash},
		{Name: "gast", Role: session.Agent, Hash: hash}, {Name: "erika", Role: session.Editor, Hash: hash},
	}})
	require.NoError(b.t, err)
	b.addr = freeAddress(b.t)
	names := requests.Names{
		City:        "Musterstadt",
		Forms:       map[string]map[string]string{"defect": {"de": "Mangel melden", "en": "report a defect"}, "callback": {"de": "Rückruf", "en": "callback"}},
		Departments: map[string]map[string]string{"tiefbauamt": {"de": "Tiefbauamt", "en": "roads department"}, "buergeramt": {"de": "Bürgeramt", "en": "citizens' office"}},
		Slots:       map[string]map[string]string{"defect/street": {"de": "Straße", "en": "street"}, "defect/house_number": {"de": "Hausnummer", "en": "house number"}},
	}
	server, err := web.NewServer(web.Options{
		Listen: b.addr, City: "Musterstadt", Notice: map[string]string{"de": "Musterstadt ist eine erfundene Stadt.", "en": "Musterstadt is a made-up city. Offices, addresses, people and city fees are invented."}, Journal: b.journal, Log: slog.New(slog.DiscardHandler),
		Status: func() web.Status { return web.Status{} }, Sessions: keeper, Requests: &web.Requests{Desk: b.desk, Names: names},
		Desk: &web.Desk{
			Floor: b.floor, Order: b.order, Articles: articles, Names: names, Titles: map[string]map[string]string{"werkhof": {"de": "Werkhof", "en": "depot"}}, Listening: true,
			Forms: paper{b.desk}, Languages: []string{"de", "en", "tr", "ar", "pt", "sw"}, Original: b.original,
			Audio: func(ctx context.Context, agent, sdp string) (string, error) {
				_, answer, err := b.rtc.Answer(ctx, leg.Info{Trunk: "desk", From: agent}, sdp, func(_ context.Context, l leg.Leg) { _ = b.floor.Line(agent, l) }) // how it ended is the floor's to tell
				return answer, err
			},
		},
	})
	require.NoError(b.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	b.ctx = ctx
	runs := []func(context.Context) error{server.Run, b.floor.Run, b.rtc.Run}
	done := make(chan error, len(runs))
	for _, run := range runs {
		go func() { done <- run(ctx) }()
	}
	b.t.Cleanup(func() {
		cancel()
		for range runs {
			require.NoError(b.t, <-done)
		}
		b.calls.Wait()
	})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(b.t, func() bool {
		resp, err := client.Get(b.url("/healthz"))
		return err == nil && resp.Body.Close() == nil
	}, 10*time.Second, 20*time.Millisecond)
	<-b.rtc.Ready()
}

// articles is a knowledge base of two.
func articles(_ context.Context, text, _, _ string) ([]web.DeskArticle, error) {
	all := []web.DeskArticle{
		{ID: "laterne", Title: "Kaputte Straßenlaterne melden", Answer: "Eine defekte Laterne können Sie jederzeit melden. Der Werkhof repariert sie meist innerhalb von drei Werktagen.", Source: "https://www.musterstadt.example/laternen", Language: "de", Confidence: 0.92},
		{ID: "sperrmuell", Title: "Sperrmüll anmelden", Answer: "Sperrmüll wird nach Anmeldung abgeholt. Die Abholung kostet zwanzig Euro.", Source: "https://www.musterstadt.example/sperrmuell", Language: "de", Confidence: 0.71},
	}
	return slices.DeleteFunc(all, func(a web.DeskArticle) bool { return text == "xyz" }), nil
}

// order is how cmd brings the page's orders to the floor.
func (b *bureau) order(ctx context.Context, agent, id string, o web.DeskOrder) error {
	kinds := map[string]people.OrderKind{
		"hold": people.HoldCaller, "mute": people.MuteSelf, "text": people.Write, "say": people.Speak, "transfer": people.TransferTo, "consult": people.Consult,
		"merge": people.Merge, "drop": people.Drop, "bot_with": people.WithBot, "bot_back": people.BackToBot, "digit": people.SendDigit, "finish": people.Finish,
		"interpret": people.Interpret,
	}
	return b.floor.Order(ctx, agent, id, people.Order{Kind: kinds[o.Kind], On: o.On, Text: o.Text, Lang: o.Language, Target: o.Target, Mode: people.Mode(o.Mode), Digit: o.Digit,
		Interpretation: people.Interpretation{On: o.On, Mode: o.Mode, Caller: o.Caller, Person: o.Person, Guest: o.Guest, Original: o.Original}})
}

func (b *bureau) url(path string) string { return "http://" + b.addr + path }

// caller asks the bot and then wants a person.
func (b *bureau) caller(department string, change func(*people.Handover)) string {
	b.t.Helper()
	b.mu.Lock()
	b.ids++
	id := fmt.Sprintf("01KAP0000000000000000%05d", b.ids)
	b.mu.Unlock()
	b.journal.Begin(journal.Call{ID: id, From: "0176555••••", State: "waiting", Language: "tr", Started: time.Now()})
	b.say(id, "bot", 0, "Guten Tag, hier ist die Amtsleitung. Sie sprechen mit einer KI.", 1)
	b.say(id, "caller", 0, "Vor meinem Haus ist die Laterne kaputt", 0.9)
	b.say(id, "bot", 1, "In welcher Straße ist das?", 1)
	b.say(id, "caller", 1, "In der Lindenstraße. Ich möchte mit einem Menschen sprechen.", 0.8)
	h := people.Handover{Call: id, Department: department, Language: "tr", Concern: "Vor meinem Haus ist die Laterne kaputt", From: "01765551234", Asked: time.Now(), Summary: dialog.Summary{
		Language: "tr", Concern: "Vor meinem Haus ist die Laterne kaputt", Form: "defect", Missing: []string{"house_number"}, Open: dialog.OpenWish,
		Slots:   []dialog.SlotValue{{Name: "street", Kind: "street", Value: "Lindenstraße", Listed: true}},
		Answers: []dialog.Told{{Question: "Laterne kaputt", Article: "laterne", Title: "Kaputte Straßenlaterne melden", Text: "Eine defekte Laterne können Sie jederzeit melden.", Source: "https://www.musterstadt.example/laternen", Confidence: 0.91}},
	}}
	if change != nil {
		change(&h)
	}
	s, err := b.floor.Seek(b.ctx, h)
	require.NoError(b.t, err)
	b.calls.Go(func() { b.wait(h, s) })
	return id
}

// say adds a final line with its last word at a probability.
func (b *bureau) say(id, legName string, n int, text string, sure float64) {
	seg := transcript.Segment{Call: id, Leg: legName, ID: n, Text: text, Language: "de", Final: true, Confidence: sure, Start: time.Duration(n*7+2) * time.Second}
	var last string
	for _, w := range text {
		if last += string(w); w == ' ' {
			last = ""
		}
	}
	seg.Words = []transcript.Word{{Text: last, Probability: sure}}
	b.journal.Add(id, journal.Line{Segment: seg})
}

// wait is what a call does with news of its search.
func (b *bureau) wait(h people.Handover, s people.Search) {
	for {
		select {
		case n := <-s.News():
			if n.Kind == people.Found {
				b.talk(h, s, n.Person)
				return
			}
		case <-b.ctx.Done():
			s.Leave(people.ServiceStopped)
			return
		}
	}
}

// talk obeys the person as a call does.
func (b *bureau) talk(h people.Handover, s people.Search, p people.Person) {
	if _, err := p.Leg(b.ctx); err != nil {
		s.Leave(people.ConnectFailed)
		return
	}
	s.Leave(people.Connected)
	st := people.State{Phase: "talking", Voice: !h.Written, Parties: []string{"caller", p.Name()}, Interpretation: interpretation(h, p)}
	p.Tell(st)
	for {
		select {
		case o, open := <-p.Orders():
			if !open {
				p.Over(people.EndedLost)
				return
			}
			over, err := b.obey(h, p, &st, o)
			if o.Done != nil {
				o.Done <- err
			}
			if over != "" {
				p.Tell(people.State{Phase: "ended"})
				p.Over(over)
				return
			}
			p.Tell(st)
		case <-b.ctx.Done():
			p.Over(people.EndedService)
			return
		}
	}
}

func (b *bureau) obey(h people.Handover, p people.Person, st *people.State, o people.Order) (people.Ending, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.orders = append(b.orders, o)
	phases := map[people.OrderKind]string{people.Consult: "consulting", people.Merge: "merged", people.Drop: "talking"}
	switch o.Kind {
	case people.HoldCaller:
		st.Phase = map[bool]string{true: "held", false: "talking"}[o.On]
	case people.MuteSelf:
		st.Muted = o.On
	case people.Consult, people.Merge, people.Drop:
		st.Phase = phases[o.Kind]
		if st.Parties = st.Parties[:2]; o.Kind != people.Drop {
			st.Parties = append(st.Parties, "Paul Winter")
		}
	case people.Write:
		b.say(h.Call, "agent:"+p.Name(), len(b.orders), o.Text, 1)
	case people.Interpret:
		return "", interpret(st, o)
	case people.TransferTo:
		return people.EndedTransfer, nil
	case people.BackToBot:
		return people.EndedByBot, nil
	case people.Finish:
		return people.EndedByPerson, nil
	}
	return "", nil
}

// ordered are the kinds of orders so far.
func (b *bureau) ordered() []people.OrderKind {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []people.OrderKind
	for _, o := range b.orders {
		out = append(out, o.Kind)
	}
	return out
}

func (b *bureau) signIn(p *tab, name, lang string) {
	p.t.Helper()
	p.do(chromedp.Navigate(b.url("/anmelden?lang=" + lang + "&next=/desk")))
	p.do(chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", editorPassword+kb.Enter))
	p.until(`location.pathname === "/desk" && ` + connected)
}

// ready brings somebody to where calls ring.
func (b *bureau) ready(p *tab, name, lang string) {
	p.t.Helper()
	b.signIn(p, name, lang)
	p.do(chromedp.Click("#ready"))
	p.until(presence("ready"))
}

// taken brings somebody into a people.
func (b *bureau) taken(p *tab, name, lang string, change func(*people.Handover)) string {
	p.t.Helper()
	b.ready(p, name, lang)
	id := b.caller("tiefbauamt", change)
	p.until(visible("offer"))
	p.do(chromedp.KeyEvent(kb.F2))
	eval[any](p, `new Promise((done) => setTimeout(done, 450))`) // keys that come at once belong to something else
	if eval[bool](p, visible("offer")) {
		p.do(chromedp.KeyEvent(kb.F2))
	}
	p.until(visible("call") + ` && document.querySelector("#phase").dataset.phase === "talking"`)
	p.until(`document.querySelectorAll("#said li").length >= 4`)
	return id
}

func visible(id string) string {
	return fmt.Sprintf(`(document.getElementById(%q) !== null && !document.getElementById(%q).hidden)`, id, id)
}

func presence(state string) string {
	return fmt.Sprintf(`document.querySelector("#state").dataset.presence === %q`, state)
}
