package config

import "time"

// Surge says when more people call than can be served well: the bot is then
// brief and offers callbacks instead of waiting.
type Surge struct {
	Calls int           `yaml:"calls"` // more calls at once than this; 0: they do not count
	Wait  time.Duration `yaml:"wait"`  // callers' words stand longer in the queue than this; 0: it does not count
}

func (c *Config) validateSurge(bad func(key, format string, args ...any)) {
	if c.Surge.Calls < 0 {
		bad("surge.calls", "must not be negative")
	}
	if c.Surge.Wait < 0 {
		bad("surge.wait", "must not be negative")
	}
}
