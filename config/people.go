package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/dialplan"
)

// Desk is the service desk: the people who take calls over from the bot.
type Desk struct {
	// Enabled serves /desk, where agents of admin.users sign in.
	Enabled bool    `yaml:"enabled"`
	Agents  []Agent `yaml:"agents"`
	// Departments say how callers of a department reach a person; "*" is for the rest.
	Departments map[string]DeskDepartment `yaml:"departments"`
	RingTime    time.Duration             `yaml:"ring_time"` // a call is offered to one agent so long
	Wrapup      time.Duration             `yaml:"wrapup"`    // time to note down what was
	// Patience is how long a caller waits for an agent of their language before
	// any agent of the department gets the call.
	Patience time.Duration `yaml:"patience"`
	// Listening lets supervisors listen; callers and agents are told.
	Listening bool `yaml:"listening"`
	// Page is the address of /desk as people reach it. A call that is handed to a
	// telephone carries it with its id; "" sends none.
	Page string `yaml:"page"`
	// KeepDays is how long call records without audio are kept; 0 keeps none.
	KeepDays int `yaml:"keep_days"`
	// KeepNumbersDays keeps callers' numbers in them, else masked ones stand there.
	KeepNumbersDays int `yaml:"keep_numbers_days"`
	// KeepSummaries keeps the lines that agents saw; they hold callers' words.
	KeepSummaries bool `yaml:"keep_summaries"`
}

// Agent is what the desk knows of somebody who may sign in.
type Agent struct {
	Name        string   `yaml:"name"`  // as in admin.users, or the name the identity provider gives
	Title       string   `yaml:"title"` // shown to colleagues
	Departments []string `yaml:"departments"`
	Languages   []string `yaml:"languages"`
	Skills      []string `yaml:"skills"`
	Phone       string   `yaml:"phone"` // SIP address or extension of their own telephone
	Supervisor  bool     `yaml:"supervisor"`
}

// DeskDepartment is how callers of one department reach a person.
type DeskDepartment struct {
	// Target names a number outside instead of the desk.
	Target string `yaml:"target"`
	// Overflow names a target for those who have waited for After; 0 is never.
	Overflow string        `yaml:"overflow"`
	After    time.Duration `yaml:"after"`
	Length   int           `yaml:"length"`    // so many wait: the next one overflows at once
	RingTime time.Duration `yaml:"ring_time"` // 0: as for all
	Callback bool          `yaml:"callback"`  // callers may choose one and keep their place
	// Hours differ from requests.service; nil: they do not.
	Hours *Service `yaml:"hours"`
	// Closed: nobody takes calls, callers leave requests.
	Closed bool `yaml:"closed"`
}

// TransferTarget is a party outside that callers are handed to. Nobody can
// be handed to anything that is not listed here or permitted by dialling.
type TransferTarget struct {
	Name     string            `yaml:"name"`
	Titles   map[string]string `yaml:"titles"`  // shown and spoken, by language
	Address  string            `yaml:"address"` // sip:..., or a number
	Mode     string            `yaml:"mode"`    // blind, attended, bridged
	RingTime time.Duration     `yaml:"ring_time"`
	Language string            `yaml:"language"` // of the people there
}

// Dialling says which numbers agents may call.
type Dialling struct {
	Country  string   `yaml:"country"`
	Area     string   `yaml:"area"`
	Internal []string `yaml:"internal"` // extensions: "2..", a dot is a digit
	Foreign  []string `yaml:"foreign"`  // beginnings that may be called: "+43"
	Allow    []string `yaml:"allow"`
	Deny     []string `yaml:"deny"`
}

// Plan is the dial plan.
func (d Dialling) Plan() dialplan.Plan {
	return dialplan.Plan{Country: d.Country, Area: d.Area, Internal: d.Internal, Foreign: d.Foreign, Allow: d.Allow, Deny: d.Deny}
}

// Outbound makes a trunk one that calls go out by.
type Outbound struct {
	Gateway     string `yaml:"gateway"` // sip:host:port;transport=udp; "" is the server of the registration
	User        string `yaml:"user"`    // for a digest challenge
	PasswordEnv string `yaml:"password_env"`
	From        string `yaml:"from"`    // the service's own number there
	Domain      string `yaml:"domain"`  // host of the addresses there; "" is the gateway's
	Private     bool   `yaml:"private"` // nobody who is called sees a number
	// Identity says how the trunk learns who calls: from, pai, ppi (RFC 3325).
	Identity string `yaml:"identity"`
	// Callers lets the number of the caller be shown to whom they are transferred.
	Callers bool `yaml:"callers"`
}

