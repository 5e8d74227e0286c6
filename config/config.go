// Package config reads the one strict YAML file of a service: bytes flow in,
// a validated Config with every default filled in flows out.
package config

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Config is everything an operator can choose. The zero value of a key means
// its default; Default shows all of them.
type Config struct {
	// City is "musterstadt" for the built-in demo city, or a folder.
	City string `yaml:"city"`
	// Data is the folder for everything that lasts.
	Data        string      `yaml:"data"`
	Models      string      `yaml:"models"` // folder of model files; "" is the user's cache
	Log         Log         `yaml:"log"`
	HTTP        HTTP        `yaml:"http"`
	SIP         SIP         `yaml:"sip"`
	Languages   Languages   `yaml:"languages"`
	Inference   Inference   `yaml:"inference"`
	Turn        Turn        `yaml:"turn"`
	Recognition Recognition `yaml:"recognition"`
	Translation Translation `yaml:"translation"`
	// Interpretation lets people of different languages talk to each other.
	Interpretation Interpretation `yaml:"interpretation"`
	API            API            `yaml:"api"`
	Speech         Speech         `yaml:"speech"`
	Knowledge      Knowledge      `yaml:"knowledge"`
	Privacy        Privacy        `yaml:"privacy"`
	Surge          Surge          `yaml:"surge"`
	Admin          Admin          `yaml:"admin"`
	Requests       Requests       `yaml:"requests"`
	Desk           Desk           `yaml:"desk"`
	Browser        Browser        `yaml:"browser"`
	Summary        Summary        `yaml:"summary"`
	Dialling       Dialling       `yaml:"dialling"`
	Meetings       Meetings       `yaml:"meetings"`
	// Targets are the parties outside that callers are handed to.
	Targets []TransferTarget `yaml:"targets"`
}

// Log says how loud the log is; spoken words appear at debug only.
type Log struct {
	Level string `yaml:"level"` // debug, info, warn, error
	JSON  bool   `yaml:"json"`
}

// HTTP is the address of pages, API and metrics.
type HTTP struct {
	Listen string `yaml:"listen"`
	// OpenCalls shows the calls in progress, with what is said in them, to
	// whoever reaches the pages. Otherwise one signs in as an agent.
	OpenCalls bool `yaml:"open_calls"`
	// TrustedProxies are the addresses or prefixes of reverse proxies. They are
	// believed when they say who asks, by which address and whether by HTTPS: only
	// so does each viewer behind them have limits of their own.
	TrustedProxies []string `yaml:"trusted_proxies"`
	// ProxyHeader is where they say who asks: X-Forwarded-For, which "" is, or
	// Forwarded (RFC 7239).
	ProxyHeader string `yaml:"proxy_header"`
}

// SIP is the telephone side.
type SIP struct {
	Listen    []Listen `yaml:"listen"`
	Advertise string   `yaml:"advertise"` // address to put into Contact and SDP; "" is the socket's own
	TLS       TLS      `yaml:"tls"`
	RTP       RTP      `yaml:"rtp"`
	// MaxCalls answers 503 beyond it.
	MaxCalls int     `yaml:"max_calls"`
	Trunks   []Trunk `yaml:"trunks"`
}

// Listen is one SIP socket.
type Listen struct {
	Network string `yaml:"network"` // udp, tcp, tls
	Address string `yaml:"address"`
}

// TLS names the files of the server's certificate.
type TLS struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// RTP is where media flows.
type RTP struct {
	Address   string        `yaml:"address"`
	Ports     string        `yaml:"ports"`      // "20000-21999", even first
	DeadAfter time.Duration `yaml:"dead_after"` // hang up after so long without RTP, unless on hold
}

// Trunk is a peer that may call: by source address, or by registration.
type Trunk struct {
	Name      string        `yaml:"name"`
	Addresses []string      `yaml:"addresses"` // IP addresses or prefixes
	Register  *Registration `yaml:"register"`
	Codecs    []string      `yaml:"codecs"` // G722, PCMA, PCMU in order of preference
	Language  string        `yaml:"language"`
	SRTP      string        `yaml:"srtp"` // off, optional, required
	// Outbound lets calls to numbers go out by this trunk.
	Outbound *Outbound `yaml:"outbound"`
}

