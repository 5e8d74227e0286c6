package config

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRequests(t *testing.T) {
	c, err := Read(strings.NewReader(`
requests:
  keep_days: 90
  service: {land: NW, closed: [12-24, 2027-05-14]}
  targets:
    - {name: werkhof, webhook: {url: "https://werkhof.example/anliegen", secret_env: WERKHOF}}
    - {name: post, email: {to: [anliegen@stadt.example]}}
  deliver: {tiefbauamt: [werkhof, post], jugendamt: [], "*": [post]}
  smtp: {host: mail.stadt.example, from: Bürgertelefon <anliegen@stadt.example>, user: u, password_env: P}
`))
	require.NoError(t, err)
	require.Equal(t, 24*time.Hour, c.Requests.Promise)
	require.Equal(t, []string{"werkhof", "post"}, c.Requests.For("tiefbauamt"))
	require.Equal(t, []string{"post"}, c.Requests.For("steueramt"))
	require.Empty(t, c.Requests.For("jugendamt"))
}

func TestRequestErrors(t *testing.T) {
	for yaml, want := range map[string]string{
		`targets: [{name: a, webhook: {url: "http://far.example/", secret_env: S}}]`: "https address",
		`targets: [{name: a, webhook: {url: "http://127.0.0.1:1/"}}]`:                "secret_env",
		`targets: [{name: a}]`:                        "either webhook or email",
		`targets: [{name: a, email: {to: [nobody]}}]`: `"nobody" is no e-mail address`,
		`deliver: {"*": [b]}`:                         `no target "b"`,
		"targets: [{name: a, email: {to: [a@b.c]}}]\n  smtp: {host: mail.example, from: a@b.c, security: none}": "none is for a mail server on this machine",
		`service: {from: "18:00", to: "08:00"}`: "the first one earlier",
		`service: {land: XX}`:                   `"XX" is not one of`,
		`service: {closed: [13-40]}`:            `"13-40" is no day`,
		`service: {timezone: Mars}`:             "no timezone",
		`keep_days: -1`:                         "must not be negative",
	} {
		_, err := Read(strings.NewReader("requests:\n  " + yaml + "\n"))
		require.ErrorContains(t, err, want, yaml)
	}
}
