package web

import (
	"bytes"
	"fmt"

	"github.com/gofiber/fiber/v2"
	"rsc.io/qr"

	"github.com/amtsleitung/amtsleitung/meeting"
)

// quiet is the white margin of a QR code, in its squares (ISO/IEC 18004, section 5.3.8).
const quiet = 4

// qr is the viewer's address to be photographed: each row of squares is one
// line of a path, so that it stays sharp on any projector.
func (m *meetings) qr(c *fiber.Ctx, mt *meeting.Meeting) error {
	address := m.address(c) + "/s/" + mt.Room.Code()
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return fmt.Errorf("QR code of a viewer's address: %w", err)
	}
	side := code.Size + 2*quiet
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img" aria-label="%s"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side, mt.Room.Code(), side, side)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			if !code.Black(x, y) {
				continue
			}
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1H%dz", from+quiet, y+quiet, x-from, from+quiet)
		}
	}
	b.WriteString(`"/></svg>`)
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	c.Set("Cache-Control", "private, max-age=300")
	return c.Send(b.Bytes())
}