// Registration keeps the service registered with an exchange.
type Registration struct {
	Server      string        `yaml:"server"` // sip:host:port;transport=udp
	User        string        `yaml:"user"`
	PasswordEnv string        `yaml:"password_env"` // name of the environment variable that holds it
	Expiry      time.Duration `yaml:"expiry"`
}

// Languages of the line; the first is the greeting's.
type Languages struct {
	Offered []string `yaml:"offered"`
}

// Inference shares the machine among models.
type Inference struct {
	Threads int `yaml:"threads"` // 0: cores - 1
	Queue   int `yaml:"queue"`
}

// Turn tunes end-of-turn detection.
type Turn struct {
	SmartTurn bool `yaml:"smart_turn"`
}

// Recognition picks the speech recogniser.
type Recognition struct {
	Engine string   `yaml:"engine"` // whisper, openai
	Model  string   `yaml:"model"`
	OpenAI Endpoint `yaml:"openai"`
}

// Endpoint is an OpenAI-compatible server.
type Endpoint struct {
	URL    string `yaml:"url"`
	Model  string `yaml:"model"`
	Voice  string `yaml:"voice"`
	KeyEnv string `yaml:"key_env"` // name of the environment variable that holds the key
}

// Speech picks the voices.
type Speech struct {
	// Engines by language, tried in order: pico, espeak, piper, openai. "*" is for the rest.
	Engines map[string][]string `yaml:"engines"`
	Rate    float64             `yaml:"rate"`
	OpenAI  Endpoint            `yaml:"openai"`
}

// Knowledge tunes the search.
type Knowledge struct {
	Embedder string   `yaml:"embedder"` // e5, openai
	OpenAI   Endpoint `yaml:"openai"`
	// Easy is the language model that drafts easy language for editors; without
	// a url there is none.
	Easy Endpoint `yaml:"easy"`
	// Answer is the least confidence for an answer, Clarify for asking back,
	// Margin the least distance between the best two. 0 is the calibrated default.
	Answer  float64 `yaml:"answer"`
	Clarify float64 `yaml:"clarify"`
	Margin  float64 `yaml:"margin"`
	// Editing keeps the articles in the database, where people edit and review
	// them at /admin/wissen; the city's folder is the first import.
	Editing bool `yaml:"editing"`
	// Sync keeps drafts equal to what a website or an API says.
	Sync []Sync `yaml:"sync"`
}

// Privacy says what is kept.
type Privacy struct {
	// KeepCalls is how many ended calls the page shows from memory; 0 keeps none.
	KeepCalls int `yaml:"keep_calls"`
	// KeepQuestions keeps the masked words of questions that nobody could
	// answer until an editor has dealt with them.
	KeepQuestions bool `yaml:"keep_questions"`
}

// Default is the demo: loopback only, two languages, everything local.
func Default() Config {
	return Config{
		City: "musterstadt",
		Data: "data",
		Log:  Log{Level: "info"},
		HTTP: HTTP{Listen: "127.0.0.1:8080"},
		SIP: SIP{
			Listen:   []Listen{{"udp", "127.0.0.1:5060"}, {"tcp", "127.0.0.1:5060"}},
			RTP:      RTP{Address: "127.0.0.1", Ports: "20000-21999", DeadAfter: 30 * time.Second},
			MaxCalls: 100,
			Trunks:   []Trunk{{Name: "local", Addresses: []string{"127.0.0.0/8", "::1/128"}, SRTP: "optional"}},
		},
		Languages:   Languages{Offered: []string{"de", "en", "tr", "uk", "ru", "ar", "pl", "fr", "es", "it", "ro"}},
		Inference:   Inference{Queue: 64},
		Turn:        Turn{SmartTurn: true},
		Recognition: Recognition{Engine: "whisper", Model: "ggml-base.bin"},
		Speech: Speech{
			Rate: 1,
			Engines: map[string][]string{
				"de": {"pico"}, "en": {"pico"}, "fr": {"pico"}, "es": {"pico"}, "it": {"pico"}, "*": {"espeak"},
			},
		},
		Translation: defaultTranslation(), Interpretation: defaultInterpretation(), API: defaultAPI(),
		Knowledge: Knowledge{Embedder: "e5"},
		Surge:     Surge{Calls: 40, Wait: 2 * time.Second},
		Privacy:   Privacy{KeepCalls: 50},
		Requests:  defaultRequests(),
		Desk:      defaultDesk(),
		Browser:   defaultBrowser(),
		Meetings:  defaultMeetings(),
	}
}

