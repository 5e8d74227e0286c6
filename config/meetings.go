package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Meetings are held with live subtitles.
type Meetings struct {
	Enabled bool `yaml:"enabled"`
	// Create is the role of those who may open a meeting: agent, editor, reviewer,
	// admin; "" is whoever reaches the page.
	Create string `yaml:"create"`
	// Number is dialled by those who take part by telephone; "" is none. Calls to
	// it do not reach the bot.
	Number string `yaml:"number"`
	// Address of the pages as people reach them, for links and QR codes; "" is
	// that of the request.
	Address string `yaml:"address"`
	// Languages that are spoken in meetings; empty are those of the line. Others can
	// be chosen where something translates them.
	Languages []string `yaml:"languages"`
	Most      int      `yaml:"most"`    // meetings at once
	Viewers   int      `yaml:"viewers"` // of one meeting
	// RTP is where streams come in that have no signalling of their own: an address
	// and a range of ports.
	RTP MeetingRTP `yaml:"rtp"`
	// Retain is how long a meeting that is kept can be fetched after its end.
	Retain time.Duration `yaml:"retain"`
	// Model drafts easy language and may improve minutes; without a URL neither is done.
	Model Endpoint `yaml:"openai"`
}

// MeetingRTP is where RTP streams are taken.
type MeetingRTP struct {
	Address string `yaml:"address"`
	Ports   string `yaml:"ports"`
}

// Range is the first and last port.
func (r MeetingRTP) Range() (first, last int, err error) { return RTP{Ports: r.Ports}.Range() }

func defaultMeetings() Meetings {
	return Meetings{
		Most: 20, Viewers: 5000, RTP: MeetingRTP{Address: "127.0.0.1", Ports: "22000-22099"}, Retain: 24 * time.Hour, Create: "agent",
	}
}

func (m Meetings) validate(bad complain) {
	if !slices.Contains([]string{"", "agent", "editor", "reviewer", "admin"}, m.Create) {
		bad("meetings.create", "%q is not one of agent, editor, reviewer, admin", m.Create)
	}
	if strings.ContainsFunc(m.Number, func(r rune) bool { return r != '+' && (r < '0' || r > '9') }) {
		bad("meetings.number", "%q is no number: write digits, as they are dialled", m.Number)
	}
	if u, err := url.Parse(m.Address); m.Address != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "") {
		bad("meetings.address", "%q is no address like https://amtsleitung.example.org", m.Address)
	}
	if m.Most < 1 || m.Most > 500 {
		bad("meetings.most", "%d is not between 1 and 500", m.Most)
	}
	if m.Viewers < 1 || m.Viewers > 50_000 {
		bad("meetings.viewers", "%d is not between 1 and 50000", m.Viewers)
	}
	if _, err := netip.ParseAddr(m.RTP.Address); err != nil {
		bad("meetings.rtp.address", "%q is no IP address", m.RTP.Address)
	}
	if _, _, err := m.RTP.Range(); err != nil {
		bad("meetings.rtp.ports", "%v", err)
	}
	if m.Retain < 0 || m.Retain > 30*24*time.Hour {
		bad("meetings.retain", "%v is not between 0 and 720h", m.Retain)
	}
}
