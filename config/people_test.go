package config

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPeople(t *testing.T) {
	c, err := Read(strings.NewReader(`
sip:
  trunks:
    - {name: amt, addresses: [192.0.2.7], outbound: {gateway: "sip:192.0.2.7:5060", from: "0999115", identity: pai, callers: true}}
dialling: {area: "0999", internal: ["2.."], foreign: ["+43"]}
targets:
  - {name: standesamt, address: "sip:230@192.0.2.7", mode: attended}
  - {name: zentrale, address: "0999 90180", mode: bridged, ring_time: 30s}
desk:
  enabled: true
  agents: [{name: erika, title: Erika Beispiel, departments: [buergeramt], phone: "213", supervisor: true}]
  departments:
    standesamt: {target: standesamt}
    "*": {callback: true, overflow: zentrale, after: 5m}
browser: {enabled: true, advertise: 192.0.2.8, ice: [{urls: ["turn:192.0.2.9:3478"], secret_env: TURN}], sites: ["https://www.stadt.example"]}
admin: {oidc: {issuer: "https://id.stadt.example", client_id: a, redirect: "https://h/anmelden/oidc/zurueck", role_claim: groups, roles: {telefon: agent}}}
`))
	require.NoError(t, err)
	require.Equal(t, "standesamt", c.Desk.Department("standesamt").Target)
	require.Equal(t, 5*time.Minute, c.Desk.Department("jugendamt").After)
	require.Equal(t, 20*time.Second, c.Desk.RingTime, "defaults stay")
	n, err := c.Dialling.Plan().Permit("213")
	require.NoError(t, err)
	require.True(t, n.Internal)
	demo := Demo()
	require.NoError(t, demo.Validate())
}

func TestPeopleErrors(t *testing.T) {
	hash := strings.Repeat("0f", 32)
	for yaml, want := range map[string]string{
		`targets: [{name: a, address: "0900 123456", mode: blind}]`:                                                                      "extra charges",
		`targets: [{name: a, address: "030 123456", mode: blind}]`:                                                                       "no trunk has outbound",
		`targets: [{name: a, address: "sip:1@h", mode: thrown}]`:                                                                         `"thrown" is not one of`,
		`targets: [{address: "sip:1@h", mode: blind}]`:                                                                                   "is missing",
		`desk: {departments: {standesamt: {target: nowhere}}}`:                                                                           `"nowhere" is not among targets`,
		`desk: {agents: [{name: a}, {name: a}]}`:                                                                                         "there twice",
		`desk: {agents: [{name: a, phone: "112"}]}`:                                                                                      "emergency number",
		`summary: {openai: {model: klein}}`:                                                                                              "url: is missing",
		`summary: {openai: {url: "localhost:8000", model: klein}}`:                                                                       "no address",
		`summary: {openai: {url: "http://127.0.0.1:8000/v1"}}`:                                                                           "model: is missing",
		`admin: {tokens: [{role: agent, hash: "` + hash + `"}]}`:                                                                         "name: is missing",
		`admin: {tokens: [{name: a, role: boss, hash: "` + hash + `"}]}`:                                                                 `"boss" is not one of`,
		`admin: {tokens: [{name: a, role: agent, hash: abc}]}`:                                                                           "64 hex digits",
		`admin: {tokens: [{name: a, role: agent, hash: amts_x}]}`:                                                                        "is the token itself",
		`admin: {tokens: [{name: a, role: agent, hash: "` + hash + `"}, {name: b, role: agent, hash: "` + strings.ToUpper(hash) + `"}]}`: "that of another token",
		`desk: {ring_time: 0s}`:                                                                                                          "a second at least",
		`browser: {address: nowhere}`:                                                                                                    "no IP address",
		`browser: {ice: [{urls: ["http://x"]}]}`:                                                                                         "no STUN or TURN address",
		`browser: {sites: ["www.stadt.example"]}`:                                                                                        "no site",
		`admin: {oidc: {issuer: "https://x"}}`:                                                                                           "client_id",
		`desk: {departments: {standesamt: {hours: {from: "18:00", to: "08:00"}}}}`:                                                       "the first one earlier",
		`desk: {departments: {standesamt: {hours: {days: [fun]}}}}`:                                                                      `"fun" is not one of`,
		`requests: {events: {call.ended: [nobody]}}`:                                                                                     `no target "nobody"`,
		`requests: {events: {call.lost: []}}`:                                                                                            `"call.lost" is not one of`,
		`dialling: {internal: ["2[0-9]"]}`:                                                                                               "other than digits",
		`sip: {trunks: [{name: a, addresses: [127.0.0.1], outbound: {gateway: "h"}}]}`:                                                   "no SIP address",
		`sip: {trunks: [{name: a, addresses: [127.0.0.1], outbound: {gateway: "sip:h", identity: x}}]}`:                                  `"x" is not one of`,
	} {
		_, err := Read(strings.NewReader(yaml + "\n"))
		require.ErrorContains(t, err, want, yaml)
		require.False(t, strings.Contains(err.Error(), "\n\n"))
	}
}
