package desk_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
)

// nobody answers no call.
type nobody struct{}

func (nobody) Dial(context.Context, leg.Callee) (leg.Leg, error) { return nil, leg.ErrNoAnswer }

// room is a floor as the service has it, with one person who is paused.
func room(s *store.Store, d *desk.Desk) (*floor.Floor, error) {
	return floor.New(floor.Options{
		Agents: []floor.AgentOptions{{Name: "tina", Phone: "sip:tina@desk"}}, Departments: map[string]floor.DepartmentOptions{"*": {Callback: true}},
		Store: s, Desk: d, Records: true, Dial: nobody{}, Permit: func(n string) (call.Target, error) { return call.Target{Address: n}, nil },
		Connect: func(context.Context, leg.Leg, call.Handover, call.Person) {},
	})
}

// takeCallbacks lets one caller after the other wait, choose a callback and
// leave the number, and says so each time, until the process is killed.
func takeCallbacks(ctx context.Context, s *store.Store, d *desk.Desk) error {
	f, err := room(s, d)
	if err != nil {
		return err
	}
	f.Seen("tina")
	if err := f.SetDevice("tina", floor.Phone); err != nil {
		return err
	}
	if err := f.Present("tina", floor.Paused, "test"); err != nil {
		return err
	}
	for i := 1; ; i++ {
		id := fmt.Sprintf("01CALL%05d", i)
		search, err := f.Seek(ctx, call.Handover{Call: id, Department: "buergeramt", Language: "tr"})
		if err != nil {
			return err
		}
		search.Leave(call.WantsCallback)
		reference := fmt.Sprintf("327-%05d", i)
		err = d.Take(ctx, store.Request{Reference: reference, Call: id, Form: "callback", Department: "buergeramt",
			Slots: []store.RequestSlot{{Name: "number", Kind: "phone", Value: "022812345"}}})
		if err != nil {
			return err
		}
		_, _ = io.WriteString(os.Stdout, "taken "+reference+"\n") // as the bot says the number
	}
}

// TestKilledAmongCallbacks kills the service while it takes callbacks as fast
// as it can: each one whose number was spoken is there, with its place.
func TestKilledAmongCallbacks(t *testing.T) {
	for round := range 3 {
		data := t.TempDir()
		self, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(os.Environ(), childData+"="+data, childCall+"=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		var taken []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			taken = append(taken, strings.TrimPrefix(lines.Text(), "taken "))
			if len(taken) == 40+round*7 {
				require.NoError(t, cmd.Process.Kill())
			}
		}
		_ = cmd.Wait() // "signal: killed"
		require.GreaterOrEqual(t, len(taken), 40)
		waiting := inQueue(t, data)
		s, err := store.Open(t.Context(), data, time.Now)
		require.NoError(t, err)
		for _, reference := range taken {
			r, err := s.Request(t.Context(), reference)
			require.NoError(t, err)
			require.Contains(t, waiting, r.Call, "the place of %s is kept", reference)
		}
		require.NoError(t, s.Close())
		t.Logf("killed after %d callbacks: all %d are there and in the queue", len(taken), len(waiting))
	}
}

// inQueue starts a floor over the data of the killed process and says which
// calls have their callback in its queue.
func inQueue(t *testing.T, data string) []string {
	s, err := store.Open(t.Context(), data, time.Now)
	require.NoError(t, err)
	defer s.Close()
	f, err := room(s, desk.New(desk.Options{Store: s}))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	var calls []string
	require.Eventually(t, func() bool {
		snap, err := f.Snapshot("tina", "de")
		if err != nil || len(snap.Queue) == 0 {
			return false
		}
		for _, w := range snap.Queue {
			p, err := f.Preview("tina", w.Call, "de")
			if err != nil {
				return false
			}
			r, err := s.Request(ctx, p.Callback)
			if err != nil {
				return false
			}
			calls = append(calls, r.Call)
		}
		return true
	}, 20*time.Second, 20*time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	return calls
}
