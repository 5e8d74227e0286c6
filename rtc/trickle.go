package rtc

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// maxFragment bounds a fragment; one has a few hundred bytes.
const maxFragment = 16 << 10

// ErrFragment tells that a fragment cannot be taken; the text around it says why.
var ErrFragment = errors.New("this application/trickle-ice-sdpfrag cannot be taken")

// fragment is what an SDP fragment says (RFC 8840 section 9).
type fragment struct {
	ufrag, pwd string
	candidates []string
	end        bool // of candidates
}

// Trickle takes candidates that the party found after its offer, and new ICE
// credentials, with which ICE restarts (RFC 9725 section 4.3). reply is a
// fragment with ours after a restart (200 with a body in WHIP), else "" (204).
func (l *Leg) Trickle(ctx context.Context, text string) (reply string, err error) {
	f, err := readFragment(text)
	if err != nil {
		return "", err
	}
	select {
	case l.offering <- struct{}{}:
		defer func() { <-l.offering }()
	case <-l.done:
		return "", ErrEnded
	case <-ctx.Done():
		return "", ctx.Err()
	}
	k := l.newest()
	if k == nil {
		return "", ErrEnded
	}
	if f.ufrag != "" && f.ufrag != k.offered.ufrag() {
		return k.restart(ctx, f)
	}
	return "", k.candidates(f)
}

// newest is the link that the party's last offer made.
func (l *Leg) newest() *link {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil {
		return l.next
	}
	return l.link
}

// candidates gives pion what was trickled.
func (k *link) candidates(f fragment) error {
	if k.trickled += len(f.candidates); k.trickled > maxCandidates {
		return fmt.Errorf("%w: there are more than %d candidates", ErrFragment, maxCandidates)
	}
	for _, c := range f.candidates {
		if err := k.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: "candidate:" + c}); err != nil {
			return fmt.Errorf("%w: candidate %q: %w", ErrFragment, c, err)
		}
	}
	return nil
}

// restart answers new credentials as a new offer with them would be.
func (k *link) restart(ctx context.Context, f fragment) (string, error) {
	if f.pwd == "" {
		return "", fmt.Errorf("%w: it has a new ice-ufrag without its ice-pwd", ErrFragment)
	}
	o, err := k.offered.with(f)
	if err != nil {
		return "", err
	}
	answer, err := k.answer(ctx, o)
	if err != nil {
		return "", err
	}
	return transportOf(answer)
}

// ufrag of the offer.
func (o offer) ufrag() string {
	d, err := parse(o.text)
	if err != nil || len(d.MediaDescriptions) == 0 {
		return ""
	}
	return attribute(d, d.MediaDescriptions[0], "ice-ufrag")
}

// with is the offer with other ICE credentials and candidates.
func (o offer) with(f fragment) (offer, error) {
	d, err := parse(o.text)
	if err != nil {
		return offer{}, err
	}
	drop := func(list []sdp.Attribute) (kept []sdp.Attribute) {
		for _, a := range list {
			switch a.Key {
			case "ice-ufrag", "ice-pwd", "candidate", "end-of-candidates":
			default:
				kept = append(kept, a)
			}
		}
		return kept
	}
	d.Attributes = drop(d.Attributes)
	for _, m := range d.MediaDescriptions {
		m.Attributes = drop(m.Attributes)
		m.WithValueAttribute("ice-ufrag", f.ufrag).WithValueAttribute("ice-pwd", f.pwd)
		for _, c := range f.candidates {
			m.WithValueAttribute("candidate", c)
		}
		if f.end {
			m.WithPropertyAttribute("end-of-candidates")
		}
	}
	text, err := d.Marshal()
	o.text = string(text)
	return o, err
}

// transportOf writes our answer's credentials and candidates as a fragment.
func transportOf(answer string) (string, error) {
	d, err := parse(answer)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, m := range d.MediaDescriptions {
		ufrag := attribute(d, m, "ice-ufrag")
		if ufrag == "" || m.MediaName.Port.Value == 0 {
			continue
		}
		fmt.Fprintf(&b, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\nm=%s\r\na=mid:%s\r\n", ufrag, attribute(d, m, "ice-pwd"), m.MediaName, mid(m))
		for _, a := range m.Attributes {
			if a.Key == "candidate" {
				fmt.Fprintf(&b, "a=candidate:%s\r\n", a.Value)
			}
		}
		b.WriteString("a=end-of-candidates\r\n")
		return b.String(), nil
	}
	return "", fmt.Errorf("our own answer: %w", ErrFragment)
}

// readFragment takes the lines that matter, and no others into account. All
// sections share one transport, so a candidate that comes for several is one.
func readFragment(text string) (f fragment, err error) {
	if len(text) > maxFragment {
		return f, fmt.Errorf("%w: it has more than %d KiB", ErrFragment, maxFragment>>10)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "a=ice-ufrag" && f.ufrag == "":
			f.ufrag = value
		case key == "a=ice-pwd" && f.pwd == "":
			f.pwd = value
		case key == "a=end-of-candidates":
			f.end = true
		case key == "a=candidate" && value != "" && !seen[value]:
			seen[value] = true
			f.candidates = append(f.candidates, value)
		}
	}
	switch {
	case f.ufrag == "" && len(f.candidates) == 0 && !f.end:
		return f, fmt.Errorf("%w: it has neither candidates nor credentials", ErrFragment)
	case len(f.candidates) > maxCandidates:
		return f, fmt.Errorf("%w: it has more than %d candidates", ErrFragment, maxCandidates)
	}
	return f, nil
}
