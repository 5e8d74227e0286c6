package rtc_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/rtc"
)

// turnSecret is shared by coturn and the service.
const turnSecret = "not a secret outside this test"

// turn runs coturn on a free port of the loopback until the test ends.
func turn(t *testing.T) (url string) {
	t.Helper()
	path, err := exec.LookPath("turnserver")
	if err != nil {
		t.Skip("no coturn: apt-get install coturn")
	}
	port := freePort(t)
	dir := t.TempDir()
	log, err := os.Create(filepath.Join(dir, "out"))
	require.NoError(t, err)
	cmd := exec.Command(path, "-n", "--no-tls", "--no-dtls", "--no-cli", "--no-rfc5780", "--allow-loopback-peers",
		"--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", fmt.Sprintf("--listening-port=%d", port),
		"--use-auth-secret", "--static-auth-secret="+turnSecret, "--realm=musterstadt.example",
		"--log-file=stdout", "--simple-log", "--pidfile="+filepath.Join(dir, "pid"), "--userdb="+filepath.Join(dir, "db"))
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		require.NoError(t, log.Close())
		if said, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("coturn said:\n%s", said)
		}
	})
	require.Eventually(t, func() bool { // it listens on TCP as well
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		return err == nil && c.Close() == nil
	}, 10*time.Second, 20*time.Millisecond, "coturn does not listen")
	return fmt.Sprintf("turn:127.0.0.1:%d", port)
}

func freePort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// relayed makes the browser use nothing but relays.
const relayed = `const r = await fetch("/api/v1/browser/ice"); x.ice = (await r.json()).ice_servers;
	await x.call({ iceServers: x.ice, iceTransportPolicy: "relay" })`

func TestOnlyThroughTheRelay(t *testing.T) {
	url := turn(t)
	browser := newBrowser(t, toneFile(t))
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			s := newSite(t, rtc.Options{Relays: []rtc.Relay{{URLs: []string{url + "?transport=" + transport}, Secret: turnSecret}}})
			p := newTab(t, browser, s)
			p.do(relayed)
			l := s.leg()
			p.hears(serviceHz)
			l.hears(t, microphoneHz)
			require.Equal(t, "relay", eval[string](p, `x.pc.getStats().then((all) => {
				const stats = [...all.values()], pair = stats.find((s) => s.type === "candidate-pair" && s.nominated);
				return stats.find((s) => s.id === pair.localCandidateId).candidateType;
			})`))
		})
	}
	t.Run("without the secret nothing gets through", func(t *testing.T) {
		s := newSite(t, rtc.Options{Relays: []rtc.Relay{{URLs: []string{url}, Secret: "another one"}}, Grace: rtc.Grace{Connect: time.Second}})
		p := newTab(t, browser, s)
		p.do(relayed)
		l := s.leg()
		require.NoError(t, l.Answer(t.Context()), "the call goes on written")
		require.False(t, l.Voice())
	})
	t.Run("expired credentials", func(t *testing.T) {
		old := func() time.Time { return time.Now().Add(-24 * time.Hour) }
		s := newSite(t, rtc.Options{Relays: []rtc.Relay{{URLs: []string{url}, Secret: turnSecret}}, Now: old, Grace: rtc.Grace{Connect: time.Second}})
		p := newTab(t, browser, s)
		p.do(relayed)
		require.NotContains(t, eval[string](p, "x.pc.localDescription.sdp"), "typ relay")
	})
}
