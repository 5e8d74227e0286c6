package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// Validate says what is wrong, all at once, one line each.
func (c *Config) Validate() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	oneOf := func(key, value string, allowed ...string) {
		for _, a := range allowed {
			if value == a {
				return
			}
		}
		bad(key, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
	if c.City == "" {
		bad("city", "must name a city folder, or musterstadt")
	}
	if c.Data == "" {
		bad("data", "must name a folder")
	}
	oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	if _, _, err := net.SplitHostPort(c.HTTP.Listen); err != nil {
		bad("http.listen", "%v", err)
	}
	c.HTTP.validate(bad)
	c.validateSIP(bad, oneOf)
	c.validateSurge(bad)
	if len(c.Languages.Offered) == 0 {
		bad("languages.offered", "must name at least one language")
	}
	c.Translation.validate(bad)
	c.Interpretation.validate(bad)
	c.API.validate(bad)
	c.Meetings.validate(bad)
	oneOf("recognition.engine", c.Recognition.Engine, "whisper", "openai")
	if c.Recognition.Engine == "openai" && c.Recognition.OpenAI.URL == "" {
		bad("recognition.openai.url", "is needed for the engine openai")
	}
	for lang, engines := range c.Speech.Engines {
		for _, e := range engines {
			oneOf("speech.engines."+lang, e, "pico", "espeak", "piper", "openai")
		}
	}
	if c.Speech.Rate < 0.5 || c.Speech.Rate > 2 {
		bad("speech.rate", "%v is not between 0.5 and 2", c.Speech.Rate)
	}
	oneOf("knowledge.embedder", c.Knowledge.Embedder, "e5", "openai")
	for key, v := range map[string]float64{"answer": c.Knowledge.Answer, "clarify": c.Knowledge.Clarify, "margin": c.Knowledge.Margin} {
		if v < 0 || v > 1 {
			bad("knowledge."+key, "%v is not between 0 and 1", v)
		}
	}
	c.validateAdmin(bad, oneOf)
	c.validateRequests(bad, oneOf)
	c.validatePeople(bad, oneOf)
	return errors.Join(errs...)
}

func (c *Config) validateSIP(bad func(key, format string, args ...any), oneOf func(key, value string, allowed ...string)) {
	if len(c.SIP.Listen) == 0 {
		bad("sip.listen", "must name at least one socket")
	}
	for i, l := range c.SIP.Listen {
		key := fmt.Sprintf("sip.listen[%d]", i)
		oneOf(key+".network", l.Network, "udp", "tcp", "tls")
		if _, _, err := net.SplitHostPort(l.Address); err != nil {
			bad(key+".address", "%v", err)
		}
		if l.Network == "tls" && (c.SIP.TLS.Certificate == "" || c.SIP.TLS.Key == "") {
			bad("sip.tls", "certificate and key are needed for a tls socket")
		}
	}
	if _, err := netip.ParseAddr(c.SIP.RTP.Address); err != nil {
		bad("sip.rtp.address", "%q is no IP address", c.SIP.RTP.Address)
	}
	if _, _, err := c.SIP.RTP.Range(); err != nil {
		bad("sip.rtp.ports", "%v", err)
	}
	if c.SIP.MaxCalls < 1 {
		bad("sip.max_calls", "must be at least 1")
	}
	for i, t := range c.SIP.Trunks {
		key := fmt.Sprintf("sip.trunks[%d]", i)
		if t.Name == "" {
			bad(key+".name", "is missing")
		}
		if len(t.Addresses) == 0 && t.Register == nil {
			bad(key, "trunk %q needs addresses or register", t.Name)
		}
		if _, err := t.Prefixes(); err != nil {
			bad(key+".addresses", "%v", err)
		}
		oneOf(key+".srtp", t.SRTP, "", "off", "optional", "required")
		for _, codec := range t.Codecs {
			oneOf(key+".codecs", codec, "G722", "PCMA", "PCMU")
		}
		if r := t.Register; r != nil && (r.Server == "" || r.User == "") {
			bad(key+".register", "server and user are needed")
		}
	}
}