// Password is the secret of the environment.
func (o Outbound) Password() string {
	if o.PasswordEnv == "" {
		return ""
	}
	return os.Getenv(o.PasswordEnv)
}

// Browser is calls from web pages: /anruf, /kiosk and the chat widget.
type Browser struct {
	Enabled bool   `yaml:"enabled"`
	Address string `yaml:"address"` // IP address of the media socket
	Port    int    `yaml:"port"`    // UDP port of all browser calls; 0 is any free one
	// Advertise is the address browsers reach it by, where that is another.
	Advertise string      `yaml:"advertise"`
	ICE       []ICEServer `yaml:"ice"`
	MaxCalls  int         `yaml:"max_calls"`
	PerSource int         `yaml:"per_source"` // calls at once from one address
	// Sites may show the chat widget: https://www.musterstadt.example
	Sites []string `yaml:"sites"`
}

// ICEServer is a STUN or TURN server that browsers are told of.
type ICEServer struct {
	URLs []string `yaml:"urls"` // stun:host:port, turn:host:port?transport=udp
	User string   `yaml:"user"`
	// PasswordEnv holds a fixed password, SecretEnv the secret from which
	// passwords for a day are made (coturn: use-auth-secret).
	PasswordEnv string `yaml:"password_env"`
	SecretEnv   string `yaml:"secret_env"`
}

// Summary improves the summary of a call by a language model.
type Summary struct {
	// OpenAI is asked beside the call; no url: summaries are made without a model.
	OpenAI Endpoint `yaml:"openai"`
}

// OIDC is sign-in by the city's identity provider.
type OIDC struct {
	Issuer          string            `yaml:"issuer"`
	ClientID        string            `yaml:"client_id"`
	ClientSecretEnv string            `yaml:"client_secret_env"`
	Redirect        string            `yaml:"redirect"` // https://host/anmelden/oidc/zurueck
	Scopes          []string          `yaml:"scopes"`
	RoleClaim       string            `yaml:"role_claim"`
	Roles           map[string]string `yaml:"roles"` // value of the claim -> agent, editor, reviewer, admin
	Title           string            `yaml:"title"` // of the button
}

func defaultDesk() Desk {
	return Desk{
		RingTime: 20 * time.Second, Wrapup: time.Minute, Patience: 30 * time.Second, KeepDays: 30,
		Departments: map[string]DeskDepartment{"*": {Callback: true}},
	}
}

func defaultBrowser() Browser {
	return Browser{Address: "127.0.0.1", MaxCalls: 50, PerSource: 5}
}

// Department is how callers of a department reach a person.
func (d Desk) Department(name string) DeskDepartment {
	if own, ok := d.Departments[name]; ok {
		return own
	}
	return d.Departments["*"]
}

type complain func(key, format string, args ...any)

func (c *Config) validatePeople(bad complain, oneOf func(key, value string, allowed ...string)) {
	targets := map[string]bool{}
	for i, t := range c.Targets {
		key := fmt.Sprintf("targets[%d]", i)
		if t.Name == "" || targets[t.Name] {
			bad(key+".name", "is missing or there twice")
		}
		targets[t.Name] = true
		oneOf(key+".mode", t.Mode, "blind", "attended", "bridged")
		c.validateAddress(bad, key+".address", t.Address)
	}
	if err := c.Dialling.Plan().Check(); err != nil {
		bad("dialling", "%v", err)
	}
	out := 0
	for i, t := range c.SIP.Trunks {
		if t.Outbound == nil {
			continue
		}
		out++
		key := fmt.Sprintf("sip.trunks[%d].outbound", i)
		oneOf(key+".identity", t.Outbound.Identity, "", "from", "pai", "ppi")
		if t.Outbound.Gateway == "" && t.Register != nil {
			continue
		}
		if !strings.HasPrefix(t.Outbound.Gateway, "sip:") && !strings.HasPrefix(t.Outbound.Gateway, "sips:") {
			bad(key+".gateway", "%q is no SIP address (sip:host:port)", t.Outbound.Gateway)
		}
	}
	if out > 1 {
		bad("sip.trunks", "more than one has outbound; keep one")
	}
	c.validateDesk(bad, oneOf, targets)
	c.validateBrowser(bad)
	c.validateOIDC(bad, oneOf)
	c.validateSummary(bad)
}

