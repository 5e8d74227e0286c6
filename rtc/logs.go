package rtc

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// logs give pion's words to slog, all at debug: what matters to an operator is
// said by the legs.
type logs struct{ log *slog.Logger }

// NewLogger is pion's logging.LoggerFactory.
func (l logs) NewLogger(scope string) logging.LeveledLogger {
	return scoped{l.log.With("scope", "pion/"+scope)}
}

type scoped struct{ log *slog.Logger }

func (s scoped) say(text string) { s.log.Debug(text) }

func (s scoped) sayf(format string, args ...any) {
	if s.log.Enabled(context.Background(), slog.LevelDebug) {
		s.log.Debug(fmt.Sprintf(format, args...))
	}
}

func (scoped) Trace(string)                     {}
func (scoped) Tracef(string, ...any)            {}
func (s scoped) Debug(text string)              { s.say(text) }
func (s scoped) Debugf(format string, a ...any) { s.sayf(format, a...) }
func (s scoped) Info(text string)               { s.say(text) }
func (s scoped) Infof(format string, a ...any)  { s.sayf(format, a...) }
func (s scoped) Warn(text string)               { s.say(text) }
func (s scoped) Warnf(format string, a ...any)  { s.sayf(format, a...) }
func (s scoped) Error(text string)              { s.say(text) }
func (s scoped) Errorf(format string, a ...any) { s.sayf(format, a...) }
