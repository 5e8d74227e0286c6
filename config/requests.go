package config

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Requests says what becomes of the requests that callers leave. Nothing
// leaves the machine unless targets are named.
type Requests struct {
	// Promise is how many service hours an answer may take; 24h for the 115.
	Promise time.Duration `yaml:"promise"`
	// KeepDays is how long requests are kept after they were done or rejected;
	// 0 is for ever.
	KeepDays int      `yaml:"keep_days"`
	Service  Service  `yaml:"service"`
	Targets  []Target `yaml:"targets"`
	// Deliver names the targets of each department; "*" is for the rest.
	Deliver map[string][]string `yaml:"deliver"`
	// Events names the targets that are told of an event: callback.due,
	// call.ended (webhooks only).
	Events map[string][]string `yaml:"events"`
	// CallbackNotice is how long before a callback is due its event is told.
	CallbackNotice time.Duration `yaml:"callback_notice"`
	SMTP           SMTP          `yaml:"smtp"`
	// Page is the address of /admin/anliegen as staff reach it, for e-mails.
	Page string `yaml:"page"`
}

// Service is when the city answers.
type Service struct {
	Days     []string `yaml:"days"` // mon, tue, wed, thu, fri, sat, sun
	From     string   `yaml:"from"` // "08:00"
	To       string   `yaml:"to"`
	Timezone string   `yaml:"timezone"`
	// Land whose public holidays are kept, e.g. NW; "" keeps those of all Länder.
	Land string `yaml:"land"`
	// Closed are further days without service: 12-24, 2027-05-14.
	Closed []string `yaml:"closed"`
}

// Target is where requests are delivered: either a webhook or e-mail.
type Target struct {
	Name    string   `yaml:"name"`
	Webhook *Webhook `yaml:"webhook"`
	Email   *Email   `yaml:"email"`
}

// Webhook gets requests as signed JSON.
type Webhook struct {
	URL       string `yaml:"url"`
	SecretEnv string `yaml:"secret_env"` // name of the environment variable with the secret
}

// Email gets requests as text.
type Email struct {
	To []string `yaml:"to"`
}

// SMTP is the mail server for targets with e-mail.
type SMTP struct {
	Host        string `yaml:"host"`
	Port        int    `yaml:"port"`     // 0: 587, 465 with tls, 25 with none
	Security    string `yaml:"security"` // starttls, tls, none (on this machine only)
	User        string `yaml:"user"`
	PasswordEnv string `yaml:"password_env"`
	From        string `yaml:"from"`
	CA          string `yaml:"ca"` // file with the certificates of the city's own authority
}

// defaultRequests are kept for a month after they were done, and go nowhere.
func defaultRequests() Requests {
	return Requests{
		Promise:  24 * time.Hour,
		KeepDays: 30,
		Service:  Service{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "08:00", To: "18:00", Timezone: "Europe/Berlin"},
		SMTP:     SMTP{Security: "starttls"},
	}
}

// For are the targets of a department.
func (r Requests) For(department string) []string {
	if names, ok := r.Deliver[department]; ok {
		return names
	}
	return r.Deliver["*"]
}

func (c *Config) validateRequests(bad func(key, format string, args ...any), oneOf func(key, value string, allowed ...string)) {
	r := c.Requests
	if r.Promise < time.Minute {
		bad("requests.promise", "must be a minute of service at least")
	}
	if r.KeepDays < 0 {
		bad("requests.keep_days", "must not be negative")
	}
	r.Service.validate("requests.service", bad, oneOf)
	known, mail := map[string]bool{}, false
	for i, t := range r.Targets {
		key := fmt.Sprintf("requests.targets[%d]", i)
		if t.Name == "" || known[t.Name] {
			bad(key+".name", "is missing or there twice")
		}
		known[t.Name] = true
		mail = mail || t.Email != nil
		t.validate(bad, key)
	}
	for department, names := range r.Deliver {
		for _, name := range names {
			if !known[name] {
				bad("requests.deliver."+department, "there is no target %q", name)
			}
		}
	}
	for event, names := range r.Events {
		oneOf("requests.events", event, "callback.due", "call.ended")
		for _, name := range names {
			if !known[name] {
				bad("requests.events."+event, "there is no target %q", name)
			}
		}
	}
	if r.CallbackNotice < 0 {
		bad("requests.callback_notice", "must not be negative")
	}
	if mail {
		r.SMTP.validate(bad, oneOf)
	}
}

