// Package bot calls the real service: the built binary with the demo city
// answers, a phone with a synthetic voice asks, and what was heard is
// recognised again.
package bot

import (
	"testing"
	"time"

	"github.com/amtsleitung/amtsleitung/internal/servicetest"
)

func TestMain(m *testing.M) { servicetest.Main(m) }

// service is a running amtsleitung.
type service struct{ *servicetest.Service }

func start(t *testing.T) *service {
	t.Helper()
	return &service{servicetest.Start(t, servicetest.Options{Whisper: true})}
}

// Times of polling.
const (
	within = 10 * time.Second
	step   = 50 * time.Millisecond
)
