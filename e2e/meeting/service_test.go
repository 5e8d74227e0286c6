// Package meeting holds meetings with the real program: browsers and telephones
// speak, viewers read along in their languages.
package meeting

import (
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
	"github.com/amtsleitung/amtsleitung/internal/phonetest"
	"github.com/amtsleitung/amtsleitung/internal/servicetest"
)

func TestMain(m *testing.M) { servicetest.Main(m) }

const (
	within = 90 * time.Second       // recognition shares two cores with browsers here
	step   = 500 * time.Millisecond // one address may not ask all the time
	number = "600"
)

// house is the service with its meetings.
type house struct{ *servicetest.Service }

// open starts it; exchange is where its calls go out, "" has none.
func open(t *testing.T, exchange string) *house {
	t.Helper()
	audiotest.Model(t, "bergamot/enpt")
	audiotest.Model(t, "bergamot/pten")
	h := &house{servicetest.Start(t, servicetest.Options{Whisper: true, Config: `city: musterstadt
languages: {offered: [de, en, pt]}
meetings: {enabled: true, create: "", number: "` + number + `", rtp: {address: 127.0.0.1, ports: 22100-22199}}
browser: {enabled: true, per_source: 20}
dialling: {area: "0999", internal: ["7.."]}
` + outbound(exchange)})}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(h.Log())
		}
	})
	return h
}

func outbound(exchange string) string {
	if exchange == "" {
		return ""
	}
	return `sip: {trunks: [{name: amt, addresses: [127.0.0.0/8], outbound: {gateway: "sip:` + exchange + `", from: "0999115"}}]}
`
}

// room is one meeting with its pages.
type room struct{ *servicetest.Room }

// hold opens a meeting.
func (h *house) hold(t *testing.T, options map[string]any) *room {
	t.Helper()
	return &room{h.Hold(t, options)}
}

// dial calls the number of the meetings.
func (h *house) dial(t *testing.T) *phonetest.Phone {
	t.Helper()
	return phonetest.Dial(t, "sip:"+number+"@"+h.SIP)
}
