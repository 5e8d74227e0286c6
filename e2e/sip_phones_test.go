package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/sip"
	"github.com/stretchr/testify/require"
)

// sippPhone runs a scenario of e2e/sipp that waits for one call. The function
// that it returns waits for its end and fails the test if it went otherwise.
func sippPhone(t *testing.T, scenario string, args ...string) (address string, wait func()) {
	t.Helper()
	program, err := exec.LookPath("sipp")
	if err != nil {
		t.Skip("SIPp is missing: apt-get install sip-tester")
	}
	dir := t.TempDir()
	xml, err := filepath.Abs(filepath.Join("sipp", scenario+".xml"))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	port := freePorts(t, 1)
	command := exec.CommandContext(ctx, program, append([]string{
		"-sf", xml, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", strconv.Itoa(port), "-mp", strconv.Itoa(freePorts(t, 4)),
		"-m", "1", "-timeout", "30s", "-timeout_error", "-nostdin",
	}, args...)...)
	command.Dir = dir
	out := make(chan error, 1)
	require.NoError(t, command.Start())
	go func() { out <- command.Wait() }()
	ended := false
	t.Cleanup(func() {
		cancel()
		if !ended {
			<-out
		}
	})
	return fmt.Sprintf("sip:4711@127.0.0.1:%d", port), func() {
		t.Helper()
		ended = true
		require.NoError(t, <-out, "scenario %s went otherwise", scenario)
	}
}

func TestSIPpPhoneIsAnsweredWhenCancelled(t *testing.T) {
	s := sipServer(t, sip.Options{}, nil)
	address, wait := sippPhone(t, "phone-crossing")
	out, err := s.Outward(sip.OutwardOptions{RingTime: time.Second})
	require.NoError(t, err)
	_, err = out.Dial(t.Context(), leg.Callee{Address: address})
	require.ErrorIs(t, err, leg.ErrNoAnswer)
	wait() // it got ACK and BYE: nobody sits on a dead line
	require.Zero(t, s.Counters().Active)
}

func TestSIPpPhoneIsBusyAfterAnAnnouncement(t *testing.T) {
	s := sipServer(t, sip.Options{}, nil)
	address, wait := sippPhone(t, "phone-refuses")
	out, err := s.Outward(sip.OutwardOptions{})
	require.NoError(t, err)
	_, err = out.Dial(soon(t), leg.Callee{Address: address})
	require.ErrorIs(t, err, leg.ErrBusy)
	wait()
}