// Over fills what s leaves out with what holds otherwise.
func (s Service) Over(base Service) Service {
	if len(s.Days) == 0 {
		s.Days = base.Days
	}
	if s.From == "" && s.To == "" {
		s.From, s.To = base.From, base.To
	}
	if s.Timezone == "" {
		s.Timezone = base.Timezone
	}
	if s.Land == "" {
		s.Land = base.Land
	}
	if s.Closed == nil {
		s.Closed = base.Closed
	}
	return s
}

func (s Service) validate(key string, bad func(key, format string, args ...any), oneOf func(key, value string, allowed ...string)) {
	if len(s.Days) == 0 {
		bad(key+".days", "must name at least one day")
	}
	for _, d := range s.Days {
		oneOf(key+".days", d, "mon", "tue", "wed", "thu", "fri", "sat", "sun")
	}
	from, err1 := Clock(s.From)
	to, err2 := Clock(s.To)
	if err1 != nil || err2 != nil || from >= to {
		bad(key, "from %q and to %q must be times such as 08:00, the first one earlier", s.From, s.To)
	}
	if _, err := time.LoadLocation(s.Timezone); err != nil || s.Timezone == "" {
		bad(key+".timezone", "%q is no timezone such as Europe/Berlin", s.Timezone)
	}
	oneOf(key+".land", s.Land, "", "BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
	for _, d := range s.Closed {
		if _, err := time.Parse("2006-01-02", d); err == nil {
			continue
		}
		if _, err := time.Parse("2006-01-02", "2024-"+d); err != nil {
			bad(key+".closed", "%q is no day such as 12-24 or 2027-05-14", d)
		}
	}
}

// Clock reads 08:00 as the time since midnight; 24:00 is the end of the day.
func Clock(text string) (time.Duration, error) {
	hour, minute, ok := strings.Cut(text, ":")
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if !ok || len(minute) != 2 || err1 != nil || err2 != nil || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("%q is no time such as 08:00", text)
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, nil
}

func (t Target) validate(bad func(key, format string, args ...any), key string) {
	if (t.Webhook == nil) == (t.Email == nil) {
		bad(key, "needs either webhook or email")
		return
	}
	if w := t.Webhook; w != nil {
		u, err := url.Parse(w.URL)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && local(u.Hostname())) {
			bad(key+".webhook.url", "must be an https address (http on this machine only)")
		}
		if w.SecretEnv == "" {
			bad(key+".webhook.secret_env", "must name the environment variable with the secret")
		}
		return
	}
	if len(t.Email.To) == 0 {
		bad(key+".email.to", "must name at least one address")
	}
	for _, a := range t.Email.To {
		if _, err := mail.ParseAddress(a); err != nil {
			bad(key+".email.to", "%q is no e-mail address", a)
		}
	}
}

func (s SMTP) validate(bad func(key, format string, args ...any), oneOf func(key, value string, allowed ...string)) {
	if s.Host == "" {
		bad("requests.smtp.host", "is needed for targets with email")
	}
	if s.Port < 0 || s.Port > 65535 {
		bad("requests.smtp.port", "%d is no port", s.Port)
	}
	oneOf("requests.smtp.security", s.Security, "starttls", "tls", "none")
	if s.Security == "none" && !local(s.Host) {
		bad("requests.smtp.security", "none is for a mail server on this machine only; use starttls or tls")
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		bad("requests.smtp.from", "%q is no e-mail address", s.From)
	}
	if (s.User == "") != (s.PasswordEnv == "") {
		bad("requests.smtp", "user and password_env belong together")
	}
}

func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Secret reads the secret of a webhook from the environment.
func (w Webhook) Secret() (string, error) { return secret(w.SecretEnv) }

// Password reads the password of the mail server from the environment.
func (s SMTP) Password() (string, error) {
	if s.PasswordEnv == "" {
		return "", nil
	}
	return secret(s.PasswordEnv)
}

func secret(env string) (string, error) {
	if v := os.Getenv(env); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("the environment variable %s is empty", env)
}
