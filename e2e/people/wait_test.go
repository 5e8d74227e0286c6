package people

import (
	"testing"
	"time"
)

// eventually waits until something holds; the caller says what to do if not.
func eventually(t *testing.T, holds func() bool) bool {
	t.Helper()
	limit := time.NewTimer(within)
	defer limit.Stop()
	tick := time.NewTicker(step)
	defer tick.Stop()
	for !holds() {
		select {
		case <-limit.C:
			return false
		case <-tick.C:
		}
	}
	return true
}
