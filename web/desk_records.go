package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/store"
)

// deskRecord is a call, or its part with one person, as the API shows it.
type deskRecord struct {
	ID         int64     `json:"id"`
	Call       string    `json:"call"`
	Part       int       `json:"part"`
	Kind       string    `json:"kind"`
	From       string    `json:"from"`
	Department string    `json:"department"`
	Language   string    `json:"language"`
	Began      time.Time `json:"began"`
	Answered   time.Time `json:"answered,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`
	WaitedS    int       `json:"waited_s"`
	TalkedS    int       `json:"talked_s"`
	Agent      string    `json:"agent"`
	Ending     string    `json:"ending"`
	Request    string    `json:"request,omitempty"`
	Topic      string    `json:"topic"`
	Resolution string    `json:"resolution"`
	Bot        string    `json:"bot"`
	Article    string    `json:"article,omitempty"`
	Note       string    `json:"note"`
	Summary    []string  `json:"summary"`
}

func deskRecordOf(r store.CallRecord) deskRecord {
	out := deskRecord{
		ID: r.ID, Call: r.Call, Part: r.Part, Kind: r.Kind, From: r.From, Department: r.Department, Language: r.Language,
		Began: r.Started, Answered: r.Answered, Ended: r.Ended, WaitedS: int(r.Waited().Seconds()), TalkedS: int(r.Talked().Seconds()),
		Agent: r.Agent, Ending: r.Ending, Request: r.Request, Topic: r.Topic, Resolution: r.Resolution, Bot: r.Bot, Article: r.Article,
		Note: r.Note, Summary: r.Summary,
	}
	if out.Summary == nil {
		out.Summary = []string{}
	}
	return out
}

// records are ended calls in which all the words occur, newest first.
func (d *deskPages) records(c *fiber.Ctx) error {
	list, err := d.Floor.Records(c.Context(), floor.RecordQuery{Agent: d.agent(c), Words: query(c, "q")})
	return d.sendRecords(c, list, err)
}

// record are the parts of one call.
func (d *deskPages) record(c *fiber.Ctx) error {
	list, err := d.Floor.Record(c.Context(), d.agent(c), param(c, "call"))
	return d.sendRecords(c, list, err)
}

func (d *deskPages) sendRecords(c *fiber.Ctx, list []store.CallRecord, err error) error {
	if err != nil {
		return d.said(c, err)
	}
	out := make([]deskRecord, 0, len(list))
	for _, r := range list {
		out = append(out, deskRecordOf(r))
	}
	return c.JSON(fiber.Map{"calls": out})
}

// targets are whom a caller may be handed to, with titles as people know them.
func (d *deskPages) targets(c *fiber.Ctx) error {
	list, err := d.Floor.Targets(d.agent(c))
	if err != nil {
		return d.said(c, err)
	}
	lang := pageLanguage(c)
	for i, t := range list {
		switch t.Kind {
		case "department":
			list[i].Title = d.Names.Department(t.Name, lang)
		case "outside":
			list[i].Title = oneLanguage(map[string]map[string]string{t.Name: d.Titles[t.Name]}, lang)[t.Name]
		}
	}
	return c.JSON(fiber.Map{"targets": list})
}

// articles are looked for by somebody at the desk, in the page's language
// unless they say which one they type.
func (d *deskPages) articles(c *fiber.Ctx) error {
	page, text := pageLanguage(c), query(c, "q")
	lang := query(c, "lang")
	if lang == "" {
		lang = page
	}
	out := []DeskArticle{}
	if d.Articles != nil && text != "" {
		found, err := d.Articles(c.Context(), text, lang, page)
		if err != nil {
			return d.said(c, err)
		}
		out = append(out, found...)
	}
	return c.JSON(fiber.Map{"articles": out})
}
