package rtc

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the draft and coturn want SHA-1 here
	"encoding/base64"
	"strconv"
	"time"
)

// Relay is a STUN or TURN server that browsers are told of. With a Secret,
// which the TURN server shares, each browser gets credentials of its own that
// expire (draft-uberti-behave-turn-rest-00 section 2.2; coturn's
// use-auth-secret); else all get Username and Credential.
type Relay struct {
	URLs                 []string // "stun:host:port", "turn:host:port?transport=tcp"
	Username, Credential string
	Secret               string
	TTL                  time.Duration // of credentials; 0 is 6 hours
}

// ICEServer is an RTCIceServer as a browser takes it.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// ICEServers are the relays with credentials made now; user tells those of
// different browsers apart in the TURN server's log, "" is fine.
func (s *Server) ICEServers(user string) []ICEServer {
	out := make([]ICEServer, 0, len(s.options.Relays))
	for _, r := range s.options.Relays {
		e := ICEServer{URLs: r.URLs, Username: r.Username, Credential: r.Credential}
		if r.Secret != "" {
			e.Username, e.Credential = r.credentials(user, s.options.Now())
		}
		out = append(out, e)
	}
	return out
}

// credentials are the time they expire at with the user, and
// base64(HMAC-SHA1(secret, username)).
func (r Relay) credentials(user string, now time.Time) (name, password string) {
	ttl := r.TTL
	if ttl == 0 {
		ttl = 6 * time.Hour
	}
	name = strconv.FormatInt(now.Add(ttl).Unix(), 10)
	if user != "" {
		name += ":" + user
	}
	mac := hmac.New(sha1.New, []byte(r.Secret))
	mac.Write([]byte(name))
	return name, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
