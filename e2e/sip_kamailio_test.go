package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/media"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/stretchr/testify/require"
)

// kamailioConfig is a small exchange: digest for REGISTER, calls to those who
// are registered. Registrations last 4 s, so that renewals can be seen.
const kamailioConfig = `#!KAMAILIO
debug=0
log_stderror=yes
children=2
auto_aliases=no
alias="city.test"
listen=udp:127.0.0.1:%[1]d
listen=tcp:127.0.0.1:%[1]d
mpath="%[2]s"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", 4)
modparam("rr", "enable_full_lr", 1)
request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
	if (has_totag()) {
		if (loose_route()) { t_relay(); exit; }
		if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
		sl_send_reply("404", "Not here"); exit;
	}
	t_check_trans();
	if (is_method("REGISTER")) {
		if (!pv_auth_check("city.test", "geheim", "0", "0")) { auth_challenge("city.test", "1"); exit; }
		save("location"); exit;
	}
	record_route();
	if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
	t_relay();
}
`

// kamailio starts a real Kamailio on a free loopback port until the test ends.
func kamailio(t *testing.T) (port int) {
	t.Helper()
	program, err := exec.LookPath("kamailio")
	if err != nil {
		t.Skip("Kamailio is missing: apt-get install kamailio")
	}
	modules, err := filepath.Glob("/usr/lib/*/kamailio/modules")
	require.NoError(t, err)
	if len(modules) == 0 {
		t.Skip("Kamailio's modules are missing: apt-get install kamailio")
	}
	dir := t.TempDir()
	port = freePorts(t, 2)
	config := filepath.Join(dir, "kamailio.cfg")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, kamailioConfig, port, modules[0]+"/"), 0o600))
	command := exec.Command(program, "-f", config, "-DD", "-E", "-w", dir, "-Y", dir, "-P", filepath.Join(dir, "pid"), "-m", "32", "-M", "4", "-n", "2")
	var log strings.Builder
	var mu sync.Mutex
	command.Stderr = writer(func(b []byte) { mu.Lock(); defer mu.Unlock(); log.Write(b) })
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait() // it exits with a status of its own choice
		if t.Failed() {
			mu.Lock()
			defer mu.Unlock()
			t.Log(tail([]byte(log.String())))
		}
	})
	return port
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) {
	w(b)
	return len(b), nil
}

func registering(port int, network, password string) sip.Options {
	return sip.Options{Trunks: []sip.Trunk{{Name: "exchange", Codecs: []string{"PCMA"}, Register: &sip.Registration{
		Server: fmt.Sprintf("sip:127.0.0.1:%d;transport=%s", port, network), User: "115", Password: password, Realm: "city.test",
	}}}}
}

func TestKamailioRegistrationAndCall(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			port := kamailio(t)
			var b line
			s := sipServer(t, registering(port, network, "geheim"), b.serve)
			until := func() time.Time { return s.Trunks()[0].RegisteredUntil }
			require.Eventually(t, func() bool { return !until().IsZero() }, 20*time.Second, 20*time.Millisecond, "registered")
			first := until()
			require.WithinDuration(t, time.Now().Add(4*time.Second), first, 2*time.Second, "for as long as the exchange grants")

			phone := sipServer(t, sip.Options{}, nil)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			l, err := phone.Dial(ctx, fmt.Sprintf("sip:115@127.0.0.1:%d", port), sip.DialOptions{})
			require.NoError(t, err)
			heard := make(chan struct{})
			var once sync.Once
			l.Receive(media.SinkFunc(func(f media.Frame) error {
				if share(f.PCM, 1000) > 0.5 {
					once.Do(func() { close(heard) })
				}
				return nil
			}))
			select {
			case <-heard:
			case <-ctx.Done():
				t.Fatal("nothing heard through the exchange")
			}
			require.NoError(t, l.Hangup(ctx, leg.CauseNormal))
			b.over(t, 1)
			require.Eventually(t, func() bool { return until().After(first) }, 10*time.Second, 20*time.Millisecond, "renewed in time")
		})
	}
}

func TestKamailioForgetsWhoLeaves(t *testing.T) {
	port := kamailio(t)
	var b line
	o := registering(port, "udp", "geheim")
	o.Listen = []sip.Listen{{Network: "udp", Addr: "127.0.0.1:0"}}
	o.RTP.Low, o.RTP.High = 39000, 39099
	s, err := sip.NewServer(o, b.serve)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	require.Eventually(t, func() bool { return !s.Trunks()[0].RegisteredUntil.IsZero() }, 20*time.Second, 20*time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
	phone := sipServer(t, sip.Options{}, nil)
	_, err = phone.Dial(t.Context(), fmt.Sprintf("sip:115@127.0.0.1:%d", port), sip.DialOptions{})
	require.ErrorIs(t, err, sip.ErrNotFound)
}

func TestKamailioRefusesAWrongPassword(t *testing.T) {
	port := kamailio(t)
	s := sipServer(t, registering(port, "udp", "falsch"), func(context.Context, leg.Leg) {})
	require.Eventually(t, func() bool { return strings.Contains(s.Trunks()[0].LastError, "401") }, 20*time.Second, 20*time.Millisecond)
	require.True(t, s.Trunks()[0].RegisteredUntil.IsZero())
	require.NotContains(t, s.Trunks()[0].LastError, "falsch")
}