// Demo is Default with all that is meant to be tried out.
func Demo() Config {
	c := Default()
	c.Knowledge.Editing, c.Privacy.KeepQuestions, c.Admin.Demo = true, true, true
	c.Browser.Enabled, c.Desk.Enabled, c.HTTP.OpenCalls = true, true, true
	c.API.Enabled, c.API.ReadAloud = true, true
	c.Meetings.Enabled, c.Meetings.Create, c.Meetings.Number = true, "", "600"
	c.Desk.Departments = map[string]DeskDepartment{"*": {Callback: true, Hours: &Service{
		Days: []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, From: "00:00", To: "24:00", Timezone: "Europe/Berlin", // to be tried at any time
	}}}
	c.Desk.Agents = []Agent{
		{Name: "telefon", Title: "Tanja Telefon", Languages: []string{"de", "en"}},
		{Name: "telefon2", Title: "Timo Tresen"},
		{Name: "leitung", Title: "Lea Leitung", Supervisor: true},
	}
	return c
}

// Load reads a file over the defaults and validates the result. Errors name
// the file and, where it is known, the line.
func Load(path string) (Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	c, err := Read(f)
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// Read decodes YAML over the defaults; unknown keys are errors.
func Read(r io.Reader) (Config, error) {
	c := Default()
	d := yaml.NewDecoder(r)
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return Config{}, errors.New(plain(err))
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("more than one YAML document; keep one")
	}
	return c, c.Validate()
}

// plain shortens yaml's message to what the operator can act on.
func plain(err error) string {
	var te *yaml.TypeError
	if !errors.As(err, &te) {
		return strings.TrimPrefix(err.Error(), "yaml: ")
	}
	lines := make([]string, 0, len(te.Errors))
	for _, e := range te.Errors {
		if i := strings.Index(e, " not found in type "); i > 0 {
			e = strings.Replace(e[:i], "field ", "unknown key ", 1)
		}
		lines = append(lines, e)
	}
	return strings.Join(lines, "; ")
}

// Range is the first and last port.
func (r RTP) Range() (first, last int, err error) {
	a, b, ok := strings.Cut(r.Ports, "-")
	if ok {
		first, err = strconv.Atoi(strings.TrimSpace(a))
		if err == nil {
			last, err = strconv.Atoi(strings.TrimSpace(b))
		}
	}
	if !ok || err != nil || first < 1024 || last > 65535 || last-first < 1 {
		return 0, 0, fmt.Errorf("%q is no range such as 20000-21999", r.Ports)
	}
	return first, last, nil
}

// Prefixes parses the trunk's addresses; a bare address is a prefix of one.
func (t Trunk) Prefixes() ([]netip.Prefix, error) {
	out := make([]netip.Prefix, 0, len(t.Addresses))
	for _, s := range t.Addresses {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
			continue
		}
		a, err := netip.ParseAddr(s)
		if err != nil {
			return nil, fmt.Errorf("%q is no IP address or prefix", s)
		}
		out = append(out, netip.PrefixFrom(a, a.BitLen()))
	}
	return out, nil
}

// Key reads a secret from the environment; an empty name is no secret.
func (e Endpoint) Key() string {
	if e.KeyEnv == "" {
		return ""
	}
	return os.Getenv(e.KeyEnv)
}
