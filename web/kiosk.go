package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Kiosk says when a terminal resets itself.
type Kiosk struct {
	Idle      time.Duration // without speech or touch until it asks; 0 is 45 s
	Waiting   time.Duration // the same while somebody waits for a person; 0 is 2 min
	Countdown time.Duration // until it resets unless somebody answers; 0 is 15 s
	After     time.Duration // after the end of a conversation; 0 is 10 s
}

// kiosk is one page for all that happens at a terminal: it never loads
// another, so a lost network leaves it as it is. All languages are in it.
func (z *citizens) kiosk(c *fiber.Ctx) error {
	k := z.Kiosk
	return z.show(c, "kiosk", fiber.Map{
		"All":  z.texts,
		"Idle": seconds(k.Idle, 45*time.Second), "Waiting": seconds(k.Waiting, 2*time.Minute),
		"Countdown": seconds(k.Countdown, 15*time.Second), "After": seconds(k.After, 10*time.Second),
		"Asked": knownTag(z.offered, transcript.Primary(c.Query("lang"))),
	})
}
