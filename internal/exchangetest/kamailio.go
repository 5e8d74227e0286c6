// Package exchangetest runs a real Kamailio for tests, as the exchange of a city.
package exchangetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/servicetest"
)

// Realm and Password are those of every telephone at the exchange.
const (
	Realm    = "city.test"
	Password = "geheim"
)

// config asks for a digest at REGISTER and calls who is registered; REFER and
// Replaces pass through it.
const config = `#!KAMAILIO
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
modparam("registrar", "max_expires", %[3]d)
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

// Start runs the exchange on a loopback port, by UDP and TCP, until the test
// ends. Registrations last expires.
func Start(t *testing.T, port int, expires time.Duration) {
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
	file := filepath.Join(dir, "kamailio.cfg")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, config, port, modules[0]+"/", int(expires/time.Second)), 0o600))
	command := exec.Command(program, "-f", file, "-DD", "-E", "-w", dir, "-Y", dir, "-P", filepath.Join(dir, "pid"), "-m", "32", "-M", "4", "-n", "2")
	var log servicetest.Output
	command.Stderr = &log
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait() // it exits with a status of its own choice
		if t.Failed() {
			t.Log("Kamailio:", log.Tail())
		}
	})
}
