package people

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/servicetest"
)

// secret is the password of every telephone.
const secret = "geheim"

// exchangeConfig is the city's exchange: who is registered is called, REFER
// and Replaces pass through it.
const exchangeConfig = `#!KAMAILIO
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
modparam("registrar", "max_expires", 60)
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

// exchange is a running Kamailio and the telephones at it.
type exchange struct {
	port int

	mu     sync.Mutex
	phones []*phone
}

func newExchange(t *testing.T) *exchange {
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
	_, text, err := net.SplitHostPort(servicetest.FreeAddress(t))
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	dir := t.TempDir()
	config := filepath.Join(dir, "kamailio.cfg")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, exchangeConfig, port, modules[0]+"/"), 0o600))
	command := exec.Command(program, "-f", config, "-DD", "-E", "-w", dir, "-Y", dir, "-P", filepath.Join(dir, "pid"), "-m", "32", "-M", "4", "-n", "2")
	var log output
	command.Stderr = &log
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait() // it exits with a status of its own choice
		if t.Failed() {
			t.Log("Kamailio:", log.tail())
		}
	})
	return &exchange{port: port}
}

func (x *exchange) address(user string) string {
	return fmt.Sprintf("sip:%s@127.0.0.1:%d", user, x.port)
}

// account is one for a baresip that takes every call.
func (x *exchange) account(user string) string {
	return fmt.Sprintf("<sip:%s@127.0.0.1:%d>;auth_user=%s;auth_pass=%s;regint=60;answermode=auto;audio_codecs=g722/16000/1", user, x.port, user, secret)
}

// quiet waits until no telephone has a call or rings.
func (x *exchange) quiet(t *testing.T) {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, p := range x.phones {
		require.Eventually(t, func() bool { return p.server.Counters().Active == 0 }, within, step, "a call is left at %s", p.user)
	}
}

// output keeps what a program says.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := o.text.Bytes()
	return string(b[max(0, len(b)-4000):])
}
