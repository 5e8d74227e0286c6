package call

import "github.com/amtsleitung/amtsleitung/dialog/prompts"

// farewell says goodbye to a caller whose person has hung up.
func (x *exchange) farewell() {
	x.stage = &parting{x}
	x.surround(nil)
	x.tell(prompts.PersonLeft, func() { x.end(Served, "person") })
}

// parting is the goodbye; nothing is awaited.
type parting struct{ x *exchange }

func (*parting) digit(rune)    {}
func (*parting) wrote(string)  {}
func (p *parting) close(error) { p.x.end(Served, "person") }
