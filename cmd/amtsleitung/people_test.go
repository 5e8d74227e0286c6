package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/call"
	"github.com/amtsleitung/amtsleitung/cities"
	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/desk"
	"github.com/amtsleitung/amtsleitung/desk/floor"
	"github.com/amtsleitung/amtsleitung/journal"
	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/leg"
	"github.com/amtsleitung/amtsleitung/store"
)

// wire is a leg of which only the ends matter.
type wire struct {
	leg.Leg
	done chan struct{}
}

func (w wire) Done() <-chan struct{}                   { return w.done }
func (w wire) Playout() leg.Playout                    { return nil }
func (w wire) Hangup(context.Context, leg.Cause) error { return nil }

// numbers answer, but for one that is busy.
type numbers struct{}

func (numbers) Dial(_ context.Context, to leg.Callee) (leg.Leg, error) {
	if to.Address == "busy" {
		return nil, leg.ErrBusy
	}
	return wire{done: make(chan struct{})}, nil
}

// TestCallsOfTheDeskAreRecordedOnce has one call that is answered, which the
// bot records, and one that is not, which the desk does.
func TestCallsOfTheDeskAreRecordedOnce(t *testing.T) {
	db, err := store.Open(t.Context(), t.TempDir(), time.Now)
	require.NoError(t, err)
	defer db.Close()
	s := &service{config: config.Default(), log: slog.New(slog.DiscardHandler), store: db, desk: desk.New(desk.Options{Store: db})}
	s.floor, err = floor.New(floor.Options{
		Agents: []floor.AgentOptions{{Name: "tina", Phone: "201", Departments: []string{"buergeramt"}}}, Store: db, Desk: s.desk, Records: true,
		Dial: numbers{}, Permit: func(n string) (call.Target, error) { return call.Target{Address: n}, nil },
		Connect: func(_ context.Context, _ leg.Leg, h call.Handover, p call.Person) { // as the bot does
			s.ended(leg.Info{From: h.From}, journal.Call{ID: h.Call, From: "02••", Language: h.Language, Department: h.Department, Agent: p.Name(), Started: time.Now(), Ended: time.Now(), Reason: "caller"})
			p.Over(call.EndedByCaller)
		},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.floor.Run(ctx) }()
	defer func() {
		cancel()
		require.NoError(t, <-done)
	}()
	require.NoError(t, s.floor.SetDevice("tina", floor.Phone))
	require.NoError(t, s.floor.Present("tina", floor.Ready, ""))
	for _, tc := range []struct{ number, ending string }{{"0228770", "caller"}, {"busy", "busy"}} {
		require.Eventually(t, func() bool { return s.floor.CallOut(t.Context(), "tina", tc.number) == nil }, 5*time.Second, 5*time.Millisecond)
		var whole []store.CallRecord
		require.Eventually(t, func() bool {
			whole = nil
			list, err := db.CallRecords(t.Context(), store.CallFilter{})
			require.NoError(t, err)
			for _, r := range list {
				if r.Part == 0 && r.Ending == tc.ending {
					whole = append(whole, r)
				}
			}
			snap, err := s.floor.Snapshot("tina", "de")
			require.NoError(t, err)
			return len(whole) > 0 && snap.Hand != nil && snap.Hand.Phase == "wrapup"
		}, 5*time.Second, 5*time.Millisecond)
		require.Len(t, whole, 1)
		require.Equal(t, "out", whole[0].Kind)
		require.Equal(t, "buergeramt", whole[0].Department)
		require.NoError(t, s.floor.Wrap(t.Context(), "tina", whole[0].Call, floor.Wrap{}))
	}
}

func TestCallersWhoNameNobodyReachTheCitysFirstDepartment(t *testing.T) {
	city, problems := knowledge.LoadCity(cities.Musterstadt())
	require.Empty(t, problems)
	all := departments(city)
	require.Len(t, all, len(city.Departments))
	require.Equal(t, "buergeramt", all[0].Name)
}
