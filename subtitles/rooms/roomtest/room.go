// Package roomtest holds rooms for tests: options flow in, a room that runs
// until the test ends flows out.
package roomtest

import (
	"sync"
	"testing"

	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

// Hold runs a room until the test ends.
func Hold(t testing.TB, o rooms.Options) *rooms.Room {
	t.Helper()
	room, _ := rooms.NewRoom(o, "CODE")
	var runs sync.WaitGroup
	runs.Go(func() { _ = room.Run(t.Context()) }) // ends with the test
	t.Cleanup(runs.Wait)
	return room
}