// validateAddress takes a SIP address, or a number where a trunk calls numbers.
func (c *Config) validateAddress(bad complain, key, address string) {
	if strings.HasPrefix(address, "sip:") || strings.HasPrefix(address, "sips:") {
		return
	}
	if _, err := c.Dialling.Plan().Permit(address); err != nil {
		bad(key, "%v (allow it below dialling, or write sip:...)", err)
		return
	}
	if !slices.ContainsFunc(c.SIP.Trunks, func(t Trunk) bool { return t.Outbound != nil }) {
		bad(key, "%q is a number, but no trunk has outbound", address)
	}
}

func (c *Config) validateDesk(bad complain, oneOf func(key, value string, allowed ...string), targets map[string]bool) {
	d := c.Desk
	names := map[string]bool{}
	for i, a := range d.Agents {
		key := fmt.Sprintf("desk.agents[%d]", i)
		if a.Name == "" || names[a.Name] {
			bad(key+".name", "is missing or there twice")
		}
		names[a.Name] = true
		if a.Phone != "" {
			c.validateAddress(bad, key+".phone", a.Phone)
		}
	}
	for name, dep := range d.Departments {
		for _, t := range []string{dep.Target, dep.Overflow} {
			if t != "" && !targets[t] {
				bad("desk.departments."+name, "%q is not among targets", t)
			}
		}
		if dep.Hours != nil {
			dep.Hours.Over(c.Requests.Service).validate("desk.departments."+name+".hours", bad, oneOf)
		}
	}
	if u, err := url.Parse(d.Page); d.Page != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		bad("desk.page", "%q is no address like https://amtsleitung.example.org/desk", d.Page)
	}
	if d.RingTime < time.Second || d.Wrapup < 0 || d.Patience < 0 || d.KeepDays < 0 || d.KeepNumbersDays < 0 {
		bad("desk", "ring_time must be a second at least; wrapup, patience and the days must not be negative")
	}
}

func (c *Config) validateBrowser(bad complain) {
	b := c.Browser
	if _, err := netip.ParseAddr(b.Address); err != nil {
		bad("browser.address", "%q is no IP address", b.Address)
	}
	if b.Advertise != "" && net.ParseIP(b.Advertise) == nil {
		bad("browser.advertise", "%q is no IP address", b.Advertise)
	}
	if b.Port < 0 || b.Port > 65535 {
		bad("browser.port", "%d is no port", b.Port)
	}
	if b.MaxCalls < 1 || b.PerSource < 1 {
		bad("browser", "max_calls and per_source must be at least 1")
	}
	for i, s := range b.ICE {
		key := fmt.Sprintf("browser.ice[%d]", i)
		if len(s.URLs) == 0 {
			bad(key+".urls", "is empty")
		}
		for _, u := range s.URLs {
			if scheme, _, _ := strings.Cut(u, ":"); !slices.Contains([]string{"stun", "stuns", "turn", "turns"}, scheme) {
				bad(key+".urls", "%q is no STUN or TURN address (stun:host:port)", u)
			}
		}
	}
	for i, s := range b.Sites {
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http" {
			bad(fmt.Sprintf("browser.sites[%d]", i), "%q is no site (https://www.city.example)", s)
		}
	}
}

func (c *Config) validateOIDC(bad complain, oneOf func(key, value string, allowed ...string)) {
	o := c.Admin.OIDC
	if o == nil {
		return
	}
	if o.Issuer == "" || o.ClientID == "" || o.Redirect == "" || o.RoleClaim == "" || len(o.Roles) == 0 {
		bad("admin.oidc", "issuer, client_id, redirect, role_claim and roles are needed")
	}
	for value, role := range o.Roles {
		oneOf("admin.oidc.roles."+value, role, "agent", "editor", "reviewer", "admin")
	}
}

func (c *Config) validateSummary(bad complain) {
	e := c.Summary.OpenAI
	if e.URL == "" {
		if e != (Endpoint{}) {
			bad("summary.openai.url", "is missing (https://host/v1)")
		}
		return
	}
	if u, err := url.Parse(e.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		bad("summary.openai.url", "%q is no address (https://host/v1)", e.URL)
	}
	if e.Model == "" {
		bad("summary.openai.model", "is missing")
	}
}
