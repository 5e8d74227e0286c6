package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDefaultIsValid(t *testing.T) {
	c := Default()
	require.NoError(t, c.Validate())
}

func TestEmptyFileIsTheDefault(t *testing.T) {
	c, err := Read(strings.NewReader(""))
	require.NoError(t, err)
	require.Equal(t, Default(), c)
}

func TestErrorsNameKeyAndLine(t *testing.T) {
	for name, tc := range map[string]struct{ yaml, want string }{
		"unknown key":        {"city: musterstadt\nsipp:\n  listen: []\n", "line 2: unknown key sipp"},
		"unknown nested key": {"http:\n  listn: x\n", "line 2: unknown key listn"},
		"wrong type":         {"sip:\n  max_calls: viele\n", "line 2: cannot unmarshal"},
		"half written":       {"sip:\n  rtp: {ports: \"20000-\n", "line "},
		"two documents":      {"city: a\n---\ncity: b\n", "more than one YAML document"},
		"bad range":          {"sip: {rtp: {ports: 30000}}\n", `sip.rtp.ports: "30000" is no range`},
		"bad engine":         {"recognition: {engine: magic}\n", `recognition.engine: "magic" is not one of whisper, openai`},
		"bad address":        {"http: {listen: nowhere}\n", "http.listen: "},
		"trunk without peer": {"sip: {trunks: [{name: x}]}\n", `trunk "x" needs addresses or register`},
		"tls without files":  {"sip: {listen: [{network: tls, address: \"127.0.0.1:5061\"}]}\n", "certificate and key are needed"},
		"no language":        {"languages: {offered: []}\n", "at least one language"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tc.yaml))
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stadt.yaml")
	require.NoError(t, os.WriteFile(path, []byte("cty: x\n"), 0o600))
	_, err := Load(path)
	require.ErrorContains(t, err, path+": line 1: unknown key cty")
}

func TestPrefixes(t *testing.T) {
	p, err := Trunk{Addresses: []string{"192.0.2.7", "2001:db8::/32"}}.Prefixes()
	require.NoError(t, err)
	require.Equal(t, "192.0.2.7/32", p[0].String())
	require.Equal(t, "2001:db8::/32", p[1].String())
}

func FuzzRead(f *testing.F) {
	f.Add("sip:\n  listen: [{network: udp, address: \"127.0.0.1:0\"}]\n")
	f.Add("{{{")
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Read(strings.NewReader(s))
		if err == nil {
			require.NoError(t, c.Validate())
		}
	})
}
